package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.wire.AdversarialMessages;
import io.grasp.wire.Flood;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A DULL instance, which every node on the link can reach, receives messages of every type. */
class HostileDullTest extends TwoLinkFixture {
    private static final int SECONDS = 30;
    private static final int TURNS = 50;
    private static final int CONNECTIONS_OF_A_PEER = 20;

    private final Random random = new Random(8991);
    private final AdversarialMessages bytes = new AdversarialMessages(random, EX3, EX2);
    private final List<ScriptedPeer.Wire> wires = new ArrayList<>();

    @Override
    EngineConfig config() {
        return EngineConfig.DEFAULTS
                .withDull(Dull.allowing("EX2", "EX3"))
                .withLimits(Limits.DEFAULTS.withConnectionsPerPeer(CONNECTIONS_OF_A_PEER));
    }

    @Test
    @Proves({"8990-2.5.2-5", "8990-2.5.2-8", "8990-2.5.4.4-2"})
    void aDullInstanceUnderHostileTrafficKeepsItsBoundsAndHearsValidFloods() {
        loop.run(() -> node.setSecurity(Security.NONE));
        Inet6Address onLink =
                loop.call(() -> (Inet6Address) engine.links().iterator().next().linkLocalAddress());
        for (int second = 1; second <= SECONDS; second++) {
            for (int turn = 0; turn < TURNS; turn++) {
                for (int i = 0; i < 10; i++) {
                    peer.multicast(bytes.next());
                }
                wires.add(
                        turn % 2 == 0
                                ? peer.connect(node)
                                : peer.connect(new Locator.Ipv6(onLink, Locator.TCP, node.port())));
                if (random.nextInt(4) == 0) {
                    wires.get(random.nextInt(wires.size())).send(bytes.next());
                }
                loop.advance(Duration.ofMillis(20));
                wires.removeIf(wire -> wire.closed);
            }
            int value = second;
            peer.multicast(new Flood(
                    new SessionId(1_000_000 + second),
                    peer.node.addresses().get(0),
                    60_000,
                    List.of(TaggedObjective.untagged(EX2.withLoopCount(1).withValue(value)))));
            moment();
            assertThat(loop.call(() -> asa.getFlood("EX2")))
                    .extracting(FloodedObjective::objective)
                    .anyMatch(heard -> heard.value().as(Object.class).equals(value));
            // The neighbor has a share for each of its addresses, in both directions.
            assertThat(engine.load().channels()).isLessThanOrEqualTo(2 * CONNECTIONS_OF_A_PEER);
            assertThat(engine.load().sessions()).isZero();
        }
        assertThat(sent).allMatch(Response.class::isInstance);
        assertThat(beyond.heard).isEmpty();
        assertThat(drops)
                .containsKeys(
                        DropReason.DULL_TYPE,
                        DropReason.DULL_OBJECTIVE,
                        DropReason.DULL_LOOP_COUNT,
                        DropReason.NOT_SERVED,
                        DropReason.MALFORMED,
                        DropReason.PEER_CONNECTIONS);
        wires.forEach(ScriptedPeer.Wire::close);
        loop.advance(Duration.ofMinutes(1));
    }
}
