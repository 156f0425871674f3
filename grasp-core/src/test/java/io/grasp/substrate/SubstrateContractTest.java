package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.CLOSED;
import static io.grasp.substrate.TestConnection.INPUT_ENDED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every substrate owes to the engine: this and the classes it extends. A subclass says how substrates are made and
 * how their loop is run; each test ends with everything closed, nothing left behind, and no callback at the wrong time,
 * in the wrong order or off the loop.
 */
public abstract class SubstrateContractTest extends ClosingContract {
    @Test
    void closingASubstrateClosesEverythingFirst() {
        Pair pair = pair();
        TestNode caller = nodes.get(0);
        TestNode callee = nodes.get(1);
        TestConnection opening = bench.onLoop(() -> {
            TestConnection late = caller.connect(locator(callee), 0);
            caller.close();
            return late;
        });
        TestCompletion again = caller.close();
        assertThat(again.awaitFailure()).isNull();
        assertThat(pair.ours().events()).endsWith(CLOSED);
        assertThat(opening.events()).containsExactly(CLOSED);
        bench.await(
                "the peer's notice",
                () -> pair.theirs().was(INPUT_ENDED) || pair.theirs().was(CLOSED));
        assertThat(caller.links()).hasSize(1); // the close of a substrate takes no link down
    }

    @Test
    void aClosedSubstrateDoesNothing() {
        TestNode closed = started();
        TestNode neighbor = started();
        closed.close().awaitFailure();
        assertThat(closed.multicast(bytes(10)).awaitFailure()).isNotNull();
        TestConnection ours = closed.connect(locator(neighbor), 0);
        assertThat(ours.awaitClosed()).isNotNull();
        neighbor.multicast(bytes(20)).awaitFailure();
        settle();
        assertThat(closed.messages()).isEmpty();
        assertThat(neighbor.messages()).noneMatch(message -> message.bytes().length == 10);
    }

    @Test
    void aSubstrateMayBeClosedBeforeItHasStarted() {
        TestNode never = newNode();
        assertThat(never.close().awaitFailure()).isNull();
        TestNode early = newNode();
        List<TestCompletion> told = new ArrayList<>();
        bench.onLoop(() -> {
            told.add(early.startOnly());
            told.add(early.close());
        });
        told.get(0).awaitFailure(); // called, whatever the result
        assertThat(told.get(1).awaitFailure()).isNull();
    }
}
