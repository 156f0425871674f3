package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
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
    private final ManualLink first = new ManualLink("first", 1);
    private final ManualLink second = new ManualLink("second", 2);

    private void send() {
        context.addLink(first);
        context.addLink(second);
        Discovery message = new Discovery(new SessionId(1), initiator, Objective.discoverable("EX3"));
        Multicast.send(Multicast.onAllLinks(context, message), context, results::add);
    }

    @Test
    void oneLinkThatSendsIsEnough() {
        send();
        first.sent.done(BROKEN);
        assertThat(results).as("the other may succeed").isEmpty();
        second.sent.done(null);

        assertThat(results).hasSize(1).containsOnlyNulls();
        assertThat(failedLinks).containsExactly("first: no buffer space");
    }

    @Test
    void aLaterFailureDoesNotUndoASuccess() {
        send();
        second.sent.done(null);
        first.sent.done(BROKEN);

        assertThat(results).hasSize(1).containsOnlyNulls();
    }

    @Test
    void theSendingFailsIfAllLinksFail() {
        send();
        first.sent.done(BROKEN);
        second.sent.done(BROKEN);

        assertThat(results).containsExactly(BROKEN);
        assertThat(failedLinks).containsExactly("first: no buffer space", "second: no buffer space");
    }

    @Test
    void withoutALinkThereIsNothingToWaitFor() {
        Multicast.send(List.of(), context, results::add);

        assertThat(results).hasSize(1).containsOnlyNulls();
    }

    /** A link whose result the test decides. */
    private static final class ManualLink implements Link {
        private final TestLink properties;
        private Completion sent = failure -> {
            throw new AssertionError("nothing was sent");
        };

        ManualLink(String name, int index) {
            properties = new TestLink(name, index, "fe80::" + index);
        }

        @Override
        public String name() {
            return properties.name();
        }

        @Override
        public int index() {
            return properties.index();
        }

        @Override
        public InetAddress linkLocalAddress() {
            return properties.linkLocalAddress();
        }

        @Override
        public int maxMulticastBytes() {
            return properties.maxMulticastBytes();
        }

        @Override
        public boolean repliesInBand() {
            return properties.repliesInBand();
        }

        @Override
        public void multicast(byte[] message, Completion whenSent) {
            sent = whenSent;
        }
    }
}
