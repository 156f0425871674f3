package io.grasp.engine.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.sim.VirtualLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection between two ASAs of one node behaves like any other. */
class LoopbackConnectionTest {
    private static final int WINDOW = 256 * 1024;

    private final VirtualLoop loop = new VirtualLoop();
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7017);
    private final End ours = new End();
    private final End theirs = new End();

    @BeforeEach
    void join() {
        LoopbackConnection.join(ours.connection, theirs.connection);
        ours.connection.listener(ours);
        theirs.connection.listener(theirs);
        loop.run(ours.connection::open);
        assertThat(ours.events).containsExactly("opened");
        ours.events.clear();
    }

    @Test
    void anEventIsReportedOnALaterTurnOfTheLoop() {
        loop.run(() -> {
            ours.send(1);
            ours.connection.close();
            assertThat(theirs.events).isEmpty();
            assertThat(ours.events).isEmpty();
        });

        assertThat(theirs.events).containsExactly("received 1", "input ended");
        assertThat(ours.events).containsExactly("closed null");
        assertThat(ours.flushes).containsExactly("flushed");
    }

    @Test
    void aConnectionClosedBeforeItOpensIsNotReportedAsOpen() {
        End early = new End();
        End other = new End();
        LoopbackConnection.join(early.connection, other.connection);
        early.connection.listener(early);
        other.connection.listener(other);
        loop.run(() -> {
            early.connection.close();
            early.connection.open();
        });

        assertThat(early.events).containsExactly("closed null");
    }

    @Test
    void dataWaitsInOrderWhileTheOtherEndDoesNotRead() {
        loop.run(() -> theirs.connection.reading(false));
        for (int length = 1; length <= 3; length++) {
            int bytes = length;
            loop.run(() -> ours.send(bytes));
        }
        loop.run(ours.connection::close);
        assertThat(theirs.events).isEmpty();

        loop.run(() -> theirs.connection.reading(true));
        assertThat(theirs.events).containsExactly("received 1", "received 2", "received 3", "input ended");
        loop.run(() -> theirs.connection.reading(true));
        assertThat(theirs.events).hasSize(4);
    }

    @Test
    void aSendIsFlushedOnceTheOtherEndHasRoom() {
        loop.run(() -> theirs.connection.reading(false));
        loop.run(() -> ours.send(WINDOW));
        assertThat(ours.flushes).as("as much as fits").containsExactly("flushed");
        loop.run(() -> ours.send(1));
        loop.run(() -> ours.send(2));
        assertThat(ours.flushes).hasSize(1);

        loop.run(() -> theirs.connection.reading(true));
        assertThat(ours.flushes).containsExactly("flushed", "flushed", "flushed");
        loop.run(() -> theirs.connection.reading(false));
        loop.run(() -> ours.send(WINDOW));
        assertThat(ours.flushes).as("what was read takes no room").hasSize(4);
    }

    @Test
    void aSendThatIsNotFlushedFailsWhenTheConnectionEnds() {
        loop.run(() -> theirs.connection.reading(false));
        loop.run(() -> ours.send(WINDOW + 1));
        assertThat(ours.flushes).isEmpty();
        loop.run(ours.connection::close);

        assertThat(ours.flushes).containsExactly("the connection is closed");
        assertThat(ours.events).containsExactly("closed null");
    }

    @Test
    void nothingCanBeSentAfterTheEnd() {
        loop.run(ours.connection::close);
        loop.run(() -> ours.send(1));
        assertThat(ours.flushes).containsExactly("the connection is closed");
        loop.run(() -> theirs.send(1));
        assertThat(theirs.flushes).containsExactly("the connection is closed");
        assertThat(theirs.events).containsExactly("input ended");
    }

    @Test
    void closingAgainHasNoEffect() {
        for (int i = 0; i < 2; i++) {
            loop.run(ours.connection::close);
            loop.run(theirs.connection::close);
        }

        assertThat(ours.events).containsExactly("closed null");
        assertThat(theirs.events).containsExactly("input ended", "closed null");
    }

    @Test
    void anAbortIsAResetForTheOtherEnd() {
        loop.run(() -> theirs.connection.reading(false));
        loop.run(() -> theirs.send(3));
        ours.events.clear();
        loop.run(ours.connection::abort);

        assertThat(ours.events).containsExactly("closed null");
        assertThat(theirs.events).containsExactly("closed the connection was reset");
        loop.run(() -> theirs.send(1));
        assertThat(theirs.flushes).containsExactly("flushed", "the connection is closed");
        loop.run(theirs.connection::close);
        loop.run(ours.connection::abort);
        assertThat(theirs.events).hasSize(1);
        assertThat(ours.events).hasSize(1);
    }

    @Test
    void anAbortEndsAnEndThatDoesNotRead() {
        loop.run(() -> ours.connection.reading(false));
        loop.run(ours.connection::abort);

        assertThat(ours.events).containsExactly("closed null");
        assertThat(theirs.events).containsExactly("closed the connection was reset");
    }

    @Test
    void aCloseEndsAnEndThatDoesNotRead() {
        loop.run(() -> ours.connection.reading(false));
        loop.run(ours.connection::close);

        assertThat(ours.events).containsExactly("closed null");
    }

    /** One end, which records what happens. */
    private final class End implements ConnectionListener {
        private final LoopbackConnection connection = new LoopbackConnection(loop, address);
        private final List<String> events = new ArrayList<>();
        private final List<String> flushes = new ArrayList<>();

        void send(int bytes) {
            connection.send(
                    new byte[bytes], failure -> flushes.add(failure == null ? "flushed" : failure.getMessage()));
        }

        @Override
        public void opened() {
            events.add("opened");
        }

        @Override
        public void received(byte[] bytes) {
            events.add("received " + bytes.length);
        }

        @Override
        public void inputEnded() {
            events.add("input ended");
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            events.add("closed " + (failure == null ? null : failure.getMessage()));
        }
    }
}
