package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.model.AcpNodeName;
import io.grasp.samples.ca.KeyKind;
import io.grasp.samples.ca.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Faults of a host and its network, prepared on real interfaces, and what the doctor finds; a self-test of a link. */
class DoctorIT {
    private static final String FAULTS = """
            ip link add down0 type veth peer name down1
            for i in mtu tent dup mute; do ip link add ${i}0 type veth peer name ${i}1; done
            ip link set mtu0 mtu 1000
            echo 100 > /proc/sys/net/ipv6/conf/tent0/dad_transmits
            ip link set dup0 addrgenmode none
            ip link set mute0 addrgenmode none
            for i in mtu tent dup mute; do ip link set ${i}0 up; ip link set ${i}1 up; done
            ip addr add fe80::7/64 dev dup1 nodad
            ip addr add fe80::7/64 dev dup0
            ip addr add fe80::8/64 dev mute0 nodad
            ip addr add 192.0.2.1/24 dev left
            nft -f - <<END
            table inet faults {
                chain input {
                    type filter hook input priority filter
                    iifname "mute0" udp dport 7017 drop
                    tcp dport 7018 drop
                }
            }
            END
            """;
    private static final String OCCUPY =
            "$| = 1; my $held = IO::Socket::INET->new(Listen => 1, LocalPort => 7018) or die;"
                    + " print qq(ready\\n); sleep 60";

    @TempDir
    private Path directory;

    private final Processes processes = new Processes();
    private final List<Process> others = new ArrayList<>();
    private Pair network;

    @BeforeEach
    void build() throws IOException {
        Namespaces.assumePossible();
        boolean installed =
                Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, "nft")));
        assumeTrue(installed || "true".equals(System.getenv("CI")), "the doctor is not tested: there is no nft");
        network = Pair.withLinkLocalsOnly();
        run(network.left, FAULTS);
        run(network.right, "ip addr add 192.0.2.2/24 dev right");
    }

    @AfterEach
    void remove() {
        others.forEach(each -> each.destroyForcibly().onExit().join());
        processes.kill();
        if (network != null) {
            network.close();
        }
    }

    private static Process start(Host host, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", host.namespace()));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    private static void run(Host host, String script) throws IOException {
        Process shell = start(host, "sh", "-ec", script);
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.onExit().join().exitValue()).as(output).isZero();
    }

    @Test
    void eachFaultIsFoundAndAHealthyLinkHasNone() throws IOException, GeneralSecurityException {
        Process occupant = start(network.left, "perl", "-MIO::Socket::INET", "-e", OCCUPY);
        others.add(occupant);
        assertThat(occupant.inputReader().readLine()).isEqualTo("ready");
        RunningProcess flood = processes
                .node(network.right, "flood", "colour", "1", "--every", "300", "--ip", "ipv4", "--port", "7019")
                .awaitReady();

        RunningProcess selfTest = processes.node(network.right, "selftest", "--link", "right", "--ip", "ipv4");

        RunningProcess healthy = processes.node(
                network.left, "doctor", "--link", "left", "--ip", "ipv4", "--objective", "colour", "--wait", "1000");
        assertThat(healthy.exit()).as(healthy + ", " + flood).isZero();
        assertThat(healthy.output())
                .anyMatch(line -> line.matches("ok +link left: 192\\.0\\.2\\.1, MTU 1500, receives 224\\.0\\.0\\.119"))
                .anyMatch(line -> line.matches("skipped +link mute0: not used: mute0 is up but is not chosen: .*"))
                .anyMatch(line -> line.matches("ok +multicast on left: .*"))
                .anyMatch(line -> line.matches("ok +neighbors: 1 heard: 192\\.0\\.2\\.2 on left .*"))
                .anyMatch(line -> line.matches("ok +objective colour: answered by .*"))
                .anyMatch(line -> line.matches("ok +own port on left: .*"))
                .anyMatch(line -> line.matches("ok +firewall: .*"));

        assertThat(selfTest.exit()).as(selfTest.toString()).isZero();
        assertThat(selfTest.output()).last().isEqualTo("All 22 tests have passed");

        List<String> command = new ArrayList<>(List.of("--port", "7018", "--peer", "192.0.2.2:9", "--wait", "1000"));
        command.addAll(List.of("--objective", "shape", "--json", "--assume-secure"));
        for (String link : List.of("left", "down0", "mtu0", "tent0", "dup0", "mute0", "gone0")) {
            command.addAll(List.of("--link", link));
        }
        command.addAll(expiredCertificate());
        RunningProcess doctor = processes.start(network.left, "doctor", command);
        assertThat(doctor.exit()).as(doctor.toString()).isEqualTo(1);

        List<String> found = doctor.json(1).stream()
                .filter(line -> line.path("status").asString("").equals("finding"))
                .map(DoctorIT::text)
                .toList();
        assertThat(found)
                .anyMatch(each -> each.startsWith("certificate: ") && each.contains("expired"))
                .anyMatch(each -> each.startsWith("port 7018: TCP port 7018 is in use by perl (process "))
                .anyMatch(each -> each.startsWith("link down0: interface down0 is down"))
                .anyMatch(each -> each.startsWith("link gone0: there is no interface gone0"))
                .anyMatch(each -> each.startsWith("link mtu0: ") && each.contains("MTU is 1000"))
                .anyMatch(each -> each.startsWith("link tent0: ") && each.contains("checked for duplicates"))
                .anyMatch(each -> each.startsWith("link dup0: ") && each.contains("duplicate address detection failed"))
                .anyMatch(each -> each.startsWith("multicast on mute0: "))
                .anyMatch(each -> each.startsWith("firewall: rule ") && each.contains("drops multicasts"))
                .anyMatch(each -> each.startsWith("firewall: rule ") && each.contains("TCP to port 7018 from left"))
                .anyMatch(each -> each.startsWith("IP version: on left: "))
                .anyMatch(each -> each.startsWith("peer: no connection to 192.0.2.2:9: refused"))
                .noneMatch(each -> each.startsWith("objective shape"))
                .noneMatch(each -> each.startsWith("peer by UDP"))
                .noneMatch(each -> each.startsWith("link left"))
                .noneMatch(each -> each.startsWith("multicast on left"));
    }

    private List<String> expiredCertificate() throws IOException, GeneralSecurityException {
        Instant then = Instant.now().minus(Duration.ofDays(2));
        TestAuthority authority = TestAuthority.create("example.com", KeyKind.EC, then, Duration.ofDays(30));
        AcpNodeName name = AcpNodeName.parse("fda379a6f6ee00000200000000010002@example.com");
        TestAuthority.Enrolled old = authority.enroll("old", name, then, Duration.ofDays(1), null);
        return List.of(
                "--cert", pem("CERTIFICATE", old.certificate().getEncoded()),
                "--key", pem("PRIVATE KEY", old.key().getEncoded()),
                "--trust", pem("CERTIFICATE", authority.certificate().getEncoded()));
    }

    private String pem(String kind, byte[] content) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                + kind + "-----\n";
        return Files.writeString(Files.createTempFile(directory, "old", ".pem"), text)
                .toString();
    }

    private static String text(JsonNode finding) {
        assertThat(finding.get("why").asString()).isNotEmpty();
        assertThat(finding.get("remedy").asString()).isNotEmpty();
        return finding.get("check").asString() + ": " + finding.get("what").asString();
    }
}
