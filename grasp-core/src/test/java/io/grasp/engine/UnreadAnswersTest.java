package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.negotiation.NegotiationSession;
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
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Wait;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer that does not read our answers is neither read nor served, so that they cannot pile up. */
class UnreadAnswersTest extends TwoLinkFixture {
    private static final int READ = 4096;
    private static final int LONGEST_ANSWER = 2048;
    private static final int MOST_UNSENT = 512;

    private SubstrateListener listener;
    private Unread connection;
    private ConnectionListener ours;

    @Override
    Substrate substrate() {
        return listened(node, started -> listener = started);
    }

    /** A connection of a peer that does not read. */
    private final class Unread implements Connection {
        final Queue<Completion> waiting = new ArrayDeque<>();
        int bytes;
        int answers;
        boolean isRead = true;
        boolean isClosed;

        @Override
        public InetSocketAddress remote() {
            return new InetSocketAddress(addressOf(peer), 9);
        }

        @Override
        public void send(byte[] answer, Completion flushed) {
            answers++;
            bytes += answer.length;
            waiting.add(failure -> {
                bytes -= answer.length;
                flushed.done(failure);
            });
        }

        @Override
        public void reading(boolean on) {
            isRead = on;
        }

        @Override
        public void close() {
            isClosed = true;
        }

        @Override
        public void abort() {}
    }

    @BeforeEach
    void connect() {
        connection = new Unread();
        ours = loop.call(() -> listener.accepted(connection));
        // It is relayed, so that the connection waits for answers.
        receive(MessageEncoder.encode(new Discovery(
                new SessionId(1),
                peer.node.addresses().get(0),
                Objective.discoverable("EX5").withLoopCount(255))));
    }

    private void receive(byte[] bytes) {
        loop.run(
                () -> { // one turn
                    for (int from = 0; from < bytes.length && connection.isRead; from += READ) {
                        ours.received(Arrays.copyOfRange(bytes, from, Math.min(from + READ, bytes.length)));
                    }
                });
    }

    private static byte[] messages(int length, IntFunction<GraspMessage> message) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int id = 2; all.size() < length; id++) {
            all.writeBytes(MessageEncoder.encode(message.apply(id)));
        }
        return all.toByteArray();
    }

    private void serve(int length) {
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v".repeat(length))));
    }

    @Test
    void requestsThatCameInOneReadAreAnsweredOneByOne() {
        serve(1900);
        receive(messages(READ - 100, id -> new RequestSynchronization(new SessionId(id), EX2)));
        assertThat(connection.bytes).isBetween(MOST_UNSENT, 2 * LONGEST_ANSWER);
        assertThat(connection.isRead).isFalse();

        int answers = connection.answers;
        loop.run(() -> connection.waiting.remove().done(null));
        assertThat(connection.answers).as("the next one").isEqualTo(answers + 1);

        loop.run(() -> {
            while (!connection.waiting.isEmpty()) {
                connection.waiting.remove().done(null);
            }
        });
        assertThat(connection.answers).isGreaterThan(100);
        assertThat(connection.isRead).isTrue();
        loop.run(() -> ours.closed(null));
    }

    @Test
    void shortAnswersAreBoundedToo() {
        serve(1);
        receive(messages(16 * READ, id -> new Discovery(new SessionId(id), addressOf(peer), EX2)));
        assertThat(connection.bytes).isBetween(MOST_UNSENT, 2 * LONGEST_ANSWER);
        assertThat(connection.isRead).isFalse();
        loop.run(() -> ours.closed(null));
    }

    @Test
    void aFailedSendServesNoOneAnyMore() {
        serve(1900);
        receive(messages(READ - 100, id -> new RequestSynchronization(new SessionId(id), EX2)));
        int answers = connection.answers;
        loop.run(() -> {
            ours.closed(new IOException("reset"));
            connection.waiting.forEach(each -> each.done(new IOException("reset")));
        });
        assertThat(connection.answers).isEqualTo(answers);
    }

    /** Nothing follows our M_END, so the peer is read again, although it has not read our messages. */
    @Test
    void aPeerThatWasNotReadIsReadAgainAfterOurEnd() {
        listen();
        Unread session = new Unread();
        ConnectionListener received = loop.call(() -> listener.accepted(session));
        SessionId id = new SessionId(9);
        loop.run(() -> received.received(MessageEncoder.encode(new RequestNegotiation(id, EX3.withValue(1)))));
        NegotiationSession negotiation = requests.get(0);
        loop.run(() -> negotiation.step(ObjectiveValue.of("v".repeat(600)), Duration.ofMinutes(1)));
        loop.run(() -> received.received(
                MessageEncoder.encode(new Negotiate(id, EX3.withLoopCount(4).withValue(3)))));
        loop.run(() -> negotiation.waitFor(Duration.ofSeconds(10)));
        loop.run(() -> received.received(MessageEncoder.encode(new Wait(id, 0))));
        assertThat(session.isRead).isFalse();
        loop.run(negotiation::accept);

        loop.run(() -> session.waiting.remove().done(null));
        assertThat(session.isRead).isTrue();
        assertThat(drops).as("the message that waited").containsEntry(DropReason.NO_SESSION, 1);
        loop.run(() -> {
            received.closed(null);
            ours.closed(null);
        });
    }
}
