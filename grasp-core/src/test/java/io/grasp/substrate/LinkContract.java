package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.INPUT_ENDED;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.Locator;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The substrate's contract for its links. */
abstract class LinkContract extends SubstrateHarness {
    @Test
    void linksAreUpBeforeTheStartCompletes() {
        TestNode node = newNode();
        TestCompletion started = node.startOnly();
        assertThat(started.awaitFailure()).isNull();
        assertThat(node.links()).hasSize(linksAmong(1));
    }

    @Test
    void aLinkDescribesItself() {
        TestNode a = started();
        TestNode b = started();
        for (TestNode node : List.of(a, b)) {
            assertThat(node.link().name()).isNotBlank();
            assertThat(node.link().index()).isPositive();
            InetAddress here = node.link().linkLocalAddress();
            assertThat(here instanceof Inet4Address || here.isLinkLocalAddress() || isConnection(node.link()))
                    .isTrue();
            assertThat(node.link().isNeighbor(here))
                    .as("another node of this host has the same address")
                    .isEqualTo(here instanceof Inet4Address || isConnection(node.link()));
            assertThat(node.link().maxMulticastBytes()).isGreaterThanOrEqualTo(1232);
        }
    }

    /** {@return whether a link is a connection with a neighbor, and so may have an address of any kind} */
    private boolean isConnection(Link link) {
        return linksAmong(1) == 0;
    }

    @Test
    void aNodeHasAPortAndAddresses() {
        TestNode a = started();
        TestNode b = started();
        assertThat(a.substrate().port()).isBetween(1, Locator.MAX_PORT);
        List<Integer> places = List.of(0, link(a, b).index());
        assertThat(a.substrate().nodeAddresses()).isNotEmpty().allMatch(each -> places.contains(each.linkIndex()));
        assertThat(a.substrate().nodeAddresses().stream().map(NodeAddress::address))
                .isNotEmpty()
                .noneMatch(InetAddress::isLinkLocalAddress)
                .noneMatch(InetAddress::isMulticastAddress)
                .noneMatch(InetAddress::isAnyLocalAddress);
        assertThat(a.substrate().nodeAddresses()).allMatch(each -> each.sharesPrefix(each.address()));
        assertThat(locator(a)).isNotEqualTo(locator(b));
    }

    @Test
    @Proves("8990-2.3-2")
    void aMulticastReachesEveryNeighbor() {
        TestNode sender = started();
        List<TestNode> neighbors = List.of(started(), started());
        byte[] message = linkMessage(100);
        assertThat(sender.multicast(message).awaitFailure()).isNull();
        for (TestNode neighbor : neighbors) {
            TestNode.Message received = neighbor.awaitMessage(message);
            assertThat(received.link()).isSameAs(link(neighbor, sender));
        }
        settle();
        neighbors.forEach(neighbor -> assertThat(neighbor.count(message)).isEqualTo(1));
        assertThat(sender.count(message)).isLessThanOrEqualTo(1);
    }

    @Test
    void multicastsAreNeitherMergedNorSplit() {
        TestNode sender = started();
        TestNode neighbor = started();
        List<byte[]> messages =
                IntStream.of(1, 2, 1232, 3, 1000).mapToObj(this::linkMessage).toList();
        messages.forEach(sender::multicast);
        messages.forEach(neighbor::awaitMessage);
        assertThat(neighbor.messages()).hasSize(messages.size());
    }

    @Test
    void theLargestMulticastIsDeliveredAndALargerOneFails() {
        TestNode sender = started();
        TestNode neighbor = started();
        int largest = Math.min(sender.link().maxMulticastBytes(), 300_000);
        byte[] message = linkMessage(largest);
        assertThat(sender.multicast(message).awaitFailure()).isNull();
        neighbor.awaitMessage(message);
        if (sender.link().maxMulticastBytes() != Link.UNBOUNDED) {
            assertThat(sender.multicast(linkMessage(largest + 1)).awaitFailure())
                    .isNotNull();
            settle();
            assertThat(neighbor.messages()).hasSize(1);
        }
    }

    @Test
    void aReplyReachesTheSenderOnly() {
        TestNode sender = started();
        TestNode neighbor = started();
        TestNode other = started();
        byte[] question = linkMessage(40);
        byte[] answer = linkMessage(2000);
        sender.multicast(question);
        TestNode.Message received = neighbor.awaitMessage(question);
        assertThat(received.replyPath().source().getAddress())
                .isEqualTo(link(sender, neighbor).linkLocalAddress());
        assertThat(received.replyPath().source().getPort())
                .isEqualTo(sender.substrate().port());
        TestCompletion sent = neighbor.reply(received, answer);
        if (sender.link().repliesInBand()) {
            TestNode.Message reply = sender.awaitMessage(answer);
            assertThat(reply.link()).isSameAs(link(sender, neighbor));
            assertThat(reply.replyPath().source().getAddress())
                    .isEqualTo(link(neighbor, sender).linkLocalAddress());
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
        byte[] question = linkMessage(40);
        sender.multicast(question);
        TestNode.Message received = neighbor.awaitMessage(question);
        sender.close().awaitFailure();
        settle();
        assertThat(neighbor.reply(received, linkMessage(10)).awaitFailure()).isNotNull();
    }

    @Test
    void aReplyThatIsGivenUpFailsUnlessItIsSentInBand() {
        TestNode sender = started();
        TestNode neighbor = started();
        byte[] question = linkMessage(40);
        sender.multicast(question);
        TestNode.Message received = neighbor.awaitMessage(question);
        TestCompletion sent = neighbor.replyAndGiveUp(received, linkMessage(10));

        assertThat(sent.awaitFailure() == null).isEqualTo(sender.link().repliesInBand());
        assertThat(neighbor.reply(received, linkMessage(11)).awaitFailure())
                .as("another reply")
                .isNull();
    }

    @Test
    void theEndOfAReplyIsReportedOnce() {
        TestNode sender = started();
        TestNode neighbor = started();
        byte[] question = linkMessage(40);
        sender.multicast(question);
        TestNode.Message received = neighbor.awaitMessage(question);
        TestCompletion gone = neighbor.replyUntilGone(received, linkMessage(10), false);
        if (!sender.link().repliesInBand()) {
            TestConnection reply = sender.awaitAccepted(0);
            reply.awaitBytes(10);
            reply.close();
        }
        assertThat(gone.awaitFailure()).isNull();
        assertThat(neighbor.replyUntilGone(received, linkMessage(11), true).awaitFailure())
                .as("given up")
                .isNull();
        settle();
    }
}
