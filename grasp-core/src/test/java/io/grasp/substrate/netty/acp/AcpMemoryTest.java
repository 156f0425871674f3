package io.grasp.substrate.netty.acp;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.HeapUse;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NoLeaks;
import io.grasp.substrate.netty.TestLoops;
import io.grasp.substrate.netty.TestNetwork;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The memory that {@link AcpConfig#worstCase} charges for neighbors is at least what they can make a node keep. */
@Tag("long") // some MiB of earlier garbage can be collected during a measurement
@ExtendWith(NoLeaks.class)
class AcpMemoryTest {
    private static final int COUNT = 60;

    private static InetAddress linkLocal(String name) throws IOException {
        return NetworkInterface.getByName(name)
                .inetAddresses()
                .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aConnectionOfANeighborTakesNoMoreThanItIsChargedFor() throws Exception {
        TestNetwork.require();
        NettyLoop loop = NettyLoop.create();
        AcpConfig config = AcpConfig.on(TestNetwork.LINK).withPort(7017).withNeighborSources();
        try (LinkNode node = new LinkNode(loop, config.withMaxNeighbors(COUNT), new InstanceId(1, 1)).start()) {
            InetSocketAddress seen = new InetSocketAddress(
                    NeighborAddress.scoped(node.address().getAddress(), TestNetwork.index(TestNetwork.OTHER_END)),
                    7017);
            long taken = 0;
            for (int round = 0; round < 2; round++) { // in the first one, all tables get their sizes
                try (PlainNeighbor peer = new PlainNeighbor(linkLocal(TestNetwork.OTHER_END))) {
                    long before = HeapUse.now();
                    byte[] message = AcpNeighborsTest.flood(60_000);
                    for (int i = 0; i < COUNT; i++) {
                        peer.connect(seen).expectHello().send(Arrays.copyOf(message, message.length - 1));
                    }
                    TestNetwork.awaitRead(7017);
                    node.call(() -> true);
                    taken = HeapUse.now() - before;
                }
            }
            long charged = config.withMaxNeighbors(COUNT).worstCase().heapBytes()
                    - config.withMaxNeighbors(COUNT / 2).worstCase().heapBytes();
            assertThat(taken).isBetween(charged / 4, charged);
        } finally {
            TestLoops.close(loop);
        }
    }
}
