package io.grasp.substrate.netty.acp;

import io.grasp.security.Identity;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.MemberSubstrateContractTest;
import io.grasp.substrate.netty.TestNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * The substrate's contract on an interface of an Autonomic Control Plane: the nodes have one link-local and one ACP
 * address, and different ports.
 */
@Tag("long")
class AcpContractTest extends MemberSubstrateContractTest<AcpSubstrate> {
    private static InetAddress linkLocal;

    @BeforeAll
    static void readLinkLocalAddress() throws IOException {
        linkLocal = HostInterfaces.read().identities(TestNetwork.LINK).get(0).linkLocalAddress();
    }

    @Override
    protected AcpSubstrate newSubstrate(Identity identity, List<Integer> neighbors) {
        List<InetSocketAddress> earlier = neighbors.stream()
                .map(port -> new InetSocketAddress(linkLocal, port))
                .toList();
        NeighborSource source = (name, listener) -> {
            listener.present(earlier);
            return () -> {};
        };
        return AcpSubstrate.on(nettyLoop(), config().withNeighborSources(source), identity);
    }

    AcpConfig config() {
        return AcpConfig.on(TestNetwork.LINK)
                .withAddress(address())
                .withPort(0)
                .withMaxMessageBytes(400_000)
                .withQueueBytes(1 << 20)
                .withMaxHandshakes(128, 128)
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withCloseTimeout(Duration.ofSeconds(1));
    }

    @Override
    protected boolean areNeighbors(List<Substrate> open) {
        return open.stream()
                .allMatch(each -> ((AcpSubstrate) each)
                                .neighbors().stream()
                                        .filter(AcpNeighbor::connected)
                                        .count()
                        == open.size() - 1);
    }

    @Override
    protected byte[] linkMessage(int size) {
        return AcpNeighborsTest.flood(size);
    }

    @Override
    protected boolean connectsToLinkLocalAddresses() {
        return false;
    }
}
