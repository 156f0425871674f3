package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class BoundPortsTest {
    private static final String HEADER = "  sl  local_address rem_address   st tx_queue rx_queue";

    @TempDir
    private Path directory;

    private long now;

    private BoundPorts ports;

    @BeforeEach
    void write() throws IOException {
        ports = new BoundPorts(directory, () -> now);
        list("udp", "  1: 00000000:1B67 00000000:0000 07 0:0", "  2: 0100007F:0035 00000000:0000 07 0:0");
        list("udp6", "  3: 00000000000000000000000000000000:1B68 00000000000000000000000000000000:0000 07 0:0");
        list("tcp", "  1: 00000000:1B67 00000000:0000 0A 0:0", "  2: 0100007F:0016 00000000:0000 0A 0:0");
        list("tcp6", "  3: 00000000000000000000000000000000:1B68 00000000000000000000000000000000:0000 0A 0:0");
    }

    private void list(String protocol, String... sockets) throws IOException {
        Files.write(directory.resolve(protocol), List.of((HEADER + "\n" + String.join("\n", sockets)).split("\n")));
    }

    @Test
    void aPortIsOneOfANodeIfItIsBoundForBothProtocols() {
        assertThat(ports.mayBeNode(7015)).as("IPv4").isTrue();
        assertThat(ports.mayBeNode(7016)).as("IPv6").isTrue();
        assertThat(ports.mayBeNode(53)).as("UDP only").isFalse();
        assertThat(ports.mayBeNode(22)).as("TCP only").isFalse();
        assertThat(ports.mayBeNode(4711)).isFalse();
    }

    @Test
    void aConnectionIsNotABoundPort() throws IOException {
        list("tcp", "  1: 00000000:1B67 0100000A:1234 01 0:0");
        assertThat(ports.mayBeNode(7015)).isFalse();
    }

    /** Linux lists all sockets that listen first. There may be very many others. */
    @Test
    void connectionsAreNotRead() throws IOException {
        list(
                "tcp",
                "  1: 00000000:1B67 00000000:0000 0A 0:0",
                "  2: 0100000A:1B67 0100000A:1234 06 0:0",
                "  3: 00000000:1B68 00000000:0000 0A 0:0");
        Files.delete(directory.resolve("tcp6"));
        assertThat(ports.mayBeNode(7015)).isTrue();
        assertThat(ports.mayBeNode(7016)).isFalse();
    }

    @Test
    void aPortThatWasBoundSinceIsFoundAtOnceUnlessTooManyAskInASecond() throws IOException {
        assertThat(ports.mayBeNode(5000)).isFalse();
        list("udp", "  1: 00000000:1388 00000000:0000 07 0:0");
        list("tcp", "  1: 00000000:1388 00000000:0000 0A 0:0");
        assertThat(ports.mayBeNode(5000)).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(ports.mayBeNode(4711)).isFalse();
        }
        list("udp", "  1: 00000000:1389 00000000:0000 07 0:0");
        list("tcp", "  1: 00000000:1389 00000000:0000 0A 0:0");
        assertThat(ports.mayBeNode(5001)).isFalse();
        now += 1_000_000_000L;
        assertThat(ports.mayBeNode(5001)).isTrue();
    }

    @Test
    void everyPortMayBeOneOfANodeWhereTheSystemListsNone() throws IOException {
        Files.delete(directory.resolve("tcp"));
        assertThat(ports.mayBeNode(4711)).isTrue();
        assertThat(ports.areKnown()).isFalse();
    }

    /** For example without file descriptors. */
    @Test
    void whileTheListsCannotBeReadTheirLastStateIsValid() throws IOException {
        assertThat(ports.mayBeNode(7015)).isTrue();
        Files.delete(directory.resolve("tcp"));
        for (int second = 0; second < 3; second++) {
            now += 1_000_000_000L;
            assertThat(ports.mayBeNode(4711)).isFalse();
            assertThat(ports.mayBeNode(7015)).isTrue();
            assertThat(ports.areKnown()).isTrue();
        }
    }

    @Test
    void listsThatCannotBeReadAtFirstAreKnownLater() throws IOException {
        Path tcp = directory.resolve("tcp");
        Path aside = directory.resolve("aside");
        Files.move(tcp, aside);
        for (int i = 0; i < 20; i++) {
            assertThat(ports.areKnown()).isFalse();
            assertThat(ports.mayBeNode(4711)).isTrue();
        }
        Files.move(aside, tcp);
        assertThat(ports.areKnown()).as("no more reads in this second").isFalse();
        now += 1_000_000_000L;
        assertThat(ports.areKnown()).isTrue();
        assertThat(ports.mayBeNode(4711)).isFalse();
    }

    @Test
    void longListsAreNotReadAgainSoon() throws IOException {
        String[] many = new String[5000];
        Arrays.fill(many, "  1: 00000000:0035 00000000:0000 07 0:0");
        list("udp", many);
        assertThat(ports.mayBeNode(5000)).isFalse();
        list("udp", "  1: 00000000:1388 00000000:0000 07 0:0");
        list("tcp", "  1: 00000000:1388 00000000:0000 0A 0:0");
        assertThat(ports.mayBeNode(5000)).as("not read").isFalse();
        now += 1_000_000_000L;
        assertThat(ports.mayBeNode(5000)).isTrue();
    }

    /** On a host under load, even the shortest read may wait for its processor. */
    @Test
    void aReadThatTakesLongDoesNotHideAPortThatWasBoundSince() throws IOException {
        BoundPorts slow = new BoundPorts(directory, () -> now += 50_000_000);
        assertThat(slow.mayBeNode(5000)).isFalse();
        list("udp", "  1: 00000000:1388 00000000:0000 07 0:0");
        list("tcp", "  1: 00000000:1388 00000000:0000 0A 0:0");
        assertThat(slow.mayBeNode(5000)).isTrue();
    }

    @Test
    void linesOfAnotherFormAreIgnored() throws IOException {
        list("udp", "", "  1: 00000000", "  1: 00000000:1388 00000000:0000 07 0:0");
        list("tcp", "x", "  1: 00000000:1388 00000000:0000 0A");
        assertThat(ports.mayBeNode(5000)).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thePortsOfThisHostAreKnown() throws IOException {
        BoundPorts system = new BoundPorts(Path.of("/proc/net"), () -> now);
        assertThat(system.areKnown()).isTrue();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket tcp = new ServerSocket(0, 1, loopback);
                Socket client = new Socket(loopback, tcp.getLocalPort())) {
            assertThat(client.isConnected())
                    .as("there is a connection in the list, too")
                    .isTrue();
            assertThat(system.mayBeNode(tcp.getLocalPort())).isFalse();
            try (DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), loopback)) {
                assertThat(system.mayBeNode(udp.getLocalPort())).isTrue();
            }
        }
    }
}
