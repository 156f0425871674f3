package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.observe.EngineLoad;
import io.grasp.wire.Discovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node reports and ends when its links, its security or the node itself go. */
class NodeLifeTest extends TwoLinkFixture {
    private final List<String> closes = new ArrayList<>();

    private void close(String name) {
        loop.run(() -> engine.close(failure -> closes.add(name + " " + failure)));
    }

    @Test
    void theObserverIsNotifiedOfLinksAndOfTheirSecurity() {
        assertThat(observed.nodeEvents).containsExactly("up lan", "up other");
        observed.nodeEvents.clear();

        loop.run(() -> node.setSecurity(Security.NONE));
        loop.run(() -> node.setSecurity(Security.SECURED));
        other.down();
        moment();
        close("first");
        moment();

        assertThat(observed.nodeEvents)
                .startsWith("NONE", "SECURED", "down other")
                .endsWith("closed");
    }

    @Test
    void eachCallerOfCloseIsNotifiedOnce() {
        loop.run(() -> {
            engine.close(failure -> closes.add("first " + failure));
            engine.close(failure -> closes.add("second " + failure));
        });
        moment();
        close("third");
        moment();

        assertThat(closes).containsExactly("first null", "second null", "third null");
        assertThat(observed.nodeEvents).containsOnlyOnce("closed");
    }

    @Test
    void aClosedNodeAcceptsNoAsaAndDoesNotStartAgain() {
        close("first");
        moment();

        for (Runnable call : List.<Runnable>of(
                () -> engine.registerAsa("late"), () -> engine.start(failure -> closes.add("started")))) {
            assertThatExceptionOfType(GraspException.class)
                    .isThrownBy(() -> loop.run(call))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.UNSPECIFIED))
                    .withMessageContaining("the node is closed");
        }
    }

    @Test
    void withoutSecurityNothingOfANodeGoesOn() {
        ScriptedPeer.Wire ours = request(EX3.withValue(1));
        ScriptedPeer.Wire idle = peer.connect(node);
        peer.multicast(new Discovery(new SessionId(9), addressOf(peer), Objective.discoverable("elsewhere")));
        loop.advance(Duration.ofMillis(10));
        assertThat(beyond.heard).as("the discovery is relayed").hasSize(1);
        assertThat(engine.load().sessions()).isEqualTo(2);

        loop.run(() -> node.setSecurity(Security.NONE));

        assertThat(engine.load().sessions()).isZero();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_SECURITY);
        moment();
        assertThat(ours.inputEnded).isTrue();
        assertThat(idle.inputEnded).isTrue();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @Test
    void aConnectionThatWaitsForItsFirstMessageIsCounted() {
        ScriptedPeer.Wire idle = peer.connect(node);
        moment();
        assertThat(engine.load().waitingConnections()).isEqualTo(1);

        idle.close();
        moment();
        assertThat(engine.load().waitingConnections()).isZero();
    }
}
