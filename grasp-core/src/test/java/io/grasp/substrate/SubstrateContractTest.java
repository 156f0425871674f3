package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.CLOSED;
import static io.grasp.substrate.TestConnection.INPUT_ENDED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The contract of every substrate, together with its superclasses. A subclass creates the substrates and runs their
 * loop. Each test ends with everything closed and no resource left, and checks that every callback came on the loop, in
 * the right order and at the right time.
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
        assertThat(caller.links()).hasSize(1); // closing a substrate reports no link as down
    }

    @Test
    void aClosedSubstrateDoesNothing() {
        TestNode closed = started();
        TestNode neighbor = started();
        closed.close().awaitFailure();
        assertThat(closed.multicast(linkMessage(10)).awaitFailure()).isNotNull();
        TestConnection ours = closed.connect(locator(neighbor), 0);
        assertThat(ours.awaitClosed()).isNotNull();
        neighbor.multicast(linkMessage(20)).awaitFailure();
        settle();
        assertThat(closed.messages()).isEmpty();
        assertThat(neighbor.count(linkMessage(10))).isZero();
    }

    @Test
    void aSubstrateMayBeClosedBeforeItHasStarted() {
        TestNode never = newNode();
        assertThat(never.close().awaitFailure()).isNull();
        TestNode early = newNode();
        List<TestCompletion> completions = new ArrayList<>();
        bench.onLoop(() -> {
            completions.add(early.startOnly());
            completions.add(early.close());
        });
        completions.get(0).awaitFailure(); // called, whatever the result
        assertThat(completions.get(1).awaitFailure()).isNull();
    }
}
