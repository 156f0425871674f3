package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakesTest {
    private static final int MOST = 8;
    private static final int OF_ONE_SOURCE = 3;

    private final Handshakes handshakes = new Handshakes(MOST, OF_ONE_SOURCE, true, 1);
    private final List<TestAttempt> gaveWay = new ArrayList<>();

    private final class TestAttempt extends Handshakes.Attempt {
        private final InetAddress peer;
        private boolean computed;

        TestAttempt(String peer) {
            this.peer = NetUtil.createInetAddressFromIpAddressString(peer);
        }

        @Override
        InetAddress peer() {
            return peer;
        }

        @Override
        boolean isComputed() {
            return computed;
        }

        @Override
        void giveWay() {
            gaveWay.add(this);
            handshakes.end(this); // as its connection closes
        }
    }

    private TestAttempt begun(String peer) {
        TestAttempt attempt = new TestAttempt(peer);
        assertThat(handshakes.begin(attempt)).as(peer).isTrue();
        return attempt;
    }

    private List<TestAttempt> begun(String peer, int count) {
        List<TestAttempt> attempts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            attempts.add(begun(peer));
        }
        return attempts;
    }

    private void assertRefused(String peer) {
        assertThat(handshakes.begin(new TestAttempt(peer))).as(peer).isFalse();
        assertThat(gaveWay).isEmpty();
    }

    @Test
    void oneNetworkTakesNotAllAndAllTakeNoMoreThanTheMaximum() {
        List<TestAttempt> first = begun("2001:db8:1::1", OF_ONE_SOURCE);
        assertRefused("2001:db8:1::1");
        begun("2001:db8:2::1", OF_ONE_SOURCE);
        begun("2001:db8:3::1", MOST - 2 * OF_ONE_SOURCE);
        assertThat(handshakes.underWay()).isEqualTo(MOST);
        assertRefused("2001:db8:1::1");

        handshakes.end(first.get(0));
        handshakes.end(first.get(0));
        assertThat(handshakes.underWay()).isEqualTo(MOST - 1);
        begun("2001:db8:1::1");
        assertThat(gaveWay).isEmpty();
    }

    @Test
    void theOldestOfTheNetworkWithTheMostGivesWayToOneOfANetworkWithFewer() {
        begun("192.0.2.1", 2);
        List<TestAttempt> most = begun("198.51.100.1", OF_ONE_SOURCE);
        begun("203.0.113.1", OF_ONE_SOURCE);
        begun("2001:db8::1");
        assertThat(gaveWay).containsExactly(most.get(0));
        begun("2001:db8:0:1::1");
        assertThat(gaveWay).hasSize(2);
        assertThat(handshakes.underWay()).isEqualTo(MOST);
    }

    @Test
    void aNewcomerGetsAPlaceAlsoIfEachNetworkHasOne() {
        TestAttempt oldest = begun("2001:db8::1");
        for (int i = 1; i < MOST; i++) {
            begun("2001:db8:0:" + i + "::1");
        }
        begun("192.0.2.1");
        assertThat(gaveWay).containsExactly(oldest);
    }

    @Test
    void aHandshakeThatIsBeingComputedDoesNotGiveWay() {
        List<TestAttempt> all = new ArrayList<>(begun("192.0.2.1", OF_ONE_SOURCE));
        all.addAll(begun("198.51.100.1", OF_ONE_SOURCE));
        all.addAll(begun("203.0.113.1", MOST - 2 * OF_ONE_SOURCE));
        all.forEach(each -> each.computed = true);
        assertRefused("2001:db8::1");
        all.get(MOST - 1).computed = false;
        begun("2001:db8::1");
        assertThat(gaveWay).containsExactly(all.get(MOST - 1));
    }

    @Test
    void anAddressDoesNotKeepOthersOfItsNetworkAway() {
        TestAttempt oldest = begun("192.0.2.1", OF_ONE_SOURCE).get(0);
        begun("192.0.2.2");
        assertThat(gaveWay).containsExactly(oldest);
        begun("198.51.100.1", OF_ONE_SOURCE);
        begun("203.0.113.1", MOST - 2 * OF_ONE_SOURCE);
        begun("192.0.2.3");
        assertThat(gaveWay).as("two of its network had the same address").hasSize(2);
        assertThat(gaveWay.get(1).peer).isEqualTo(oldest.peer);
    }

    @Test
    void neighborsOnALinkAreCountedByAddress() {
        begun("fe80::1", OF_ONE_SOURCE);
        begun("fe80::2", OF_ONE_SOURCE);
        assertThat(gaveWay).isEmpty();
        assertRefused("fe80::1");
    }

    @Test
    void nodesOfAnAutonomicControlPlaneAreCountedByAddress() {
        Handshakes ofAcp =
                new Handshakes(MOST, OF_ONE_SOURCE, MemberConfig.ofSessions().countsNetworks(), 1);
        for (int host = 1; host <= 2; host++) {
            for (int i = 0; i < OF_ONE_SOURCE; i++) {
                assertThat(ofAcp.begin(new TestAttempt("fd00:db8::" + host))).isTrue();
            }
            assertThat(ofAcp.begin(new TestAttempt("fd00:db8::" + host))).isFalse();
        }
    }

    /** Strangers could otherwise keep a node from its neighbors. */
    @Test
    void whatThisNodeBeginsDoesNotWaitForWhatPeersHaveBegun() throws Exception {
        EmbeddedChannel ofPeer = new EmbeddedChannel();
        EmbeddedChannel own = new EmbeddedChannel();
        List<String> ran = new CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(100);
        Executor ofPeers = handshakes.until(ofPeer.closeFuture(), false);
        for (int i = 0; i < 100; i++) {
            ofPeers.execute(() -> {
                ran.add("a peer's");
                done.countDown();
            });
        }
        handshakes.until(own.closeFuture(), true).execute(() -> ran.add("a dial"));
        handshakes.execute(() -> ran.add("a check"));

        handshakes.start();
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasSize(102).startsWith("a dial", "a check");
        handshakes.close();
    }

    @Test
    void whatWaitsForAConnectionThatClosesIsForgotten() throws Exception {
        EmbeddedChannel reset = new EmbeddedChannel();
        EmbeddedChannel open = new EmbeddedChannel();
        List<String> ran = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 1000; i++) {
            EmbeddedChannel closing = new EmbeddedChannel();
            handshakes.until(closing.closeFuture(), false).execute(() -> ran.add("of a closed connection"));
            closing.close();
        }
        Executor ofReset = handshakes.until(reset.closeFuture(), false);
        Executor ofOpen = handshakes.until(open.closeFuture(), true);
        ofReset.execute(() -> ran.add("reset"));
        ofOpen.execute(() -> ran.add("open"));
        ofReset.execute(() -> ran.add("reset"));
        handshakes.execute(() -> ran.add("check"));
        reset.close();

        assertThat(handshakes.waitingTasks()).isEqualTo(2);
        handshakes.start();
        CountDownLatch later = new CountDownLatch(1);
        ofOpen.execute(later::countDown);
        assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).containsExactly("open", "check");

        handshakes.close();
        open.close();
    }
}
