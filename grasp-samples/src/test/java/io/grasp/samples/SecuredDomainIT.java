package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A protected domain with outsiders, a revoked member, and certificates that are renewed. */
@Tag("long")
class SecuredDomainIT {
    private static final String METRICS = "7777";

    /** How many certificates of each node sessions must have seen within a minute of renewals. */
    private static final int MIN_RENEWED = 4;

    /** What the attacks must not change; times, and counters of refusals, do change. */
    private static final String STATE =
            "grasp_(cache_(size|bytes)|links|messages_total|message_bytes|relayed|sessions_active|floods|identity).*";

    private final Processes processes = new Processes();

    @TempDir
    private Path temporary;

    @AfterEach
    void kill() {
        processes.kill();
    }

    private RunningProcess node(Host host, List<String> identity, String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.addAll(identity);
        return processes.start(host, command, arguments);
    }

    private static String shell(Host host, String script) {
        try {
            Process process = new ProcessBuilder("ip", "netns", "exec", host.namespace(), "bash", "-c", script)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(script).isTrue();
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> metrics(Host host) {
        return shell(
                        host,
                        "exec 3<>/dev/tcp/127.0.0.1/" + METRICS
                                + " && printf 'GET /metrics HTTP/1.1\\r"
                                + "\\n"
                                + "Host: x\\r"
                                + "\\n"
                                + "Connection: close\\r"
                                + "\\n"
                                + "\\r"
                                + "\\n"
                                + "' >&3 && cat <&3")
                .lines()
                .toList();
    }

    private static List<String> state(Host host) {
        List<String> state =
                metrics(host).stream().filter(line -> line.matches(STATE)).toList();
        assertThat(state).as("lines of metrics").hasSizeGreaterThan(20);
        return state;
    }

    @Test
    void nothingThatOutsidersSendChangesTheStateOfAMember() {
        Namespaces.assumePossible();
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        TestDomain foreign = new TestDomain(temporary.resolve("foreign"), "example.com");
        TestDomain otherDomain = new TestDomain(temporary.resolve("other"), "example.org");
        try (Pair network = Pair.withUlas()) {
            Host inside = network.left;
            Host outside = network.right;
            String target = "[" + inside.ula() + "]:7017";
            RunningProcess relay =
                    node(inside, domain.issue("relay"), "daemon", "--bind", "7017", "--metrics", METRICS);
            relay.awaitError("Metrics at");
            RunningProcess server = node(
                    inside, domain.issue("server"), "serve", "colour", "1", "--bind", "7018", "--neighbor", target);
            server.awaitReady();
            relay.line("is up");
            List<String> before = state(inside);

            String connect = "exec 3<>/dev/tcp/" + inside.ula() + "/7017; ";
            shell(outside, connect + "printf '\\x85\\x09\\x01\\x40\\x00\\x80' >&3; timeout 5 cat <&3");
            shell(outside, connect + "head -c 100000 /dev/urandom >&3; timeout 5 cat <&3");
            shell(outside, connect + "printf '\\x16\\x03\\x01\\xff\\xff' >&3; timeout 2 cat <&3");
            String client = "(sleep 2; echo) | timeout 10 openssl s_client -connect '" + target + "' -alpn grasp ";
            shell(outside, client);
            shell(outside, client + "-tls1_1 -cipher 'ALL:@SECLEVEL=0'");
            for (TestDomain other : List.of(foreign, otherDomain)) {
                IdentityFiles files = new IdentityFiles(other.identity("mallory"));
                other.issue("mallory");
                shell(outside, client + "-cert " + files.certificate() + " -key " + files.key());
                RunningProcess mallory = node(
                        outside,
                        List.of(
                                "--cert",
                                files.certificate().toString(),
                                "--key",
                                files.key().toString(),
                                "--trust",
                                files.anchors().toString(),
                                "--trust",
                                new IdentityFiles(domain.identity("relay"))
                                        .anchors()
                                        .toString()),
                        "discover",
                        "colour",
                        "--neighbor",
                        target);
                assertThat(mallory.exit()).as(mallory.toString()).isEqualTo(1);
            }
            // GRASP without protection, by multicast on the same link
            processes.node(outside, "flood", "colour", "666").exit();
            processes.node(outside, "discover", "colour", "--timeout", "500").exit();

            assertThat(state(inside)).isEqualTo(before);
            assertThat(relay.errors()).noneMatch(line -> line.contains("\tat "));
            String words = String.join("\n", relay.errors());
            assertThat(words)
                    .contains("does not speak TLS")
                    .contains("has shown no certificate")
                    .contains("was not issued by a trust anchor of this node");
            RunningProcess member = node(
                    inside, domain.issue("member"), "synchronize", "colour", "--bind", "7019", "--neighbor", target);
            assertThat(member.exit()).as(member.toString()).isZero();
        }
    }

    @Test
    void aRevokedMemberIsCutWithinAMinuteOfThePublicationOfTheList() {
        Namespaces.assumePossible();
        try (Pair network = Pair.withUlas()) {
            Host inside = network.left;
            String lists = "[" + inside.ula() + "]:8994";
            TestDomain domain = new TestDomain(
                    temporary.resolve("ca"), "example.com", "--crl-url", "http://" + lists + "/authority.crl");
            processes
                    .start(inside, "ca", "serve", domain.directory().toString(), lists)
                    .awaitReady();
            RunningProcess relay =
                    node(inside, domain.issue("relay"), "daemon", "--bind", "7017", "--revocation-refresh", "30");
            String target = "[" + inside.ula() + "]:7017";
            RunningProcess eve = node(network.right, domain.issue("eve"), "serve", "x", "1", "--neighbor", target);
            eve.awaitReady();
            relay.line("is up");

            domain.revoke("eve");
            long published = System.nanoTime();
            Duration longest = Duration.ofSeconds(60);
            while (!relay.hasSaid("is down") && System.nanoTime() - published < longest.toNanos()) {
                LockSupport.parkNanos(50_000_000);
            }

            assertThat(relay.hasSaid("is down"))
                    .as("the link is down, %s", relay)
                    .isTrue();
            assertThat(relay.errors()).anyMatch(line -> line.contains("has been revoked by its authority"));
            RunningProcess again = node(
                    network.right,
                    List.of("--identity", domain.identity("eve").toString()),
                    "discover",
                    "x",
                    "--bind",
                    "7018",
                    "--neighbor",
                    target);
            assertThat(again.exit()).as(again.toString()).isEqualTo(1);
            assertThat(again.errors()) // the last one if it has read the list itself
                    .anyMatch(line -> line.startsWith("grasp: No neighbor was reached")
                            || line.startsWith("grasp: The certificate cannot be used: ")
                                    && line.contains("has been revoked by its authority"));
        }
    }

    /** Both nodes get new certificates every five seconds, while one negotiates with the other. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void renewedCertificatesFailNoSession(boolean streams) throws Exception {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        domain.issue("one");
        domain.issue("other");
        Objective objective = Objective.negotiable("X");
        Queue<String> shownByServer = new ConcurrentLinkedQueue<>();
        Queue<String> shownByClient = new ConcurrentLinkedQueue<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        try (Identity one = open(domain, "one");
                Identity other = open(domain, "other");
                Grasp server = start(one, streams);
                Grasp client = start(other, streams)) {
            Asa answers = server.registerAsa("answers").block();
            answers.register(objective).block();
            Disposable listening = answers.listenNegotiate(objective, negotiation -> {
                        shownByClient.add(certificateOf(negotiation));
                        return negotiation.converse(offers -> offers.map(offer -> Move.accept()));
                    })
                    .subscribe();
            Asa asks = client.registerAsa("asks").block();
            asks.register(objective).block();
            AsaLocator peer = AsaLocator.of(
                    Locator.tcp("127.0.0.1", server.locators().block().port()));
            Disposable load = Flux.range(0, 16)
                    .flatMap(worker -> asks.requestNegotiate(objective.withValue(1), peer)
                            .flatMap(negotiation -> {
                                shownByServer.add(certificateOf(negotiation));
                                return negotiation.converse(offers -> offers.map(offer -> Move.accept()));
                            })
                            .doOnError(failures::add)
                            .onErrorComplete()
                            .repeat())
                    .subscribe();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            int renewals = 0;
            while (System.nanoTime() < end && failures.isEmpty()) {
                Mono.delay(Duration.ofSeconds(5)).block();
                domain.renew("one");
                domain.renew("other");
                renewals++;
            }
            assertThat(failures).isEmpty();
            assertThat(renewals).isGreaterThanOrEqualTo(10);
            assertThat(shownByServer).hasSizeGreaterThan(100);
            awaitOnly(certificateIn(domain, "one"), shownByServer);
            awaitOnly(certificateIn(domain, "other"), shownByClient);
            load.dispose();
            listening.dispose();

            assertThat(failures).isEmpty();
            // a connection of a pair is replaced at most once in ten seconds
            assertThat(new HashSet<>(shownByServer)).hasSizeGreaterThanOrEqualTo(MIN_RENEWED);
            assertThat(new HashSet<>(shownByClient)).hasSizeGreaterThanOrEqualTo(MIN_RENEWED);
        }
    }

    private static String certificateOf(Negotiation negotiation) {
        return negotiation.peer().identity().orElseThrow().fingerprint();
    }

    /** {@return the hash of the certificate in the files of a node} */
    private static String certificateIn(TestDomain domain, String name) throws Exception {
        try (InputStream file = Files.newInputStream(new IdentityFiles(domain.identity(name)).certificate())) {
            Certificate first = CertificateFactory.getInstance("X.509").generateCertificate(file);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(first.getEncoded()));
        }
    }

    /** Waits until new sessions run in connections with this certificate, and in no others. */
    private static void awaitOnly(String certificate, Queue<String> shown) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        List<String> latest = List.of();
        while (System.nanoTime() < end) {
            int before = shown.size();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            latest = shown.stream().skip(before).distinct().toList();
            if (latest.equals(List.of(certificate))) {
                return;
            }
        }
        assertThat(latest).as("certificates of the latest sessions").containsExactly(certificate);
    }

    private static Identity open(TestDomain domain, String name) throws Exception {
        IdentityFiles files = new IdentityFiles(domain.identity(name));
        return Identity.open(IdentityConfig.pem(files.certificate(), files.key(), files.anchors())
                .withReloadInterval(Duration.ofSeconds(1)));
    }

    private static Grasp start(Identity identity, boolean streams) {
        OverlayConfig overlay = OverlayConfig.defaults()
                .withPort(0)
                .withAddresses(InetAddress.getLoopbackAddress())
                .withStreams(streams);
        return Grasp.start(GraspConfig.defaults()
                        .withOverlay(overlay, identity)
                        .withAdvertisedAddress(InetAddress.getLoopbackAddress()))
                .block();
    }
}
