package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.CLOSED;
import static io.grasp.substrate.TestConnection.OPENED;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** Creates the nodes and connections of a contract test, and checks that no resource remains at the end. */
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

    /** {@return the loop on which all substrates of a test run} */
    protected abstract Loop loop();

    /** {@return a substrate that is not started; its only link is that of all other substrates of the test} */
    protected abstract Substrate newSubstrate();

    /**
     * Runs the loop until a condition holds.
     *
     * @param what the expected event, for the message of the failure
     * @param condition evaluated on the loop, or while the loop does not run
     * @throws AssertionError if it does not hold in time
     */
    protected abstract void await(String what, BooleanSupplier condition);

    /** Runs the loop until everything in transit has arrived, as far as it can be observed. */
    protected abstract void settle();

    /** {@return a number of bytes that exceeds what a connection buffers for a peer that does not read} */
    protected int moreBytesThanAreKept() {
        return 16 << 20;
    }

    /** Fails if any connection, delivery, wakeup or port is left. Called when all substrates are closed. */
    protected abstract void assertNothingLeft();

    /** {@return the address at which other substrates of the test reach a substrate} */
    protected InetAddress address(Substrate substrate) {
        return substrate.nodeAddresses().get(0).address();
    }

    @AfterEach
    void closeEverything() {
        // All at once: a node whose peer does not end their sessions waits for the close timeout.
        List<TestCompletion> ends = nodes.stream().map(TestNode::close).toList();
        ends.forEach(end -> assertThat(end.awaitFailure()).isNull());
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
        TestNode node = newNode().start();
        List<TestNode> open = nodes.stream().filter(TestNode::isOpen).toList();
        await(
                "links between all nodes",
                () -> open.stream().allMatch(each -> each.links().size() >= linksAmong(open.size())));
        await(
                "neighbors",
                () -> areNeighbors(open.stream().map(TestNode::substrate).toList()));
        return node;
    }

    /** {@return whether each of these substrates has all others as neighbors} Called on the loop. */
    protected boolean areNeighbors(List<Substrate> open) {
        return true;
    }

    /**
     * {@return a message that a link carries; it differs from those of other sizes}
     *
     * @param size about its length, in bytes; exactly that length if the link carries any bytes
     */
    protected byte[] linkMessage(int size) {
        return bytes(size);
    }

    /** {@return whether connections can be opened to link-local addresses} */
    protected boolean connectsToLinkLocalAddresses() {
        return true;
    }

    /** {@return the number of links of a substrate that sees a number of nodes, itself included} */
    protected int linksAmong(int nodesOnLink) {
        return 1;
    }

    /** {@return the link that a node has with another one, of several links} */
    protected Link link(List<Link> all, Substrate peer) {
        return all.get(0);
    }

    final Link link(TestNode from, TestNode to) {
        return link(from.links(), to.substrate());
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

    /** {@return a message of this length: a CBOR byte string, since a substrate may look for the end of each message} */
    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        int head = length <= 24 ? 1 : length <= 0x101 ? 2 : length <= 0x10002 ? 3 : 5;
        int rest = length - head;
        switch (head) {
            case 1 -> bytes[0] = (byte) (0x40 + rest);
            case 2 -> ByteBuffer.wrap(bytes).put((byte) 0x58).put((byte) rest);
            case 3 -> ByteBuffer.wrap(bytes).put((byte) 0x59).putShort((short) rest);
            default -> ByteBuffer.wrap(bytes).put((byte) 0x5A).putInt(rest);
        }
        return bytes;
    }

    static byte[] concat(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
