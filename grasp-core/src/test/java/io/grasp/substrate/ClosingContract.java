package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.CLOSED;
import static io.grasp.substrate.TestConnection.INPUT_ENDED;
import static io.grasp.substrate.TestConnection.OPENED;
import static io.grasp.substrate.TestConnection.RECEIVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The substrate's contract for connections that end, or that cannot be opened. */
abstract class ClosingContract extends ReadingContract {
    @Test
    void closeFlushesEverything() {
        TestNode caller = started();
        TestNode callee = started();
        byte[] large = bytes(500_000);
        List<TestCompletion> flushed = new ArrayList<>();
        TestConnection ours = bench.onLoop(() -> {
            TestConnection opening = caller.connect(locator(callee), 0);
            flushed.add(opening.send(large));
            opening.close();
            return opening;
        });
        TestConnection theirs = callee.awaitAccepted(0).await(INPUT_ENDED);
        assertThat(theirs.received()).isEqualTo(large);
        assertThat(flushed.get(0).awaitFailure()).isNull();
        assertThat(ours.awaitClosed()).isNull();
        theirs.close();
        assertThat(theirs.awaitClosed()).isNull();
        assertThat(theirs.events()).containsExactly(RECEIVED, INPUT_ENDED, CLOSED);
    }

    @Test
    void thePeerOfAClosedConnectionSeesTheEndOfInputFirst() {
        Pair pair = pair();
        pair.ours().close();
        assertThat(pair.ours().awaitClosed()).isNull();
        pair.theirs().await(INPUT_ENDED);
        settle();
        assertThat(pair.theirs().events()).containsExactly(INPUT_ENDED);
        pair.theirs().close();
        assertThat(pair.theirs().awaitClosed()).isNull();
        settle();
        assertThat(pair.ours().events()).containsExactly(OPENED, CLOSED);
        assertThat(pair.theirs().events()).containsExactly(INPUT_ENDED, CLOSED);
    }

    @Test
    void bothSidesMayCloseAtOnce() {
        Pair pair = pair();
        bench.onLoop(() -> {
            pair.ours().close();
            pair.theirs().close();
        });
        assertThat(pair.ours().awaitClosed()).isNull();
        assertThat(pair.theirs().awaitClosed()).isNull();
    }

    @Test
    void closingAgainDoesNothing() {
        Pair pair = pair();
        bench.onLoop(() -> {
            pair.ours().close();
            pair.ours().close();
        });
        pair.ours().awaitClosed();
        pair.ours().close();
        pair.ours().abort();
        settle();
        assertThat(pair.ours().events()).containsExactly(OPENED, CLOSED);
        pair.theirs().await(INPUT_ENDED).close();
        assertThat(pair.theirs().awaitClosed()).isNull();
    }

    @Test
    void anAbortFailsThePeer() {
        Pair pair = pair();
        pair.ours().abort();
        pair.ours().awaitClosed();
        assertThat(pair.theirs().awaitClosed()).isInstanceOf(IOException.class);
        settle();
        assertThat(pair.ours().events()).containsExactly(OPENED, CLOSED);
        assertThat(pair.theirs().events()).containsExactly(CLOSED);
        assertThat(pair.theirs().send(bytes(1)).awaitFailure()).isNotNull();
    }

    @Test
    void aRefusedConnectionFails() {
        TestNode caller = started();
        TestNode gone = started();
        Locator locator = locator(gone);
        gone.close().awaitFailure();
        TestConnection ours = caller.connect(locator, 0);
        TestCompletion flushed = ours.send(bytes(10));
        assertThat(ours.awaitClosed()).isInstanceOf(IOException.class);
        assertThat(flushed.awaitFailure()).isNotNull();
        assertThat(ours.events()).containsExactly(CLOSED);
    }

    @Test
    void aLocatorThatCannotBeUsedFails() {
        TestConnection ours = started().connect(Locator.uri("grasp:nobody"), 0);
        TestCompletion flushed = ours.send(bytes(10));
        assertThat(ours.awaitClosed()).isNotNull();
        assertThat(flushed.awaitFailure()).isNotNull();
        assertThat(ours.events()).containsExactly(CLOSED);
    }

    @Test
    void aHalfOpenConnectionIsGivenUpByClose() {
        TestNode caller = started();
        TestNode callee = started();
        TestConnection ours = bench.onLoop(() -> {
            TestConnection opening = caller.connect(locator(callee), 0);
            opening.close();
            return opening;
        });
        ours.awaitClosed();
        settle();
        assertThat(ours.events()).containsExactly(CLOSED);
        assertThat(ours.send(bytes(1)).awaitFailure()).isNotNull();
    }

    @Test
    void aHalfOpenConnectionIsGivenUpByAbort() {
        TestNode caller = started();
        TestNode callee = started();
        List<TestCompletion> flushed = new ArrayList<>();
        TestConnection ours = bench.onLoop(() -> {
            TestConnection opening = caller.connect(locator(callee), 0);
            flushed.add(opening.send(bytes(10)));
            opening.abort();
            return opening;
        });
        ours.awaitClosed();
        assertThat(flushed.get(0).awaitFailure()).isNotNull();
        settle();
        assertThat(ours.events()).containsExactly(CLOSED);
    }

    @Test
    void aSendAfterCloseFails() {
        Pair pair = pair();
        TestCompletion flushed = bench.onLoop(() -> {
            pair.ours().close();
            return pair.ours().send(bytes(10));
        });
        assertThat(flushed.awaitFailure()).isNotNull();
        pair.theirs().await(INPUT_ENDED);
        assertThat(pair.theirs().received()).isEmpty();
        assertThat(pair.ours().send(bytes(10)).awaitFailure()).isNotNull();
    }
}
