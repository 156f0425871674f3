package io.grasp.substrate.netty.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.Proves;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.security.MembershipException;
import io.grasp.security.MutableClock;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TestMember;
import io.grasp.security.TlsRole;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NoLeaks;
import io.grasp.substrate.netty.TestNetwork;
import io.grasp.substrate.netty.member.PeerRefusedException;
import io.grasp.substrate.netty.overlay.Identities;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a node on an Autonomic Control Plane needs beside its neighbors: the ACP address, and its identity. */
@ExtendWith(NoLeaks.class)
class AcpSubstrateTest {
    private static final String ADDRESS = "fd89:b714:f3db::7";
    private static final String ADDRESS_DIGITS = "fd89b714f3db00000000000000000007";
    private static Identities domain;
    private static Identity named;

    private final List<Node> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        TestNetwork.require();
        domain = new Identities();
        named = Identities.open(domain.authority().issue(ADDRESS_DIGITS + "@" + Identities.DOMAIN));
    }

    @AfterAll
    static void stop() {
        if (named != null) {
            named.close();
        }
    }

    @AfterEach
    void closeAll() {
        open.forEach(Node::close);
        Await.until("the end of all sockets", () -> TestNetwork.openSockets().isEmpty());
    }

    private static AcpConfig config() {
        return AcpConfig.on(TestNetwork.LINK)
                .withPort(0)
                .withNeighborSources()
                .withInterfacePoll(Duration.ofMillis(10))
                .withCloseTimeout(Duration.ofMillis(200));
    }

    private static Inet6Address address(String text) {
        return (Inet6Address) NetUtil.createInetAddressFromIpAddressString(text);
    }

    private Node node(AcpConfig config, NodeIdentity identity) {
        Node node = new Node(AcpSubstrate.create(config, identity));
        open.add(node);
        return node;
    }

    /** Records the events of a substrate. */
    private static final class Node implements SubstrateListener {
        final AcpSubstrate substrate;
        final List<Security> securities = new CopyOnWriteArrayList<>();
        final List<Boolean> good = new CopyOnWriteArrayList<>();
        final List<String> failed = new CopyOnWriteArrayList<>();
        final List<String> links = new CopyOnWriteArrayList<>();
        final List<Session> accepted = new CopyOnWriteArrayList<>();
        final List<String> refusals = new CopyOnWriteArrayList<>();
        private boolean isClosed;

        Node(AcpSubstrate substrate) {
            this.substrate = substrate;
        }

        Throwable start() {
            CompletableFuture<Throwable> started = new CompletableFuture<>();
            substrate.loop().execute(() -> substrate.start(this, started::complete));
            return Await.result("the start", started);
        }

        <T> T call(Supplier<T> call) {
            CompletableFuture<T> result = new CompletableFuture<>();
            substrate.loop().execute(() -> result.complete(call.get()));
            return Await.result("a call", result);
        }

        Security security() {
            return call(substrate::security);
        }

        Session connect(String address, int port) {
            Session session = new Session();
            return call(() -> {
                session.connection =
                        substrate.connect(new Locator.Ipv6(address(address), Locator.TCP, port), 0, session);
                return session;
            });
        }

        void close() {
            if (isClosed) {
                return; // its loop has ended
            }
            isClosed = true;
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            substrate.loop().execute(() -> substrate.close(failure -> closed.complete(true)));
            Await.result("the close", closed);
        }

        @Override
        public void linkUp(Link link) {
            links.add(link.name());
        }

        @Override
        public void linkDown(Link link) {
            links.remove(link.name());
        }

        @Override
        public void linkFailed(String name, Throwable cause) {
            failed.add(name + ": " + cause.getMessage());
        }

        @Override
        public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
            throw new AssertionError("there are no neighbors");
        }

        @Override
        public ConnectionListener accepted(Connection connection) {
            Session session = new Session();
            session.connection = connection;
            accepted.add(session);
            return session;
        }

        @Override
        public void securityChanged(Security security) {
            assertThat(security).isEqualTo(substrate.security());
            securities.add(security);
        }

        @Override
        public void peerRefused(PeerRefusal reason, InetSocketAddress peer, PeerIdentity identity, String detail) {
            refusals.add(detail);
        }

        @Override
        public void identityChanged(IdentityStatus status) {
            good.add(status.good());
        }
    }

    private static final class Session implements ConnectionListener {
        volatile Connection connection;
        volatile boolean opened;
        volatile boolean closed;
        volatile Throwable failure;

        @Override
        public void opened() {
            opened = true;
        }

        @Override
        public void received(byte[] bytes) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void inputEnded() {
            connection.close();
        }

        @Override
        public void closed(Throwable cause) {
            failure = cause;
            closed = true;
        }
    }

    /** An identity whose state a test changes. */
    private static final class Changing implements NodeIdentity {
        private volatile Identity inner;
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        private volatile boolean usable = true;

        Changing(Identity inner) {
            this.inner = inner;
        }

        void usable(boolean value) {
            usable = value;
            listeners.forEach(Runnable::run);
        }

        void renewed(Identity other) {
            inner = other;
            listeners.forEach(Runnable::run);
        }

        @Override
        public IdentityStatus status() {
            IdentityStatus real = inner.status();
            return usable
                    ? real
                    : new IdentityStatus(
                            false,
                            real.stale(),
                            List.of("the certificate has expired"),
                            real.nodeName(),
                            real.fingerprint(),
                            real.notBefore(),
                            real.notAfter(),
                            IdentityStatus.Expiry.EXPIRED);
        }

        @Override
        public AutoCloseable onChange(Runnable changed) {
            listeners.add(changed);
            return () -> listeners.remove(changed);
        }

        @Override
        public SSLEngine newEngine(TlsRole role, List<String> protocols) {
            return inner.newEngine(role, protocols);
        }

        @Override
        public PeerIdentity check(List<X509Certificate> chain) throws MembershipException {
            return inner.check(chain);
        }

        @Override
        public Duration remaining(List<X509Certificate> chain) {
            return inner.remaining(chain);
        }

        @Override
        public X509Certificate certificate() {
            return inner.certificate();
        }

        @Override
        public void close() {
            throw new AssertionError("the caller closes it");
        }
    }

    @Test
    void aSessionOutlivesTheFormerCertificateOfAMemberThatHasRenewedInTime(@TempDir Path directory) throws Exception {
        MutableClock clock = new MutableClock(Instant.now());
        issue("renewed", clock, Duration.ofHours(1)).writePem(directory);
        TestMember serving = issue("server", clock, Duration.ofDays(2));
        TestMember lapsing = issue("lapsed", clock, Duration.ofHours(1));
        try (Identity renewing = Identity.open(IdentityConfig.pem(
                                directory.resolve("chain.pem"),
                                directory.resolve("key.pem"),
                                directory.resolve("anchors.pem"))
                        .withReloadInterval(Duration.ofMillis(100))
                        .withClock(clock));
                Identity judging =
                        Identity.open(IdentityConfig.of(serving.chain(), serving.key(), List.of(serving.anchor()))
                                .withReloadInterval(Duration.ofMillis(100))
                                .withClock(clock));
                Identity late = Identities.open(lapsing)) {
            AcpConfig config = config().withRenewal(Duration.ZERO, Duration.ofMinutes(10));
            Node server = node(config.withAddress(address("fd6a:7261:7370::1")), judging);
            assertThat(server.start()).isNull();
            Node renewed = node(config.withAddress(address("fd6a:7261:7370::1")), renewing);
            assertThat(renewed.start()).isNull();
            Node lapsed = node(config.withAddress(address("fd6a:7261:7370::1")), late);
            assertThat(lapsed.start()).isNull();
            int port = server.call(server.substrate::port);
            Session session = renewed.connect("fd6a:7261:7370::1", port);
            Session other = lapsed.connect("fd6a:7261:7370::1", port);
            Await.until("both sessions", () -> session.opened && other.opened && server.accepted.size() == 2);

            issue("renewed", clock, Duration.ofDays(1)).writePem(directory);
            String former = server.accepted.stream()
                    .map(each -> each.connection.peerIdentity())
                    .filter(each -> each.nodeName().toString().contains("renewed"))
                    .findFirst()
                    .orElseThrow()
                    .fingerprint();
            Await.until("a session with the new certificate", () -> {
                int before = server.accepted.size();
                Session next = renewed.connect("fd6a:7261:7370::1", port);
                Await.until("the session", () -> server.accepted.size() > before);
                String shown =
                        server.accepted.get(before).connection.peerIdentity().fingerprint();
                renewed.call(() -> {
                    next.connection.abort();
                    return true;
                });
                return !shown.equals(former);
            });
            clock.advance(Duration.ofMinutes(61));
            Await.until("the end of the one that has not renewed", () -> other.closed);

            Await.until("a session", () -> renewed.connect("fd6a:7261:7370::1", port).opened);
            assertThat(session.closed).as("%s", session.failure).isFalse();
            assertThat(server.refusals)
                    .isNotEmpty()
                    .allSatisfy(each -> assertThat(each).contains("lapsed"));
            open.forEach(Node::close); // before their identities
        }
    }

    private static TestMember issue(String name, MutableClock clock, Duration lifetime) {
        return domain.authority()
                .request()
                .nodeName(Identities.name(name))
                .validity(clock.instant().minusSeconds(60), clock.instant().plus(lifetime))
                .issue();
    }

    @Test
    void theAcpAddressMayComeAndGo() {
        Node other = node(config().withAddress(address("fd6a:7261:7370::1")), named);
        assertThat(other.start()).isNull();
        assertThat(other.security()).isEqualTo(Security.SECURED);
        Node node = node(config(), named);
        assertThat(node.start()).isNull();
        assertThat(node.links).containsExactly(TestNetwork.LINK);
        assertThat(node.security()).isEqualTo(Security.NONE);
        assertThat(node.good).containsExactly(true);
        assertThat(node.failed).hasSize(1).allMatch(each -> each.contains(ADDRESS));
        assertThat(node.call(node.substrate::nodeAddresses)).isEmpty();
        Session early = node.connect("fd6a:7261:7370::1", other.call(other.substrate::port));
        Await.until("its refusal", () -> early.closed);
        assertThat(early.failure).hasMessageContaining(ADDRESS);

        TestNetwork.addAddress(ADDRESS, TestNetwork.LOOPBACK);
        try {
            Await.until("security", () -> node.securities.size() == 1);
            assertThat(node.securities).containsExactly(Security.SECURED);
            assertThat(node.call(node.substrate::nodeAddresses))
                    .singleElement()
                    .matches(each -> each.address().equals(address(ADDRESS)) && each.linkIndex() == 0);
            Session session = node.connect("fd6a:7261:7370::1", other.call(other.substrate::port));
            Await.until("a session", () -> session.opened && !other.accepted.isEmpty());
            assertThat(other.accepted.get(0).connection.remote().getAddress())
                    .as("the ACP address, although the system would choose another")
                    .isEqualTo(address(ADDRESS));
            assertThat(other.call(() ->
                            other.accepted.get(0).connection.peerIdentity().nodeName()))
                    .isEqualTo(named.status().nodeName());

            TestNetwork.ip("-6 address delete " + ADDRESS + "/64 dev lo");
            Await.until("its loss", () -> node.securities.size() == 2);
            assertThat(node.securities).containsExactly(Security.SECURED, Security.NONE);
            Await.until("the end of the session", () -> session.closed);
            assertThat(session.failure).isInstanceOf(LinkLostException.class);
            TestNetwork.addAddress(ADDRESS, TestNetwork.LOOPBACK);
            Await.until("its return", () -> node.securities.size() == 3);
            Session again = node.connect("fd6a:7261:7370::1", other.call(other.substrate::port));
            Await.until("another session", () -> again.opened);
        } finally {
            TestNetwork.ip("-6 address flush dev lo to " + ADDRESS + "/128");
        }
    }

    @Test
    void anotherAddressInTheCertificateEndsTheSessionsAtTheFormerOne() {
        try (Identity first = Identities.open(
                        domain.authority().issue("fd6a7261737000000000000000000001@" + Identities.DOMAIN));
                Identity second = Identities.open(domain.authority().issue(ADDRESS_DIGITS + "@" + Identities.DOMAIN));
                Identity without = Identities.open(domain.authority().issue("+none@" + Identities.DOMAIN))) {
            Changing identity = new Changing(first);
            Node node = node(config(), identity);
            assertThat(node.start()).isNull();
            Session session = node.connect("fd6a:7261:7370::1", node.call(node.substrate::port));
            Await.until("a session", () -> session.opened);

            identity.renewed(second);
            Await.until("its end", () -> session.closed);
            assertThat(session.failure)
                    .isInstanceOf(LinkLostException.class)
                    .hasMessage("the certificate in use now has the ACP address " + ADDRESS
                            + ", and not fd6a:7261:7370::1 as before, so the sessions there have ended: the new address"
                            + " has to be on this host, and in the locators that peers are configured with");
            Await.until("what to do", () -> node.failed.size() == 2);
            assertThat(node.failed.get(1)).contains("ip -6 address add " + ADDRESS + "/128 dev lo");
            identity.renewed(first);
            Await.until("the former address again", () -> node.security() == Security.SECURED);
            identity.renewed(without);
            Await.until("its end", () -> node.failed.size() == 4);
            assertThat(node.failed.get(2))
                    .contains("now has no ACP address, and not fd6a:7261:7370::1 as before")
                    .endsWith(": issue one that has an address");
            node.close();
        }
    }

    @Test
    @Proves("8994-6.9.2-1")
    void theNodeListensAtThePortOfTheRfcAtTheAcpAddressAndOnItsInterfaces() {
        AcpConfig config = AcpConfig.on(TestNetwork.LINK)
                .withAddress(address("fd6a:7261:7370::1"))
                .withNeighborSources();
        Node node = node(config, named);
        assertThat(node.start()).isNull();
        assertThat(node.call(node.substrate::port)).isEqualTo(7017);
        List<String> listening = TestNetwork.openSockets().stream()
                .map(line -> line.trim().split(" +", -1))
                .filter(words -> words[3].equals("0A"))
                .map(words -> words[1])
                .toList();
        assertThat(listening).hasSize(2).allMatch(place -> place.endsWith(":1B69"));
    }

    @Test
    @Proves("8994-6.9.2-5")
    void aSessionIsNotOpenedToALinkLocalAddress() {
        Node node = node(config().withAddress(address("fd6a:7261:7370::1")), named);
        assertThat(node.start()).isNull();
        Session session = node.connect("fe80::1", 7017);
        Await.until("its end", () -> session.closed);
        assertThat(session.failure)
                .isInstanceOfSatisfying(
                        GraspException.class,
                        failure -> assertThat(failure.code()).isEqualTo(GraspErrorCode.INVALID_LOCATOR))
                .hasMessageContaining("link-local");
    }

    @Test
    void protectionFollowsTheIdentity() {
        Changing identity = new Changing(named);
        Node node = node(config().withAddress(address("fd6a:7261:7370::1")), identity);
        assertThat(node.start()).isNull();
        Session session = node.connect("fd6a:7261:7370::1", node.call(node.substrate::port));
        Await.until("a session", () -> session.opened);
        identity.usable(false);
        Await.until("its end", () -> session.closed);
        Await.until("the report", () -> node.good.size() == 2);
        assertThat(node.good).containsExactly(true, false);
        assertThat(node.security()).isEqualTo(Security.NONE);
        identity.usable(true);
        Await.until("the return", () -> node.security() == Security.SECURED);
        assertThat(node.securities).containsExactly(Security.SECURED, Security.NONE, Security.SECURED);
    }

    @Test
    void aPeerWhoseCertificateExpiresLosesItsSessions() throws IdentityException {
        MutableClock clock = new MutableClock(Instant.now());
        TestMember judging = domain.authority().issue("+judge@" + Identities.DOMAIN);
        TestMember passing = domain.authority()
                .request()
                .nodeName("+passing@" + Identities.DOMAIN)
                .validity(clock.instant().minusSeconds(60), clock.instant().plusSeconds(3600))
                .issue();
        String address = "fd6a:7261:7370::1";
        try (Identity ofJudge =
                        Identity.open(IdentityConfig.of(judging.chain(), judging.key(), List.of(judging.anchor()))
                                .withClock(clock)
                                .withReloadInterval(Duration.ofMillis(100)));
                Identity ofPassing = Identities.open(passing)) {
            Node judge = node(config().withAddress(address(address)), ofJudge);
            Node expiring = node(config().withAddress(address(address)), ofPassing);
            assertThat(judge.start()).isNull();
            assertThat(expiring.start()).isNull();
            Session session = expiring.connect(address, judge.call(judge.substrate::port));
            Await.until("a session", () -> session.opened && judge.accepted.size() == 1);

            clock.advance(Duration.ofMinutes(61));

            Await.until("its end", () -> session.closed && judge.accepted.get(0).closed);
            assertThat(judge.accepted.get(0).failure)
                    .isInstanceOf(PeerRefusedException.class)
                    .hasMessageContaining("expired");
            assertThat(judge.security()).isEqualTo(Security.SECURED);
            judge.close();
            expiring.close();
        }
    }

    @Test
    void aPortInUseFailsTheStartAndNoInterfaceDoesNot() throws Exception {
        InetAddress here = address("fd6a:7261:7370::1");
        try (ServerSocket other = new ServerSocket(0, 1, here)) {
            Node node = node(config().withAddress(here).withPort(other.getLocalPort()), named);
            assertThat(node.start()).hasMessageContaining("port " + other.getLocalPort() + " is already in use");
            assertThat(node.links).isEmpty();
        }
        Node node = node(config().withInterfaces("none*").withAddress(here), named);
        assertThat(node.start()).isNull();
        assertThat(node.security()).isEqualTo(Security.SECURED);
        assertThat(node.failed).isEmpty();
        CompletableFuture<Throwable> again = new CompletableFuture<>();
        node.substrate.loop().execute(() -> node.substrate.start(node, again::complete));
        assertThat(Await.result("the second start", again)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void settingsThatCannotBeMeantAreRefused() {
        for (Runnable wrong : List.<Runnable>of(
                () -> AcpConfig.on("*"),
                () -> AcpConfig.on("a*b"),
                () -> AcpConfig.on(""),
                () -> config().withPort(65536),
                () -> config().withQueueBytes(2047),
                () -> config().withMaxMessageBytes(1),
                () -> config().withMaxNeighbors(0),
                () -> config().withKeepalive(Duration.ZERO),
                () -> config().withRetry(Duration.ofSeconds(2), Duration.ofSeconds(1)),
                () -> config().withAddress(InetAddress.getLoopbackAddress()),
                () -> config().withAddress(address("fe80::1")),
                () -> config().withAddress(address("ff02::13")),
                () -> NeighborSource.configured(
                        java.util.Map.of("wg0", List.of(new InetSocketAddress(address("fd00::1"), 0)))))) {
            assertThatIllegalArgumentException().isThrownBy(wrong::run);
        }
        assertThat(config().withInterfaces("wg0", "acp*").includes("acp12")).isTrue();
        assertThat(config().withInterfaces("wg0", "acp*").includes("wg01")).isFalse();
    }
}
