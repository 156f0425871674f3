package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.io.ByteArrayOutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections on which many requests come in at once: other peers do not wait until all are answered. */
class RequestsInOneReadTest extends TwoLinkFixture {
    private static final int CONNECTIONS = 50;
    private static final int REQUESTS = 100;
    private static final int AT_ONCE = 4;

    /** The peers in the order of the answers that they get. */
    private final List<InetAddress> answered = new ArrayList<>();

    private SubstrateListener listener;
    private int nextId;

    @Override
    Substrate substrate() {
        return listened(node, started -> listener = started);
    }

    @BeforeEach
    void serve() {
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of(1)));
    }

    private final class Asking implements Connection {
        private final InetAddress peer;
        private final ConnectionListener ours;
        private boolean isRead = true;

        Asking(InetAddress peer) {
            this.peer = peer;
            this.ours = listener.accepted(this);
        }

        Asking receive(int requests) {
            // It is relayed, so that the connection waits for answers.
            ours.received(discovery(Objective.discoverable("EX5").withLoopCount(255)));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int id = 0; id < requests; id++) {
                all.writeBytes(discovery(EX2));
            }
            ours.received(all.toByteArray());
            return this;
        }

        private byte[] discovery(Objective objective) {
            return MessageEncoder.encode(new Discovery(new SessionId(nextId++), peer, objective));
        }

        @Override
        public InetSocketAddress remote() {
            return new InetSocketAddress(peer, 9);
        }

        @Override
        public void send(byte[] answer, Completion flushed) {
            answered.add(peer);
            flushed.done(null);
        }

        @Override
        public void reading(boolean on) {
            isRead = on;
        }

        @Override
        public void close() {}

        @Override
        public void abort() {}
    }

    private List<Asking> ask(InetAddress other) {
        List<Asking> all = new ArrayList<>();
        loop.run(() -> {
            for (int i = 0; i < CONNECTIONS; i++) {
                all.add(new Asking(addressOf(peer)).receive(REQUESTS));
            }
            all.add(new Asking(other).receive(2 * AT_ONCE));
            assertThat(answered).hasSize((CONNECTIONS + 1) * AT_ONCE);
            assertThat(all).noneMatch(each -> each.isRead);
        });
        return all;
    }

    private void verifyThatOneOfMayAsk(InetAddress other) {
        List<Asking> all = ask(other);
        assertThat(answered).hasSize(CONNECTIONS * REQUESTS + 2 * AT_ONCE);
        assertThat(answered.lastIndexOf(other)).isLessThan((CONNECTIONS + 1) * AT_ONCE + 2 * AT_ONCE);
        assertThat(all).allMatch(each -> each.isRead);
        loop.run(() -> all.forEach(each -> each.ours.closed(null)));
    }

    @Test
    void aPeerOnAnotherLinkIsAnsweredInItsTurn() {
        verifyThatOneOfMayAsk(addressOf(beyond));
    }

    @Test
    void anotherPeerOnTheSameLinkIsAnsweredInItsTurn() throws UnknownHostException {
        byte[] neighbor = addressOf(peer).getAddress();
        neighbor[neighbor.length - 1] ^= 0x40;
        verifyThatOneOfMayAsk(InetAddress.getByAddress(neighbor));
    }

    /** Reading cannot stop any more, so nothing that is read may wait. */
    @Test
    void afterOurEndNothingWaits() {
        Locator locator = new Locator.Ipv6((Inet6Address) addressOf(peer), Locator.TCP, 9);
        loop.run(() -> {
            Asking asking = new Asking(addressOf(peer));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int id = 0; id < REQUESTS; id++) {
                all.writeBytes(MessageEncoder.encode(new Response(
                        new SessionId(id + 1),
                        node.addresses().get(0),
                        1,
                        List.of(new GraspOption.LocatorOption(locator)),
                        null)));
            }
            asking.ours.received(all.toByteArray());
            assertThat(drops).containsEntry(DropReason.NO_SESSION, REQUESTS);
            asking.ours.inputEnded();
            asking.ours.closed(null);
        });
        assertThat(drops).containsOnlyKeys(DropReason.NO_SESSION);
    }

    @Test
    void requestsThatWaitAreDroppedWhenTheConnectionEnds() {
        loop.run(() -> new Asking(addressOf(peer)).receive(REQUESTS).ours.closed(null));
        assertThat(answered).hasSize(AT_ONCE);
        assertThat(drops).containsEntry(DropReason.NO_SESSION, REQUESTS - AT_ONCE);
    }
}
