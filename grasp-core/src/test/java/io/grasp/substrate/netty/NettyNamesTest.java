package io.grasp.substrate.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections to names, with the test's own name server. */
@ExtendWith(NoLeaks.class)
class NettyNamesTest {
    private static final byte[] MESSAGE = "message".getBytes(UTF_8);
    private static final String HERE = "fd6a:7261:7370::1";

    private TestDns dns;
    private NettyNode caller;
    private NettyNode callee;

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @BeforeEach
    void start() throws IOException {
        dns = new TestDns();
        NettyConfig config = NettyConfig.defaults().withLinks(TestNetwork.LINK);
        callee = NettyNode.started(config);
        caller = NettyNode.started(
                config.withResolveNames(true).withNameServers(dns.address()).withNameTimeout(Duration.ofSeconds(20)));
    }

    @AfterEach
    void close() {
        caller.close();
        callee.close();
        dns.close();
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    private NettyPeer connect(String name) {
        return caller.connect(new Locator.Fqdn(name, Locator.TCP, callee.port()), 0);
    }

    private static void assertFailed(NettyPeer peer, GraspErrorCode code, String what) {
        assertThat(peer.awaitClosed())
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(what);
        assertThat(peer.events).containsExactly("closed");
    }

    @Test
    void theAddressesOfANameAreTriedInOrderUntilOneAnswers() throws IOException {
        dns.knows("callee.example", "fd99::1", HERE);
        NettyPeer ours = connect("callee.example");
        CompletableFuture<Throwable> sent = ours.sending(MESSAGE);
        Await.until("the message", () -> callee.awaitAccepted(0).received().length == MESSAGE.length);
        assertThat(Await.result("the send", sent)).isNull();
        assertThat(ours.connection.remote().getAddress()).isEqualTo(InetAddress.getByName(HERE));
        ours.close();
        callee.awaitAccepted(0).await("inputEnded").close();
        assertThat(ours.awaitClosed()).isNull();
        assertThat(ours.events).startsWith("opened").endsWith("closed").doesNotHaveDuplicates();
    }

    @Test
    void theFailureOfANameHasThoseOfAllItsAddresses() throws IOException {
        dns.knows("gone.example", "fd99::1", "fd99::2", "fd99::3");

        Throwable last = connect("gone.example").awaitClosed();

        Throwable second = last.getSuppressed()[0];
        assertThat(second.getSuppressed()).hasSize(1);
        assertThat(second.getSuppressed()[0].getSuppressed()).isEmpty();
    }

    @Test
    void bytesSentToANameAreFlushedBeforeAClose() throws IOException {
        dns.knows("callee.example", HERE);
        NettyPeer ours = connect("callee.example");
        CompletableFuture<Throwable> sent = ours.sending(MESSAGE);
        ours.close();
        NettyPeer theirs = callee.awaitAccepted(0).await("inputEnded");
        assertThat(theirs.received()).isEqualTo(MESSAGE);
        theirs.close();
        assertThat(Await.result("the send", sent)).isNull();
        assertThat(ours.awaitClosed()).isNull();
    }

    @Test
    void addressesOfNamesAreNotCached() throws IOException {
        dns.knows("callee.example", HERE);
        for (int times = 0; times < 2; times++) {
            int before = dns.asked.size();
            NettyPeer ours = connect("callee.example");
            CompletableFuture<Throwable> sent = ours.sending(MESSAGE);
            ours.close();
            callee.awaitAccepted(times).await("inputEnded").close();
            assertThat(Await.result("the send", sent)).isNull();
            assertThat(ours.awaitClosed()).isNull();
            assertThat(dns.asked.size()).as("queries").isGreaterThan(before);
        }
    }

    @Test
    void aNameThatDoesNotExistFailsWithThatReason() {
        NettyPeer ours = connect("nobody.example");
        CompletableFuture<Throwable> sent = ours.sending(MESSAGE);
        assertFailed(ours, GraspErrorCode.INVALID_LOCATOR, "there is no host nobody.example");
        assertThat(Await.result("the send", sent)).isInstanceOf(GraspException.class);
    }

    @Test
    void anUnansweredLookupTimesOutWithThatReason() {
        caller.close();
        caller = NettyNode.started(NettyConfig.defaults()
                .withLinks(TestNetwork.LINK)
                .withResolveNames(true)
                .withNameServers(dns.address())
                .withNameTimeout(Duration.ofMillis(100)));
        assertFailed(connect("server.silent"), GraspErrorCode.NO_REPLY, "server.silent within 100 ms");
    }

    @Test
    void loopbackAndLinkLocalAddressesOfANameAreNotTried() throws IOException {
        dns.knows("local.example", "fe80::1", "::1", "127.0.0.1", "ff02::13", "169.254.1.1");
        dns.knows("no.example", "0.0.0.0", "255.255.255.255", "240.0.0.1", "::127.0.0.1", "::ffff:169.254.1.1");
        for (String name : List.of("local.example", "no.example")) {
            assertFailed(connect(name), GraspErrorCode.INVALID_LOCATOR, "no address that is valid beyond one link");
        }
        assertFailed(connect("localhost"), GraspErrorCode.INVALID_LOCATOR, "no address that is valid beyond one link");
        assertThat(dns.asked).as("localhost is in /etc/hosts").doesNotContain("localhost");
        assertFailed(connect("not a name..example"), GraspErrorCode.INVALID_LOCATOR, "not a name");
    }

    @Test
    void theListenerDecidesWhichAddressesOfANameAreTried() throws IOException {
        List<InetSocketAddress> asked = new CopyOnWriteArrayList<>();
        caller.isPeer = address -> {
            asked.add(address);
            return false;
        };
        dns.knows("callee.example", "192.0.2.1", HERE);
        assertFailed(connect("callee.example"), GraspErrorCode.INVALID_LOCATOR, "no address that is valid");
        assertThat(asked)
                .containsExactlyInAnyOrder(
                        new InetSocketAddress(InetAddress.getByName("192.0.2.1"), callee.port()),
                        new InetSocketAddress(InetAddress.getByName(HERE), callee.port()));
        assertThat(callee.accepted).isEmpty();
    }

    @Test
    void aLookupCanBeCancelled() {
        NettyPeer closed = connect("one.silent");
        NettyPeer aborted = connect("two.silent");
        CompletableFuture<Throwable> sent = aborted.sending(MESSAGE);
        closed.close();
        aborted.abort();
        assertThat(closed.awaitClosed()).isNull();
        assertThat(aborted.awaitClosed()).isNull();
        assertThat(Await.result("the send", sent)).isInstanceOf(IOException.class);
        NettyPeer atClose = connect("three.silent");
        caller.close();
        assertThat(atClose.awaitClosed()).isNull();
        caller = NettyNode.started(NettyConfig.defaults().withLinks(TestNetwork.LINK));
    }
}
