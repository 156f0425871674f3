package io.grasp.substrate.netty;

import io.grasp.security.Identity;
import io.grasp.substrate.Link;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** The substrate's contract on TLS connections with streams. */
class OverlayContractTest extends MemberSubstrateContractTest<OverlaySubstrate> {
    @Override
    protected OverlaySubstrate newSubstrate(Identity identity, List<Integer> neighbors) {
        String[] places = neighbors.stream()
                .map(port -> AddressText.of(new InetSocketAddress(address(), port)))
                .toArray(String[]::new);
        return OverlaySubstrate.on(nettyLoop(), config().withNeighbors(places), identity);
    }

    OverlayConfig config() {
        return OverlayConfig.defaults()
                .withPort(0)
                .withAddresses(address())
                .withMaxMessageBytes(300_000)
                .withMaxHandshakes(128, 128)
                .withQueueBytes(1 << 20)
                .withNeighborWait(Duration.ofSeconds(20))
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withCloseTimeout(Duration.ofMillis(200));
    }

    /** More than the window of a stream. */
    @Override
    protected int moreBytesThanAreKept() {
        return 1 << 20;
    }

    @Override
    protected int linksAmong(int nodesOnLink) {
        return nodesOnLink - 1;
    }

    @Override
    protected Link link(List<Link> all, Substrate peer) {
        String name = "peer:" + identity(peer).status().nodeName();
        return all.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
}
