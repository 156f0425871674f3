package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionBoundTest {
    private static final int MAXIMUM = 4;
    private static final int PORT = 5000;

    private final ConnectionBound bound = new ConnectionBound(MAXIMUM);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

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
    @CsvSource({"fe80::1, fe80::2", "127.0.0.1, 127.0.0.2"})
    void hostsOfALinkCountAlone(String scraper, String attacker) {
        EmbeddedChannel scrape = connection(scraper);
        for (int i = 0; i < 2 * MAXIMUM; i++) {
            connection(attacker);
        }

        assertThat(scrape.isOpen()).isTrue();
    }
}
