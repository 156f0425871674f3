package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message on a connection is reported as sent when the substrate has accepted it, and not before. */
class SentReportsTest extends TwoLinkFixture {
    private static final SessionId ID = new SessionId(4711);
    private static final IOException RESET = new IOException("reset");

    private final Slow connection = new Slow();
    private SubstrateListener listener;
    private ConnectionListener ours;

    @Override
    Substrate substrate() {
        return listened(node, started -> listener = started);
    }

    /** A connection that accepts what is sent when the test says so. */
    private final class Slow implements Connection {
        final Queue<Completion> waiting = new ArrayDeque<>();

        @Override
        public InetSocketAddress remote() {
            return new InetSocketAddress(addressOf(peer), 9);
        }

        @Override
        public void send(byte[] bytes, Completion flushed) {
            waiting.add(flushed);
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public void close() {}

        @Override
        public void abort() {}
    }

    private void receive(GraspMessage message) {
        loop.run(() -> ours.received(MessageEncoder.encode(message)));
    }

    /** Causes an answer of each kind, which waits. */
    private void cause(Class<?> answer) {
        ours = loop.call(() -> listener.accepted(connection));
        if (answer == Synch.class) {
            loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of(7)));
            receive(new RequestSynchronization(ID, EX2));
        } else if (answer == End.class) {
            listen();
            receive(new RequestNegotiation(ID, EX3.withValue(1)));
            loop.run(() -> requests.get(0).accept());
        } else {
            byte[] requestWithoutObjective = HexFormat.of().parseHex("8204191267");
            loop.run(() -> ours.received(requestWithoutObjective));
        }
        assertThat(connection.waiting).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(classes = {Synch.class, End.class, Invalid.class})
    void anAnswerIsReportedWhenTheConnectionAcceptsIt(Class<?> answer) {
        cause(answer);
        assertThat(sent).isEmpty();
        loop.run(() -> connection.waiting.remove().done(null));

        assertThat(sent).singleElement().isInstanceOf(answer);
        loop.run(() -> ours.closed(null));
    }

    @ParameterizedTest
    @ValueSource(classes = {Synch.class, End.class, Invalid.class})
    void anAnswerThatTheConnectionDoesNotAcceptIsNotReported(Class<?> answer) {
        cause(answer);
        loop.run(() -> {
            ours.closed(RESET);
            connection.waiting.remove().done(RESET);
        });

        assertThat(sent).isEmpty();
    }

    @Test
    void aRequestIsReportedWhenItsConnectionIsOpen() {
        events.session = loop.call(() -> asa.negotiate(EX3, here(peer.node), TIMEOUT, events));
        assertThat(sent).isEmpty();
        moment();

        assertThat(sent).singleElement().isInstanceOf(RequestNegotiation.class);
        loop.run(events.session::cancel);
    }

    @Test
    void requestsToAnUnreachablePeerAreNotReported() {
        Inet6Address nobody = (Inet6Address) UnusableLocators.address("fd99::1");
        AsaLocator nowhere = AsaLocator.of(new Locator.Ipv6(nobody, Locator.TCP, 9));
        Synchronized synchronization = new Synchronized();
        loop.run(() -> {
            asa.negotiate(EX3, nowhere, TIMEOUT, events);
            asa.synchronize(EX2, nowhere, TIMEOUT, synchronization);
        });
        loop.advance(TIMEOUT);

        assertThat(events.failure).isNotNull();
        assertThat(synchronization.failure).isNotNull();
        assertThat(sent).isEmpty();
    }
}
