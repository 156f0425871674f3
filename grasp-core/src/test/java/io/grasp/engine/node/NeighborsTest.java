package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.engine.HeapUse;
import io.grasp.inspection.NeighborEntry;
import io.grasp.model.SessionId;
import io.grasp.substrate.Link;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Wait;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The neighbors that a node remembers for its operator. */
class NeighborsTest {
    private static final Link LAN = new TestLink("lan", 1, "fe80::a");
    private static final Link WAN = new TestLink("wan", 2, "fe80::b");
    private static final PageRange ALL = new PageRange(0, 500, 0);
    private static final Wait MESSAGE = new Wait(new SessionId(1), 1);

    private final VirtualLoop loop = new VirtualLoop();
    /** This host has the address with this number on the LAN. */
    private final Neighbors neighbors =
            new Neighbors(loop, 4, (link, address) -> link == LAN.index() && address.equals(at(77).getAddress()));

    private static InetSocketAddress at(long number) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(ByteBuffer.allocate(16)
                            .putLong(0xfe80L << 48)
                            .putLong(number)
                            .array()),
                    7);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void hear(Link link, long number) {
        loop.advance(Duration.ofMillis(1));
        neighbors.heard(link, at(number), null, MESSAGE);
    }

    private List<String> known() {
        return neighbors.entries(ALL).entries().stream()
                .map(each -> each.link() + each.address().getAddress()[15])
                .toList();
    }

    @Test
    void theLinkWithTheMostLosesTheOneThatIsSilentForTheLongestTime() {
        hear(LAN, 1);
        hear(LAN, 2);
        hear(LAN, 3);
        hear(LAN, 1);
        hear(WAN, 1);
        hear(WAN, 2);

        assertThat(known()).containsExactly("lan1", "lan3", "wan1", "wan2");
        assertThat(neighbors.size()).isEqualTo(4);
        hear(LAN, 9);
        assertThat(known()).as("a newcomer of the largest link").containsExactly("lan1", "wan1", "wan2", "lan9");
        assertThat(neighbors.forget(at(1).getAddress())).isEqualTo(2);
        neighbors.forget(WAN.share());
        assertThat(known()).containsExactly("lan9");
        assertThat(neighbors.size()).isOne();
    }

    @Test
    void anotherNodeOfThisHostIsMarkedAndCountedApart() {
        hear(LAN, 1);
        hear(LAN, 77);
        hear(WAN, 77);

        assertThat(neighbors.entries(ALL).entries())
                .filteredOn(NeighborEntry::thisHost)
                .extracting(NeighborEntry::link)
                .containsExactly("lan");
        assertThat(neighbors.size()).isEqualTo(3);
        assertThat(neighbors.ofThisHost()).isOne();
    }

    @Test
    void aMessageOfAKnownOneAddsToIt() {
        hear(LAN, 1);
        hear(LAN, 1);
        loop.advance(Duration.ofSeconds(3));

        NeighborEntry entry = neighbors.entries(ALL).entries().get(0);
        assertThat(entry.messages()).isEqualTo(2);
        assertThat(entry.firstHeard()).isEqualTo(Duration.ofMillis(3001));
        assertThat(entry.lastHeard()).isEqualTo(Duration.ofSeconds(3));
        assertThat(entry.lastTypeName()).isEqualTo("M_WAIT");
        assertThat(entry.lastPort()).isEqualTo(7);
    }

    @Test
    void theyTakeNoMoreMemoryThanTheLimitCounts() {
        int most = 4096;
        long before = HeapUse.now();
        Neighbors many = new Neighbors(loop, most, (link, address) -> false);
        for (int i = 0; i < 2 * most; i++) {
            many.heard(LAN, at(i), null, MESSAGE);
        }
        long taken = HeapUse.now() - before;

        long counted = Limits.DEFAULTS.withNeighbors(most + 1).worstCase().heapBytes()
                - Limits.DEFAULTS.withNeighbors(1).worstCase().heapBytes();
        assertThat(many.size()).isEqualTo(most);
        assertThat(taken).isBetween(counted / 4, counted);
        Reference.reachabilityFence(many);
    }
}
