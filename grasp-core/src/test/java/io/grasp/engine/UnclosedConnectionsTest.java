package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestSynchronization;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that this node has closed, and that their peers keep open: they are the first that give way. */
class UnclosedConnectionsTest extends EngineFixture {
    private final SimNode node = network.node("engine");
    private final ScriptedPeer hostile = newPeer("hostile");
    private final ScriptedPeer neighbor = newPeer("neighbor");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final RecordingObserver observed = new RecordingObserver();
    private final List<Held> held = new ArrayList<>();
    private SubstrateListener listener;

    /** A connection whose peer does not close it. */
    private final class Held implements Connection {
        final InetSocketAddress remote;
        final ConnectionListener ours;
        boolean closing;
        boolean aborted;

        Held(ScriptedPeer peer) {
            remote = new InetSocketAddress(addressOf(peer), 5000 + held.size());
            ours = loop.call(() -> listener.accepted(this));
        }

        @Override
        public InetSocketAddress remote() {
            return remote;
        }

        @Override
        public void send(byte[] bytes, Completion flushed) {
            flushed.done(null);
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public void close() {
            closing = true;
        }

        @Override
        public void abort() {
            aborted = true;
            loop.execute(() -> ours.closed(null));
        }
    }

    private void start(Limits limits) {
        link("lan", node, hostile.node, neighbor.node);
        link("other", node, beyond.node);
        GraspEngine engine = start(
                EngineConfig.DEFAULTS.withLimits(limits), listened(node, started -> listener = started), observed);
        loop.run(() -> {
            EngineAsa asa = engine.registerAsa("asa");
            asa.register(EX2, RegistrationOptions.DEFAULTS);
            asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v"));
        });
    }

    /** The peer gets an answer, and then keeps the connection. */
    private Held answered(ScriptedPeer peer) {
        Held connection = new Held(peer);
        held.add(connection);
        int id = held.size();
        loop.run(() ->
                connection.ours.received(MessageEncoder.encode(new RequestSynchronization(new SessionId(id), EX2))));
        moment();
        return connection;
    }

    private boolean makesRoom(ScriptedPeer peer) {
        return loop.call(() -> listener.makesRoom(
                new InetSocketAddress(addressOf(peer), 1), null, SubstrateDrop.TOO_MANY_CONNECTIONS));
    }

    @AfterEach
    void closeAll() {
        held.stream().filter(each -> !each.aborted).forEach(each -> loop.run(() -> each.ours.closed(null)));
        moment();
    }

    @Test
    void theyGiveWayToAnotherLinkAndAnotherNeighbor() {
        start(Limits.DEFAULTS);
        for (int i = 0; i < 100; i++) {
            answered(hostile);
        }
        assertThat(held).allMatch(each -> each.closing && !each.aborted);
        assertThat(makesRoom(beyond)).isTrue();
        assertThat(held.get(0).aborted).as("the oldest one").isTrue();
        assertThat(makesRoom(neighbor)).isTrue();
        assertThat(held.get(1).aborted).isTrue();
        assertThat(held.subList(2, 100)).noneMatch(each -> each.aborted);
        assertThat(observed.drops.get(DropReason.CONNECTIONS)).isEqualTo(2);
    }

    /** A neighbor that asks twice in a row keeps the answer to its first question. */
    @Test
    void thoseOfALinkWithMoreGiveWayBeforeOnesOwn() {
        start(Limits.DEFAULTS);
        for (int i = 0; i < 100; i++) {
            answered(hostile);
        }
        Held first = answered(beyond);
        assertThat(makesRoom(beyond)).isTrue();
        assertThat(first.aborted).isFalse();
        assertThat(held.get(0).aborted).isTrue();
    }

    @Test
    void thoseOfOthersDoNotGiveWay() {
        start(Limits.DEFAULTS);
        Held ofNeighbor = answered(neighbor);
        Held fromBeyond = answered(beyond);
        for (int i = 0; i < 10; i++) {
            answered(hostile);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(makesRoom(hostile)).isTrue();
        }
        assertThat(makesRoom(hostile)).isFalse();
        assertThat(List.of(ofNeighbor, fromBeyond)).noneMatch(each -> each.aborted);
    }

    @Test
    void theBoundOfOnePeerDisplacesItsOldestOne() {
        start(Limits.DEFAULTS.withConnectionsPerPeer(3));
        for (int i = 0; i < 5; i++) {
            answered(hostile);
        }
        assertThat(held.stream().map(each -> each.aborted)).containsExactly(true, true, false, false, false);
        assertThat(held).as("all were answered").allMatch(each -> each.closing);
        assertThat(observed.drops.get(DropReason.PEER_CONNECTIONS)).isEqualTo(2);
    }

    @Test
    void oneThatItsPeerHasClosedIsNotDisplaced() {
        start(Limits.DEFAULTS);
        Held connection = answered(hostile);
        loop.run(() -> connection.ours.closed(null));
        assertThat(makesRoom(hostile)).isFalse();
        assertThat(connection.aborted).isFalse();
        connection.aborted = true;
    }
}
