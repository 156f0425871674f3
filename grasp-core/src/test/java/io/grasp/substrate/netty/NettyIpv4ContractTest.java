package io.grasp.substrate.netty;

import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.Substrate;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The substrate's contract with IPv4 only. */
class NettyIpv4ContractTest extends NettyContractTest {
    @BeforeAll
    static void addAddresses() {
        TestNetwork.require();
        TestNetwork.ip("address add 169.254.7.1/16 dev grasp0");
        TestNetwork.ip("address add 10.91.0.1/24 dev grasp0");
    }

    @AfterAll
    static void removeAddresses() {
        TestNetwork.ip("address delete 169.254.7.1/16 dev grasp0");
        TestNetwork.ip("address delete 10.91.0.1/24 dev grasp0");
    }

    @Override
    NettyConfig config() {
        return super.config().withIp(LinkIp.IPV4);
    }

    @Override
    protected InetAddress address(Substrate substrate) {
        return substrate.nodeAddresses().stream()
                .map(NodeAddress::address)
                .filter(Inet4Address.class::isInstance)
                .findFirst()
                .orElseThrow();
    }
}
