package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.INPUT_ENDED;
import static io.grasp.substrate.TestConnection.OPENED;
import static io.grasp.substrate.TestConnection.RECEIVED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The substrate's contract for connections that are not read. */
abstract class ReadingContract extends ConnectionContract {
    private static final int CHUNKS = 64;

    private void reading(TestConnection end, boolean on) {
        bench.onLoop(() -> end.connection().reading(on));
    }

    @Test
    void inputWaitsUntilReadingIsOn() {
        Pair pair = pair();
        reading(pair.theirs(), false);
        pair.ours().send(bytes(10));
        pair.ours().send(bytes(20));
        settle();
        assertThat(pair.theirs().events()).isEmpty();

        pair.theirs().send(bytes(5)); // the other direction continues
        assertThat(pair.ours().awaitBytes(5)).isEqualTo(bytes(5));
        reading(pair.theirs(), true);
        assertThat(pair.theirs().awaitBytes(30)).isEqualTo(concat(List.of(bytes(10), bytes(20))));
    }

    @Test
    void aReceiverThatDoesNotReadStopsTheSender() {
        Pair pair = pair();
        reading(pair.theirs(), false);
        List<TestCompletion> flushed = new ArrayList<>();
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            chunks.add(bytes(moreBytesThanAreKept() / CHUNKS + i));
            flushed.add(pair.ours().send(chunks.get(i)));
        }
        settle();
        assertThat(flushed.get(CHUNKS - 1).isDone()).as("all is flushed").isFalse();
        assertThat(pair.theirs().events()).isEmpty();

        reading(pair.theirs(), true);
        byte[] all = concat(chunks);
        assertThat(pair.theirs().awaitBytes(all.length)).isEqualTo(all);
        flushed.forEach(each -> assertThat(each.awaitFailure()).isNull());
    }

    @Test
    void aStoppedSenderIsNotifiedWhenTheConnectionBreaks() {
        Pair pair = pair();
        reading(pair.theirs(), false);
        List<TestCompletion> flushed = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            flushed.add(pair.ours().send(bytes(moreBytesThanAreKept() / CHUNKS)));
        }
        settle();
        pair.theirs().abort();
        assertThat(flushed.get(CHUNKS - 1).awaitFailure()).isNotNull();
        assertThat(pair.ours().awaitClosed()).isNotNull();
        assertThat(pair.theirs().awaitClosed()).isNull();
    }

    @Test
    void theEndOfInputIsReportedAfterTheInput() {
        Pair pair = pair();
        reading(pair.theirs(), false);
        pair.ours().send(bytes(10));
        pair.ours().close();
        settle();
        assertThat(pair.theirs().events()).isEmpty();

        reading(pair.theirs(), true);
        assertThat(pair.theirs().await(INPUT_ENDED).received()).isEqualTo(bytes(10));
        assertThat(pair.theirs().events()).containsExactly(RECEIVED, INPUT_ENDED);
        pair.theirs().close();
        assertThat(pair.theirs().awaitClosed()).isNull();
    }

    @Test
    void aConnectionMayOpenWithoutReading() {
        TestNode caller = started();
        TestNode callee = started();
        callee.onAccepted(end -> end.send(bytes(10)));
        TestConnection ours = bench.onLoop(() -> {
            TestConnection opening = caller.connect(locator(callee), 0);
            opening.connection().reading(false);
            return opening;
        });
        ours.await(OPENED);
        settle();
        assertThat(ours.events()).containsExactly(OPENED);

        reading(ours, true);
        assertThat(ours.awaitBytes(10)).isEqualTo(bytes(10));
    }

    @Test
    void aConnectionThatDoesNotReadCanBeClosed() {
        Pair pair = pair();
        reading(pair.theirs(), false);
        settle();
        pair.theirs().close();
        pair.ours().await(INPUT_ENDED).close();
        assertThat(pair.theirs().awaitClosed()).isNull();
        assertThat(pair.ours().awaitClosed()).isNull();
    }

    @Test
    void readingCanStopWhileInputArrives() {
        Pair pair = pair();
        byte[] much = bytes(100_000);
        List<Integer> stops = new ArrayList<>();
        pair.theirs().onReceived(end -> {
            end.connection().reading(false);
            stops.add(end.received().length);
        });
        pair.ours().send(much);
        int seen = 0;
        while (seen < much.length) {
            pair.theirs().awaitBytes(seen + 1);
            settle();
            assertThat(pair.theirs().received())
                    .as("reported once for each time that reading was on")
                    .hasSize(stops.get(stops.size() - 1));
            seen = pair.theirs().received().length;
            reading(pair.theirs(), true);
        }
        assertThat(pair.theirs().received()).isEqualTo(much);
    }
}
