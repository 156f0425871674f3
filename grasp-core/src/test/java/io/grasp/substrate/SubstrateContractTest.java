package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.CLOSED;
import static io.grasp.substrate.TestConnection.INPUT_ENDED;
import static io.grasp.substrate.TestConnection.OPENED;
import static io.grasp.substrate.TestConnection.RECEIVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every substrate owes to the engine. A subclass says how substrates are made and how their loop is run; each
 * test ends with everything closed, nothing left behind, and no callback at the wrong time, in the wrong order or off
 * the loop.
 */
public abstract class SubstrateContractTest {
    private final List<TestNode> nodes = new ArrayList<>();
    private final Bench bench = new Bench() {
        @Override
        Loop loop() {
            return SubstrateContractTest.this.loop();
        }

        @Override
        void await(String what, BooleanSupplier condition) {
            SubstrateContractTest.this.await(what, condition);
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

    /** Runs the loop until everything under way has arrived, as far as can be told. */
    protected abstract void settle();

    /** Fails if anything is left behind: connections, deliveries, wakeups, ports. All substrates are closed. */
    protected abstract void assertNothingLeft();

    /** {@return the address at which the others of the test reach a substrate} */
    protected InetAddress address(Substrate substrate) {
        return substrate.addresses().get(0);
    }

    @AfterEach
    void closeEverything() {
        nodes.forEach(node -> assertThat(node.close().awaitFailure()).isNull());
        settle();
        nodes.stream().flatMap(node -> node.accepted().stream()).forEach(end -> assertClosedOnce(end));
        assertThat(bench.violations()).isEmpty();
        assertNothingLeft();
    }

    private static void assertClosedOnce(TestConnection end) {
        assertThat(end.events()).containsOnlyOnce(CLOSED).endsWith(CLOSED);
    }

    private TestNode newNode() {
        TestNode node = new TestNode(bench, "node " + (nodes.size() + 1), newSubstrate());
        nodes.add(node);
        return node;
    }

    private TestNode started() {
        return newNode().start();
    }

    private Locator locator(TestNode node) {
        return TestNode.locator(address(node.substrate()), node.substrate().port());
    }

    private Pair pair() {
        TestNode caller = started();
        TestNode callee = started();
        TestConnection ours = caller.connect(locator(callee), 0);
        return new Pair(ours.await(OPENED), callee.awaitAccepted(0));
    }

    private record Pair(TestConnection ours, TestConnection theirs) {}

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] concat(List<byte[]> parts) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    // ---- links

    @Test
    void linksAreUpBeforeStartedIsTold() {
        TestNode node = newNode();
        TestCompletion started = node.startOnly();
        assertThat(started.awaitFailure()).isNull();
        assertThat(node.links()).hasSize(1);
    }

    @Test
    void aLinkDescribesItself() {
        TestNode a = started();
        TestNode b = started();
        for (TestNode node : List.of(a, b)) {
            assertThat(node.link().name()).isNotBlank();
            assertThat(node.link().index()).isPositive();
            assertThat(node.link().linkLocalAddress().isLinkLocalAddress()).isTrue();
            assertThat(node.link().maxMulticastBytes()).isGreaterThanOrEqualTo(1232);
        }
    }

    @Test
    void aNodeHasAPortAndAddresses() {
        TestNode a = started();
        TestNode b = started();
        assertThat(a.substrate().port()).isBetween(1, Locator.MAX_PORT);
        assertThat(a.substrate().addresses())
                .isNotEmpty()
                .noneMatch(InetAddress::isLinkLocalAddress)
                .noneMatch(InetAddress::isMulticastAddress)
                .noneMatch(InetAddress::isAnyLocalAddress);
        assertThat(locator(a)).isNotEqualTo(locator(b));
    }

    @Test
    void aMulticastReachesEveryNeighbor() {
        TestNode sender = started();
        List<TestNode> neighbors = List.of(started(), started());
        byte[] message = bytes(100);
        assertThat(sender.multicast(message).awaitFailure()).isNull();
        for (TestNode neighbor : neighbors) {
            TestNode.Message received = neighbor.awaitMessage(message);
            assertThat(received.link()).isSameAs(neighbor.link());
        }
        settle();
        neighbors.forEach(neighbor -> assertThat(neighbor.count(message)).isEqualTo(1));
        assertThat(sender.count(message)).isLessThanOrEqualTo(1);
    }

    @Test
    void multicastsAreNotJoinedOrCut() {
        TestNode sender = started();
        TestNode neighbor = started();
        List<byte[]> messages = IntStream.of(1, 2, 1232, 3, 1000)
                .mapToObj(SubstrateContractTest::bytes)
                .toList();
        messages.forEach(sender::multicast);
        messages.forEach(neighbor::awaitMessage);
        assertThat(neighbor.messages()).hasSize(messages.size());
    }

    @Test
    void theLargestMulticastIsCarriedAndALargerOneFails() {
        TestNode sender = started();
        TestNode neighbor = started();
        int largest = Math.min(sender.link().maxMulticastBytes(), 300_000);
        byte[] message = bytes(largest);
        assertThat(sender.multicast(message).awaitFailure()).isNull();
        neighbor.awaitMessage(message);
        if (sender.link().maxMulticastBytes() != Link.UNBOUNDED) {
            assertThat(sender.multicast(bytes(largest + 1)).awaitFailure()).isNotNull();
            settle();
            assertThat(neighbor.messages()).hasSize(1);
        }
    }

    @Test
    void aReplyReachesTheSenderAndNobodyElse() {
        TestNode sender = started();
        TestNode neighbor = started();
        TestNode other = started();
        byte[] question = bytes(40);
        byte[] answer = bytes(2000);
        sender.multicast(question);
        TestNode.Message received = neighbor.awaitMessage(question);
        assertThat(received.replyPath().source()).isEqualTo(sender.link().linkLocalAddress());
        TestCompletion sent = neighbor.reply(received, answer);
        if (sender.link().repliesInBand()) {
            TestNode.Message reply = sender.awaitMessage(answer);
            assertThat(reply.link()).isSameAs(sender.link());
            assertThat(reply.replyPath().source()).isEqualTo(neighbor.link().linkLocalAddress());
        } else {
            TestConnection reply = sender.awaitAccepted(0);
            assertThat(reply.awaitBytes(answer.length)).isEqualTo(answer);
            reply.await(INPUT_ENDED).close();
            assertThat(reply.awaitClosed()).isNull();
        }
        assertThat(sent.awaitFailure()).isNull();
        settle();
        assertThat(other.count(answer)).isZero();
        assertThat(other.accepted()).isEmpty();
    }

    @Test
    void aReplyToASenderThatIsGoneFails() {
        TestNode sender = started();
        TestNode neighbor = started();
        byte[] question = bytes(40);
        sender.multicast(question);
        TestNode.Message received = neighbor.awaitMessage(question);
        sender.close().awaitFailure();
        settle();
        assertThat(neighbor.reply(received, bytes(10)).awaitFailure()).isNotNull();
    }

    // ---- connections

    @Test
    void aConnectionOpens() {
        Pair pair = pair();
        assertThat(pair.ours.events()).containsExactly(OPENED);
        assertThat(pair.theirs.events()).isEmpty();
        TestNode caller = nodes.get(0);
        TestNode callee = nodes.get(1);
        assertThat(pair.ours.connection().remote().getPort())
                .isEqualTo(callee.substrate().port());
        assertThat(pair.ours.connection().remote().getAddress()).isEqualTo(address(callee.substrate()));
        assertThat(pair.theirs.connection().remote().getAddress()).isEqualTo(address(caller.substrate()));
        assertThat(pair.theirs.connection().remote().getPort()).isBetween(1, Locator.MAX_PORT);
    }

    @Test
    void aConnectionOpensToALinkLocalAddress() {
        TestNode caller = started();
        TestNode callee = started();
        Locator locator = TestNode.locator(
                callee.link().linkLocalAddress(), callee.substrate().port());
        TestConnection ours = caller.connect(locator, caller.link().index()).await(OPENED);
        InetAddress seen = callee.awaitAccepted(0).connection().remote().getAddress();
        assertThat(seen).isEqualTo(caller.link().linkLocalAddress());
        assertThat(((java.net.Inet6Address) seen).getScopeId())
                .isEqualTo(callee.link().index());
        ours.send(bytes(5));
        assertThat(callee.awaitAccepted(0).awaitBytes(5)).isEqualTo(bytes(5));
    }

    @Test
    void bytesGoBothWaysInOrder() {
        Pair pair = pair();
        List<byte[]> parts = IntStream.rangeClosed(1, 50)
                .mapToObj(SubstrateContractTest::bytes)
                .toList();
        byte[] all = concat(parts);
        parts.forEach(part -> {
            assertThat(pair.ours.send(part).awaitFailure()).isNull();
            assertThat(pair.theirs.send(part).awaitFailure()).isNull();
        });
        assertThat(pair.theirs.awaitBytes(all.length)).isEqualTo(all);
        assertThat(pair.ours.awaitBytes(all.length)).isEqualTo(all);
    }

    @Test
    void muchGoesBothWaysAtOnce() {
        Pair pair = pair();
        byte[] large = bytes(1_000_000);
        TestCompletion ours = pair.ours.send(large);
        TestCompletion theirs = pair.theirs.send(large);
        assertThat(pair.theirs.awaitBytes(large.length)).isEqualTo(large);
        assertThat(pair.ours.awaitBytes(large.length)).isEqualTo(large);
        assertThat(ours.awaitFailure()).isNull();
        assertThat(theirs.awaitFailure()).isNull();
    }

    @Test
    void whatIsSentBeforeItIsOpenWaits() {
        TestNode caller = started();
        TestNode callee = started();
        List<TestCompletion> flushed = new ArrayList<>();
        TestConnection ours = bench.onLoop(() -> {
            TestConnection opening = caller.connect(locator(callee), 0);
            flushed.add(opening.send(bytes(10)));
            flushed.add(opening.send(bytes(20)));
            return opening;
        });
        byte[] all = concat(List.of(bytes(10), bytes(20)));
        assertThat(callee.awaitAccepted(0).awaitBytes(30)).isEqualTo(all);
        ours.await(OPENED);
        flushed.forEach(each -> assertThat(each.awaitFailure()).isNull());
    }

    @Test
    void theAcceptingSideMaySpeakFirstAndAtOnce() {
        TestNode caller = started();
        TestNode callee = started();
        callee.onAccepted(end -> end.send(bytes(10)));
        TestConnection ours = caller.connect(locator(callee), 0);
        assertThat(ours.awaitBytes(10)).isEqualTo(bytes(10));
        assertThat(ours.events()).containsExactly(OPENED, RECEIVED);
    }

    @Test
    void theAcceptingSideMayCloseAtOnce() {
        TestNode caller = started();
        TestNode callee = started();
        callee.onAccepted(TestConnection::close);
        TestConnection ours = caller.connect(locator(callee), 0).await(INPUT_ENDED);
        assertThat(callee.awaitAccepted(0).awaitClosed()).isNull();
        ours.close();
        assertThat(ours.awaitClosed()).isNull();
        assertThat(ours.events()).containsExactly(OPENED, INPUT_ENDED, CLOSED);
        assertThat(callee.awaitAccepted(0).events()).endsWith(CLOSED);
    }

    @Test
    void anAnswerFromWithinACallbackIsSent() {
        Pair pair = pair();
        pair.theirs.onReceived(end -> {
            end.send(bytes(7));
            end.close();
        });
        pair.ours.send(bytes(3));
        assertThat(pair.ours.await(INPUT_ENDED).received()).isEqualTo(bytes(7));
        assertThat(pair.theirs.awaitClosed()).isNull();
    }

    @Test
    void manyConnectionsGoOnAtOnce() {
        TestNode caller = started();
        TestNode callee = started();
        callee.onAccepted(end -> end.onReceived(self -> self.send(self.received())));
        List<TestConnection> ours = IntStream.rangeClosed(1, 50)
                .mapToObj(i -> caller.connect(locator(callee), 0))
                .toList();
        for (int i = 0; i < ours.size(); i++) {
            ours.get(i).send(bytes(1 + i)); // received in one piece or in many, the answer begins with it
        }
        for (int i = 0; i < ours.size(); i++) {
            assertThat(ours.get(i).awaitBytes(1 + i)).startsWith(bytes(1 + i)[0]);
            ours.get(i).close();
        }
        ours.forEach(TestConnection::awaitClosed);
    }

    // ---- the end of a connection

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
    void closeIsToldAsEndOfInputFirst() {
        Pair pair = pair();
        pair.ours.close();
        assertThat(pair.ours.awaitClosed()).isNull();
        pair.theirs.await(INPUT_ENDED);
        settle();
        assertThat(pair.theirs.events()).containsExactly(INPUT_ENDED);
        pair.theirs.close();
        assertThat(pair.theirs.awaitClosed()).isNull();
        settle();
        assertThat(pair.ours.events()).containsExactly(OPENED, CLOSED);
        assertThat(pair.theirs.events()).containsExactly(INPUT_ENDED, CLOSED);
    }

    @Test
    void bothSidesMayCloseAtOnce() {
        Pair pair = pair();
        bench.onLoop(() -> {
            pair.ours.close();
            pair.theirs.close();
        });
        assertThat(pair.ours.awaitClosed()).isNull();
        assertThat(pair.theirs.awaitClosed()).isNull();
    }

    @Test
    void closingAgainDoesNothing() {
        Pair pair = pair();
        bench.onLoop(() -> {
            pair.ours.close();
            pair.ours.close();
        });
        pair.ours.awaitClosed();
        pair.ours.close();
        pair.ours.abort();
        settle();
        assertThat(pair.ours.events()).containsExactly(OPENED, CLOSED);
        pair.theirs.await(INPUT_ENDED).close();
        assertThat(pair.theirs.awaitClosed()).isNull();
    }

    @Test
    void anAbortFailsThePeer() {
        Pair pair = pair();
        pair.ours.abort();
        pair.ours.awaitClosed();
        assertThat(pair.theirs.awaitClosed()).isInstanceOf(java.io.IOException.class);
        settle();
        assertThat(pair.ours.events()).containsExactly(OPENED, CLOSED);
        assertThat(pair.theirs.events()).containsExactly(CLOSED);
        assertThat(pair.theirs.send(bytes(1)).awaitFailure()).isNotNull();
    }

    @Test
    void aRefusedConnectionFails() {
        TestNode caller = started();
        TestNode gone = started();
        Locator locator = locator(gone);
        gone.close().awaitFailure();
        TestConnection ours = caller.connect(locator, 0);
        TestCompletion flushed = ours.send(bytes(10));
        assertThat(ours.awaitClosed()).isInstanceOf(java.io.IOException.class);
        assertThat(flushed.awaitFailure()).isNotNull();
        assertThat(ours.events()).containsExactly(CLOSED);
    }

    @Test
    void aLocatorThatCannotBeUsedFails() {
        TestConnection ours = started().connect(new Locator.Uri("grasp:nobody", null, null), 0);
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
            pair.ours.close();
            return pair.ours.send(bytes(10));
        });
        assertThat(flushed.awaitFailure()).isNotNull();
        pair.theirs.await(INPUT_ENDED);
        assertThat(pair.theirs.received()).isEmpty();
        assertThat(pair.ours.send(bytes(10)).awaitFailure()).isNotNull();
    }

    // ---- the end of a substrate

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
        assertThat(pair.ours.events()).endsWith(CLOSED);
        assertThat(opening.events()).containsExactly(CLOSED);
        pair.theirs.await(INPUT_ENDED).close();
        pair.theirs.awaitClosed();
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
        told.get(0).awaitFailure(); // told, however it went
        assertThat(told.get(1).awaitFailure()).isNull();
    }
}
