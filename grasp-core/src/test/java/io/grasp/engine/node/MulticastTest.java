package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The result of a message that goes out on several links. */
class MulticastTest {
    private static final Throwable BROKEN = new IOException("no buffer space");

    private final VirtualLoop loop = new VirtualLoop();
    private final List<String> failedLinks = new ArrayList<>();
    private final List<@Nullable Throwable> results = new ArrayList<>();
    private final EngineContext context = new EngineContext(
            EngineConfig.DEFAULTS, SimNetwork.create(loop, 1).node("n"), new Random(1), new GraspObserver() {
                @Override
                public void linkFailed(String link, Throwable cause) {
                    failedLinks.add(link + ": " + cause.getMessage());
                }
            });
    private final InetAddress initiator = UnusableLocators.address("fd00::1");
    private final SlowLink first = new SlowLink("first", 1);
    private final SlowLink second = new SlowLink("second", 2);

    private void send() {
        context.addLink(first);
        context.addLink(second);
        Discovery message = new Discovery(new SessionId(1), initiator, Objective.discoverable("EX3"));
        Multicast.send(Multicast.onAllLinks(context, message), context, results::add);
    }

    @Test
    void oneLinkThatSendsIsEnough() {
        send();
        first.waiting.remove().done(BROKEN);
        assertThat(results).as("the other may succeed").isEmpty();
        second.waiting.remove().done(null);

        assertThat(results).hasSize(1).containsOnlyNulls();
        assertThat(failedLinks).containsExactly("first: no buffer space");
    }

    @Test
    void aLaterFailureDoesNotUndoASuccess() {
        send();
        second.waiting.remove().done(null);
        first.waiting.remove().done(BROKEN);

        assertThat(results).hasSize(1).containsOnlyNulls();
    }

    @Test
    void theSendingFailsIfAllLinksFail() {
        send();
        first.waiting.remove().done(BROKEN);
        second.waiting.remove().done(BROKEN);

        assertThat(results).containsExactly(BROKEN);
        assertThat(failedLinks).containsExactly("first: no buffer space", "second: no buffer space");
    }

    @Test
    void withoutALinkThereIsNothingToWaitFor() {
        Multicast.send(List.of(), context, results::add);

        assertThat(results).hasSize(1).containsOnlyNulls();
    }
}
