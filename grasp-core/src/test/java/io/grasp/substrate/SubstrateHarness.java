package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.CLOSED;
import static io.grasp.substrate.TestConnection.OPENED;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** Makes the nodes and connections of a contract test, and sees to it that nothing is left of them. */
abstract class SubstrateHarness {
    final List<TestNode> nodes = new ArrayList<>();
    final Bench bench = new Bench() {
        @Override
        Loop loop() {
            return SubstrateHarness.this.loop();
        }

        @Override
        void await(String what, BooleanSupplier condition) {
            SubstrateHarness.this.await(what, condition);
        }
    };

    /** {@return the loop that all substrates of a test run on} */
    protected abstract Loop loop();

    /** {@return a substrate, not started, that has one link, on which all the others of the test are its neighbors} */
    protected abstract Substrate newSubstrate();

    /**
     * Runs the loop until a condition holds.
     *
     * @param what what is waited for, for the failure
     * @param condition asked on the loop, or while it stands still
     * @throws AssertionError if it does not hold in good time
     */
    protected abstract void await(String what, BooleanSupplier condition);

    /** Runs the loop until everything in transit has arrived, as far as it can be observed. */
    protected abstract void settle();

    /** {@return more bytes than a connection keeps for a peer that does not read} */
    protected int moreBytesThanAreKept() {
        return 16 << 20;
    }

    /** Fails if anything is left behind: connections, deliveries, wakeups, ports. All substrates are closed. */
    protected abstract void assertNothingLeft();

    /** {@return the address at which the others of the test reach a substrate} */
    protected InetAddress address(Substrate substrate) {
        return substrate.nodeAddresses().get(0).address();
    }

    @AfterEach
    void closeEverything() {
        nodes.forEach(node -> assertThat(node.close().awaitFailure()).isNull());
        settle();
        nodes.stream().flatMap(node -> node.accepted().stream()).forEach(SubstrateHarness::assertClosedOnce);
        assertThat(bench.violations()).isEmpty();
        assertNothingLeft();
    }

    private static void assertClosedOnce(TestConnection end) {
        assertThat(end.events()).containsOnlyOnce(CLOSED).endsWith(CLOSED);
    }

    TestNode newNode() {
        TestNode node = new TestNode(bench, "node " + (nodes.size() + 1), newSubstrate());
        nodes.add(node);
        return node;
    }

    TestNode started() {
        return newNode().start();
    }

    Locator locator(TestNode node) {
        return TestNode.locator(address(node.substrate()), node.substrate().port());
    }

    Pair pair() {
        TestNode caller = started();
        TestNode callee = started();
        TestConnection ours = caller.connect(locator(callee), 0);
        return new Pair(ours.await(OPENED), callee.awaitAccepted(0));
    }

    record Pair(TestConnection ours, TestConnection theirs) {}

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[] concat(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
