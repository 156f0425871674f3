package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborItem;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The memory of sessions that peers begin by discoveries, in the shape that takes the most. */
class RapidSessionMemoryTest extends EngineFixture {
    private static final int MANY = 200;
    private static final int EXTRAS = 1_200;

    private final SimNode node = network.node("engine");
    private final ScriptedPeer peer = newPeer("peer");
    private final List<NegotiationSession> requests = new ArrayList<>();

    RapidSessionMemoryTest() {
        link("lan", peer.node, node);
    }

    private void ask(int first) {
        for (int i = first; i < first + MANY; i++) {
            peer.multicast(new Discovery(
                    new SessionId(i + 1),
                    addressOf(peer),
                    EX3.withLoopCount(6).withValue(i),
                    Collections.nCopies(EXTRAS, CborItem.wrap(new byte[] {0}, 0, 1))));
            loop.advance(Duration.ofMillis(2));
        }
        peer.multicasts.clear();
    }

    private void end() {
        requests.forEach(session -> loop.run(session::refuse));
        requests.clear();
        moment();
        peer.accepted.clear();
    }

    @Test
    void aRapidSessionTakesNoMoreMemoryThanItIsChargedFor() {
        GraspEngine engine = start(EngineConfig.DEFAULTS, node, GraspObserver.NONE);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.register(EX3, RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION)));
        loop.run(() -> asa.listenNegotiate(EX3, acceptor(session -> {
                    session.take(new RecordingEvents());
                    requests.add(session);
                }))
                .request(Long.MAX_VALUE));
        moment();
        long before = HeapUse.now();
        ask(0);
        moment();
        long taken = HeapUse.now() - before;

        assertThat(requests).hasSize(MANY);
        long charged = Limits.DEFAULTS.withSessions(2 * MANY).worstCase().heapBytes()
                - Limits.DEFAULTS.withSessions(MANY).worstCase().heapBytes();
        assertThat(taken).isLessThan(charged);
        end();
    }
}
