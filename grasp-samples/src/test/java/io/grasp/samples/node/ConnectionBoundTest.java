package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionBoundTest {
    private static final int MAXIMUM = 4;
    private static final int PORT = 5000;

    private final List<Neighborhood.Prefix> prefixes = new ArrayList<>();
    private final ConnectionBound bound =
            new ConnectionBound(MAXIMUM, new Neighborhood(() -> List.copyOf(prefixes), () -> 0));
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    @BeforeEach
    void twoLinks() throws UnknownHostException {
        prefix("lan", "192.0.2.1", 24);
        prefix("lan", "fd00:1::1", 64);
        prefix("wan", "203.0.113.1", 25);
        prefix("wan", "fd00:2::1", 64);
        prefix("unknown", "233.252.0.1", -1);
        prefix("unknown", "233.252.0.1", 0);
    }

    private void prefix(String interfaceName, String own, int length) throws UnknownHostException {
        prefixes.add(new Neighborhood.Prefix(interfaceName, InetAddress.getByName(own), length));
    }

    private EmbeddedChannel connection(String from) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channels.add(channel);
        bound.add(channel, new InetSocketAddress(from, PORT));
        channel.runPendingTasks();
        return channel;
    }

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    /** A host beyond the link can have all addresses of its network. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:1::1, 2001:db8:2::",
        "192.0.2.1, 198.51.100.",
    })
    void addressesOfOneNetworkCountTogether(String scraper, String network) {
        EmbeddedChannel scrape = connection(scraper);
        List<EmbeddedChannel> attack = new ArrayList<>();
        for (int host = 1; host <= 2 * MAXIMUM; host++) {
            attack.add(connection(network + host));
        }

        assertThat(scrape.isOpen()).isTrue();
        assertThat(attack.subList(0, MAXIMUM + 1)).noneMatch(EmbeddedChannel::isOpen);
        assertThat(attack.subList(MAXIMUM + 1, 2 * MAXIMUM)).allMatch(EmbeddedChannel::isOpen);
    }

    @ParameterizedTest
    @CsvSource({
        "fe80::1, fe80::2",
        "127.0.0.1, 127.0.0.2",
        "192.0.2.2, 192.0.2.3",
        "fd00:1::2, fd00:1::3",
        "203.0.113.2, 203.0.113.200",
    })
    void hostsOfALinkCountAlone(String scraper, String attacker) {
        EmbeddedChannel scrape = connection(scraper);
        for (int i = 0; i < 2 * MAXIMUM; i++) {
            connection(attacker);
        }

        assertThat(scrape.isOpen()).isTrue();
    }

    /** A host can have many addresses of its link. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.2, fd00:2::",
        "127.0.0.1, fd00:2::",
        "198.51.100.1, fd00:2::",
        "fd00:1::2, 203.0.113.",
        "fe80::1, 192.0.2.",
        "fd00:2::2, 233.252.",
    })
    void aLinkWithManyAddressesLeavesConnectionsOfOthers(String scraper, String attacker) {
        EmbeddedChannel scrape = connection(scraper);
        for (int host = 1; host <= 2 * MAXIMUM; host++) {
            connection(attacker + (attacker.equals("233.252.") ? host + ".1" : host));
        }

        assertThat(scrape.isOpen()).isTrue();
    }
}
