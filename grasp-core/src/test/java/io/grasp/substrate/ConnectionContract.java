package io.grasp.substrate;

import static io.grasp.substrate.TestConnection.CLOSED;
import static io.grasp.substrate.TestConnection.INPUT_ENDED;
import static io.grasp.substrate.TestConnection.OPENED;
import static io.grasp.substrate.TestConnection.RECEIVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.Locator;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The substrate's contract for open connections. */
abstract class ConnectionContract extends LinkContract {
    @Test
    void aConnectionOpens() {
        Pair pair = pair();
        assertThat(pair.ours().events()).containsExactly(OPENED);
        assertThat(pair.theirs().events()).isEmpty();
        TestNode caller = nodes.get(0);
        TestNode callee = nodes.get(1);
        assertThat(pair.ours().connection().remote().getPort())
                .isEqualTo(callee.substrate().port());
        assertThat(pair.ours().connection().remote().getAddress()).isEqualTo(address(callee.substrate()));
        assertThat(pair.theirs().connection().remote().getAddress()).isEqualTo(address(caller.substrate()));
        assertThat(pair.theirs().connection().remote().getPort()).isBetween(1, Locator.MAX_PORT);
    }

    @Test
    void aConnectionOpensToALinkLocalAddressUnlessThatIsForbidden() {
        TestNode caller = started();
        TestNode callee = started();
        Locator locator = TestNode.locator(
                callee.link().linkLocalAddress(), callee.substrate().port());
        if (!connectsToLinkLocalAddresses()) {
            TestConnection refused = caller.connect(locator, caller.link().index());
            assertThat(refused.awaitClosed()).hasMessageContaining("link-local");
            settle();
            assertThat(callee.accepted()).isEmpty();
            return;
        }
        TestConnection ours = caller.connect(locator, caller.link().index()).await(OPENED);
        InetAddress seen = callee.awaitAccepted(0).connection().remote().getAddress();
        assertThat(seen).isEqualTo(caller.link().linkLocalAddress());
        if (seen instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress()) {
            assertThat(ipv6.getScopeId()).isEqualTo(callee.link().index());
        }
        ours.send(bytes(5));
        assertThat(callee.awaitAccepted(0).awaitBytes(5)).isEqualTo(bytes(5));
    }

    @Test
    @Proves("8990-2.5.1-2")
    void aConnectionToAnAddressThatIsNotServedIsRefusedAndReported() {
        TestNode caller = started();
        TestNode callee = started();
        InetAddress refused = address(callee.substrate());
        callee.serves(local -> !local.equals(refused));
        TestConnection ours = caller.connect(locator(callee), 0);
        ours.send(bytes(5));
        assertThat(ours.awaitClosed()).isNotNull();
        bench.await("the drop", () -> !callee.drops().isEmpty());
        settle();
        assertThat(callee.drops()).containsExactly(SubstrateDrop.NOT_SERVED);
        assertThat(callee.droppedFrom().get(0).getAddress())
                .as("the peer, to which the operator can assign the drop")
                .isEqualTo(address(caller.substrate()));
        assertThat(callee.accepted()).isEmpty();

        callee.serves(local -> local.equals(refused));
        caller.connect(locator(callee), 0).await(OPENED);
        callee.awaitAccepted(0);
    }

    @Test
    void theLocalAddressOfAConnectionIdentifiesItsLink() {
        TestNode caller = started();
        TestNode callee = started();
        List<InetAddress> asked = new CopyOnWriteArrayList<>();
        callee.serves(asked::add);
        InetAddress here =
                connectsToLinkLocalAddresses() ? callee.link().linkLocalAddress() : address(callee.substrate());
        Locator locator = TestNode.locator(here, callee.substrate().port());
        caller.connect(locator, caller.link().index()).await(OPENED);
        callee.awaitAccepted(0);
        assertThat(asked).contains(here);
        InetAddress last = asked.get(asked.size() - 1);
        if (last instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress()) {
            assertThat(ipv6.getScopeId()).isEqualTo(callee.link().index());
        }
    }

    @Test
    void bytesGoBothWaysInOrder() {
        Pair pair = pair();
        List<byte[]> parts =
                IntStream.rangeClosed(1, 50).mapToObj(SubstrateHarness::bytes).toList();
        byte[] all = concat(parts);
        parts.forEach(part -> {
            assertThat(pair.ours().send(part).awaitFailure()).isNull();
            assertThat(pair.theirs().send(part).awaitFailure()).isNull();
        });
        assertThat(pair.theirs().awaitBytes(all.length)).isEqualTo(all);
        assertThat(pair.ours().awaitBytes(all.length)).isEqualTo(all);
    }

    @Test
    void manyBytesGoBothWaysAtOnce() {
        Pair pair = pair();
        byte[] large = bytes(1_000_000);
        TestCompletion ours = pair.ours().send(large);
        TestCompletion theirs = pair.theirs().send(large);
        assertThat(pair.theirs().awaitBytes(large.length)).isEqualTo(large);
        assertThat(pair.ours().awaitBytes(large.length)).isEqualTo(large);
        assertThat(ours.awaitFailure()).isNull();
        assertThat(theirs.awaitFailure()).isNull();
    }

    @Test
    void bytesSentBeforeTheConnectionOpensAreKept() {
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
        pair.theirs().onReceived(end -> {
            end.send(bytes(7));
            end.close();
        });
        pair.ours().send(bytes(3));
        assertThat(pair.ours().await(INPUT_ENDED).received()).isEqualTo(bytes(7));
        assertThat(pair.theirs().awaitClosed()).isNull();
    }

    @Test
    void manyConnectionsWorkAtOnce() {
        TestNode caller = started();
        TestNode callee = started();
        callee.onAccepted(end -> end.onReceived(self -> self.send(self.received())));
        List<TestConnection> ours = IntStream.rangeClosed(1, 50)
                .mapToObj(i -> caller.connect(locator(callee), 0))
                .toList();
        for (int i = 0; i < ours.size(); i++) {
            ours.get(i).send(bytes(1 + i)); // whether received in one piece or in several, the answer begins with it
        }
        for (int i = 0; i < ours.size(); i++) {
            assertThat(ours.get(i).awaitBytes(1 + i)).startsWith(bytes(1 + i)[0]);
            ours.get(i).close();
        }
        ours.forEach(TestConnection::awaitClosed);
    }
}
