package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.SessionId;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** A peer that does not read our answers is not read either, so that they cannot pile up. */
class UnreadAnswersTest extends TwoLinkFixture {
    private SubstrateListener listener;

    @Override
    Substrate substrate() {
        return listened(node, started -> listener = started);
    }

    /** A connection of a peer; it remembers whether it is read. */
    private final class Accepted implements Connection {
        boolean isRead = true;

        @Override
        public InetSocketAddress remote() {
            return new InetSocketAddress(addressOf(peer), 9);
        }

        @Override
        public void send(byte[] bytes, Completion flushed) {
            // it waits, because the peer does not read
        }

        @Override
        public void reading(boolean on) {
            isRead = on;
        }

        @Override
        public void close() {
            isRead = true;
        }

        @Override
        public void abort() {}
    }

    @Test
    void aPeerThatDoesNotReadIsNotReadUntilItHasCaughtUp() {
        listen();
        Accepted connection = new Accepted();
        ConnectionListener ours = loop.call(() -> listener.accepted(connection));
        loop.run(
                () -> ours.received(MessageEncoder.encode(new RequestNegotiation(new SessionId(1), EX3.withValue(1)))));
        assertThat(requests).hasSize(1);

        loop.run(() -> ours.writable(false));
        assertThat(connection.isRead).isFalse();
        loop.run(() -> ours.writable(true));
        assertThat(connection.isRead).isTrue();
        loop.run(() -> ours.closed(null));
    }
}
