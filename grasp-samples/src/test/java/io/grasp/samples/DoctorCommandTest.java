package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.Objective;
import io.grasp.model.PeerRefusal;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.samples.control.ControlServer;
import io.grasp.samples.doctor.CheckResult;
import io.grasp.samples.doctor.Heard;
import io.grasp.samples.doctor.HostChecks;
import io.grasp.samples.doctor.NetworkChecks;
import io.grasp.samples.node.LogLevels;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The doctor on a simulated network, on a host without /proc and tools unless a test has them. */
class DoctorCommandTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Town town = new Town();

    @TempDir
    private Path nothing;

    @AfterEach
    void close() {
        town.close();
    }

    private Cli.Run doctor(String... args) {
        HostChecks host = new HostChecks(nothing, command -> Optional.empty());
        return Cli.doctorIn(town, host, NetworkChecks.simulated(host, peer -> Optional.empty()), args);
    }

    private static List<JsonNode> findings(Cli.Run run) {
        return run.json().stream()
                .filter(line -> line.path("status").asString("").equals("finding"))
                .toList();
    }

    @Test
    void withoutProtectionOnlyTheHostIsChecked() {
        Cli.Run run = doctor();

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .anyMatch(line -> line.matches("ok       clock: \\S+Z, perhaps not synchronized, .*"))
                .anyMatch(line -> line.startsWith("skipped  network: a node runs only if"))
                .last()
                .isEqualTo("0 findings, 1 ok, 1 not checked");
    }

    @Test
    void anObjectiveThatAnswersIsNoFinding() {
        town.briggs(town.node(), 1, line -> {}, round -> {});

        Cli.Run run = doctor("--assume-secure", "--objective", "EX3");

        assertThat(run.out())
                .anyMatch(line -> line.startsWith("ok       objective EX3: answered by "))
                .anyMatch(line -> line.startsWith("ok       neighbors: 1 heard: "))
                .anyMatch(line -> line.startsWith("ok       answer: "));
        assertThat(findings(doctor("--assume-secure", "--objective", "EX3", "--json")))
                .isEmpty();
    }

    @Test
    void theRunningNodeIsRecognizedAndAnswersForItsHost() {
        LogLevels log = new LogLevels(LogLevels.Verbosity.OFF, false);
        HostChecks host = new HostChecks(nothing, command -> Optional.empty());
        NetworkChecks checks = NetworkChecks.simulated(host, peer -> Optional.empty());
        GraspConfig config = GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults()
                        .withLinks("lo")
                        .withIp(LinkIp.IPV4)
                        .withAssumeSecure(true));
        try (ControlServer server = ControlServer.open(nothing.resolve("control.sock"), log, () -> {});
                Grasp running = Grasp.start(config).block(LONGEST)) {
            server.routes().serve(running);
            String port = String.valueOf(running.locators().block(LONGEST).port());

            Cli.Run run = Cli.doctorIn(town, host, checks, nothing, "--assume-secure", "--port", port);

            assertThat(run.out())
                    .anyMatch(line -> line.startsWith("ok       running node: it answers at "))
                    .contains("ok       port " + port + ": in use by the running node")
                    .last()
                    .asString()
                    .startsWith("0 findings, ");
        }

        assertThat(host.port(7018, Set.of(7017)).what()).isEqualTo("TCP and UDP are free");
    }

    /** A second node with the certificate of a running one would take over its connections. */
    @Test
    void noNodeRunsWithACertificateWhileSomethingElseHasItsPort() throws Exception {
        List<String> identity = new TestDomain(nothing.resolve("ca"), "example.com").issue("hall");
        HostChecks host = new HostChecks(Path.of("/proc"), command -> Optional.empty());
        NetworkChecks checks = NetworkChecks.simulated(host, peer -> Optional.empty());
        try (ServerSocket other = new ServerSocket(0)) {
            String port = String.valueOf(other.getLocalPort());

            Cli.Run run = Cli.doctorIn(
                    town, host, checks, identity.get(0), identity.get(1), "--bind", port, "--objective", "EX3");

            assertThat(run.out())
                    .anyMatch(line -> line.startsWith("finding  port " + port + ": TCP port " + port + " is in use by"))
                    .anyMatch(
                            line -> line.startsWith("skipped  network: what uses the port may be a node with the same"))
                    .noneMatch(line -> line.contains("links:"))
                    .last()
                    .asString()
                    .startsWith("1 finding, ");
        }
    }

    /** Runs the doctor with a certificate beside a node with another one, or with the same one. */
    private Cli.Run doctorBeside(List<String> own, Path certificateOfNode) throws Exception {
        HostChecks host = new HostChecks(nothing, command -> Optional.empty());
        NetworkChecks checks = NetworkChecks.simulated(host, peer -> Optional.empty());
        IdentityFiles files = new IdentityFiles(certificateOfNode);
        OverlayConfig overlay = OverlayConfig.defaults()
                .withAddresses(InetAddress.getLoopbackAddress())
                .withPort(0);
        LogLevels log = new LogLevels(LogLevels.Verbosity.OFF, false);
        try (Identity identity = Identity.open(IdentityConfig.pem(files.certificate(), files.key(), files.anchors()));
                ControlServer server = ControlServer.open(nothing.resolve("control.sock"), log, () -> {});
                Grasp running = Grasp.start(GraspConfig.defaults().withOverlay(overlay, identity))
                        .block(LONGEST)) {
            server.routes().serve(running);
            String port = String.valueOf(running.locators().block(LONGEST).port());
            return Cli.doctorIn(town, host, checks, nothing, own.get(0), own.get(1), "--bind", port);
        }
    }

    @Test
    void aRunningNodeOfAnotherDomainDoesNotPreventANodeOfTheDoctor() throws Exception {
        TestDomain other = new TestDomain(nothing.resolve("other"), "example.org");
        other.issue("hall");

        Cli.Run run = doctorBeside(
                new TestDomain(nothing.resolve("ca"), "example.com").issue("hall"), other.identity("hall"));

        assertThat(run.out())
                .anyMatch(line -> line.startsWith("ok       port ") && line.endsWith(": in use by the running node"))
                .anyMatch(line -> line.startsWith("skipped  neighbors: no other host was heard within 3000 ms"))
                .noneMatch(line -> line.contains(" network: "));
    }

    /** A second node with the certificate of a running one would take over its connections. */
    @Test
    void aRunningNodeWithTheSameCertificateIsAskedInstead() throws Exception {
        TestDomain domain = new TestDomain(nothing.resolve("ca"), "example.com");

        Cli.Run run = doctorBeside(domain.issue("hall"), domain.identity("hall"));

        assertThat(run.out())
                .contains(
                        "skipped  network: the doctor runs no node, because it would take over the connections of the"
                                + " node at " + nothing.resolve("control.sock") + ", which has the same certificate",
                        "skipped  neighbors: the running node has heard none on another host");
    }

    @Test
    void aFurtherNodeIsNamedByItsSocket() {
        Path socket = nothing.resolve("none.sock");

        Cli.Run run = doctor("--via", socket.toString());

        assertThat(run.code()).as("nothing is there").isEqualTo(2);
        assertThat(run.err().get(0))
                .isEqualTo("--via: There is no " + socket + "; start 'grasp daemon', or name another socket");
    }

    @Test
    void aNodeThatHangsIsAFindingAndASocketThatNothingServesIsNotListed() throws Exception {
        HostChecks host = new HostChecks(nothing, command -> Optional.empty());
        NetworkChecks checks = NetworkChecks.simulated(host, peer -> Optional.empty());
        Path socket = nothing.resolve("control.sock");
        try (ServerSocketChannel ended = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            ended.bind(UnixDomainSocketAddress.of(nothing.resolve("serve-1.sock")));
        }
        try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            hanging.bind(UnixDomainSocketAddress.of(socket));

            Cli.Run run = Cli.impatientDoctorIn(town, host, checks, nothing);

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.out())
                    .filteredOn(line -> line.contains("running node:"))
                    .containsExactly("finding  running node: The daemon at " + socket
                            + " has not answered within 200 ms: it may hang, or be stopped");
        }
    }

    @Test
    void theFilesOfAServiceThatDoesNotRunAreNamed() {
        String directory = "/run/credentials/none.service";

        Cli.Run run = doctor("--identity", directory, "--bind", "0");

        assertThat(run.out())
                .containsSequence(
                        "finding  certificate: " + directory + " is there only while the service runs",
                        "         why: neither the certificate nor the network can be checked without it",
                        "         do:  pass --identity with the directory from which the service gets its files, such"
                                + " as /etc/grasp/identity")
                .last()
                .asString()
                .startsWith("1 finding, ");
    }

    @Test
    void theAdviceForTheFilesOfAServiceWorks() throws Exception {
        String directory = "/run/credentials/none.service";
        List<String> identity = new TestDomain(nothing.resolve("ca"), "example.com").issue("hall");
        Path file = nothing.resolve("grasp.conf");
        Files.writeString(file, "identity = " + directory + "\nbind = 0\nlink = lo\nip = ipv4\n");

        assertThat(Cli.process("doctor", "--config", file.toString(), "--wait", "1")
                        .out())
                .contains(
                        "         do:  pass --config " + file + " --identity with the directory from which the service"
                                + " gets its files, such as /etc/grasp/identity: it replaces that in the file");
        Cli.Run advised =
                Cli.process("doctor", "--config", file.toString(), identity.get(0), identity.get(1), "--wait", "1");
        assertThat(advised.out())
                .contains("ok       configuration: the options are those of " + file)
                .anyMatch(line -> line.startsWith("ok       certificate: "))
                .noneMatch(line -> line.contains(directory));
    }

    @Test
    void aNameThatDiffersInCaseIsSuggested() {
        Grasp neighbor = town.node();
        Asa asa = town.await(neighbor.registerAsa("asa")).get(0);
        town.await(asa.register(Objective.synchronizable("EX3")));
        neighbor.scheduler()
                .schedulePeriodically(
                        () -> asa.flood(Objective.synchronizable("EX3").withValue((Object) 1), Duration.ofSeconds(9))
                                .subscribe(),
                        0,
                        1,
                        TimeUnit.SECONDS);

        Cli.Run run = doctor("--assume-secure", "--objective", "Ex3", "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(findings(run)).singleElement().satisfies(finding -> {
            assertThat(finding.get("check").asString()).isEqualTo("objective Ex3");
            assertThat(finding.get("remedy").asString()).startsWith("neighbors speak of 'EX3'");
        });
    }

    @Test
    void withoutALinkThereIsAFindingAndTheExitCodeIs1() {
        town.isolated = true;

        Cli.Run run = doctor("--assume-secure", "--objective", "EX3");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .anyMatch(line -> line.startsWith("finding  links: "))
                .anyMatch(line -> line.startsWith("         do:  "))
                .last()
                .asString()
                .startsWith("1 finding, ");
        assertThat(run.out())
                .as("the missing link is the reason")
                .anyMatch(line -> line.startsWith("skipped  objective EX3: nothing answered within")
                        && line.endsWith(": solve what is found above, and ask again"));
    }

    @Test
    void aCertificateThatIsNotThereIsAFindingAndNotWrongUse() {
        Cli.Run run = doctor("--identity", nothing.resolve("none").toString(), "--bind", "0", "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(findings(run))
                .extracting(finding -> finding.get("check").asString())
                .containsExactly("certificate", "node");
        assertThat(doctor("--bind", "0").code()).as("no certificate is named").isEqualTo(2);
    }

    @Test
    void aFaultOfTheClockMattersWithACertificateOnly() {
        HostChecks host = new HostChecks(
                nothing, command -> command[0].equals("timedatectl") ? Optional.of("no\n") : Optional.empty());

        assertThat(host.clock(false, Set.of()).isFinding()).isFalse();
        assertThat(host.clock(true, Set.of()).isFinding()).isTrue();
    }

    @Test
    void peersWhoseCertificatesAreOutOfTimeShowThatTheClockMayBeWrong() {
        HostChecks unknown = new HostChecks(nothing, command -> Optional.empty());
        HostChecks right = new HostChecks(nothing, command -> Optional.of("yes\n"));
        Heard heard = new Heard();
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7017);
        heard.peerRefused(PeerRefusal.UNTRUSTED, peer, "a stranger");
        assertThat(heard.outOfTime()).isEmpty();
        heard.peerRefused(PeerRefusal.NOT_YET_VALID, peer, "it is not valid yet");

        assertThat(unknown.clock(true, Set.of()).isSkipped()).isTrue();
        CheckResult clock = unknown.clock(true, heard.outOfTime());
        assertThat(clock.isFinding()).isTrue();
        assertThat(clock.what()).contains("the certificates of 127.0.0.1 have expired or are not valid yet");
        assertThat(right.clock(true, heard.outOfTime()).isFinding()).isFalse();
    }

    @Test
    void wrongUseIsRefused() {
        assertThat(doctor("--peer", "host:1").code()).isEqualTo(2);
        assertThat(doctor("--wait", "0").code()).isEqualTo(2);
        assertThat(doctor("--port", "70000").code()).isEqualTo(2);
    }
}
