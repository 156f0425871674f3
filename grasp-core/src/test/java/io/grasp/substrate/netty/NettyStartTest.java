package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.AddressInfo;
import io.grasp.model.AddressInfo.Use;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.InterfaceInfo.State;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The conditions for which a start waits, and its reports about unusable interfaces. */
@ExtendWith(NoLeaks.class)
class NettyStartTest {
    private static final NettyConfig OFTEN = NettyConfig.defaults().withInterfacePoll(Duration.ofMillis(20));
    private static final NettyConfig ON_GRASP2 = OFTEN.withLinks("grasp2");

    private final List<NettyNode> nodes = new ArrayList<>();

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @BeforeEach
    void makeLink() {
        TestNetwork.ip("link add grasp2 type veth peer name grasp3");
        for (String end : List.of("grasp2", "grasp3")) {
            TestNetwork.ip("link set " + end + " addrgenmode none");
            TestNetwork.ip("link set " + end + " up");
        }
        address("grasp2", "10.92.0.2");
        address("grasp3", "10.92.0.3");
        // Duplicate address detection takes 0.3 s and not 1 to 2.
        TestNetwork.sysctl("/proc/sys/net/ipv6/conf/grasp2/router_solicitation_delay", "0");
        TestNetwork.sysctl("/proc/sys/net/ipv6/neigh/grasp2/retrans_time_ms", "300");
    }

    /** Java knows only interfaces that have an address. */
    private static void address(String end, String ipv4) {
        TestNetwork.ip("address add " + ipv4 + "/24 dev " + end);
        TestNetwork.awaitCarrier(end);
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(NettyNode::close);
        TestNetwork.ip("link delete grasp2");
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    private NettyNode started(NettyConfig config) {
        NettyNode node = NettyNode.started(config);
        nodes.add(node);
        return node;
    }

    private static void checkAddress() {
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp2");
    }

    @Test
    void aStartWaitsForAnAddressThatIsBeingChecked() {
        checkAddress();
        NettyNode node = started(ON_GRASP2);
        assertThat(node.links).hasSize(1);
        assertThat(node.linksFailed).isEmpty();
    }

    @Test
    void aStartOnAllSuitableLinksWaitsForTheirAddresses() {
        checkAddress();
        assertThat(started(OFTEN).links).extracting(link -> link.name()).contains("grasp2", TestNetwork.LINK);
    }

    @Test
    void aStartWithoutWaitingReportsTheMissingAddressAndTheLinkComesUpLater() {
        checkAddress();
        NettyNode node = started(ON_GRASP2.withAddressWait(Duration.ZERO));
        assertThat(node.links).isEmpty();
        assertThat(node.linksFailed)
                .containsExactly("grasp2: interface grasp2 is not ready: its address fe80::2 is still being"
                        + " checked for duplicates");
        InterfaceInfo waiting = describe(node, "grasp2");
        if (node.links.isEmpty()) {
            assertThat(waiting.state()).isEqualTo(State.WAITING_FOR_ADDRESS);
            assertThat(waiting.addresses()).extracting(AddressInfo::use).contains(Use.CHECKED_FOR_DUPLICATES);
        }
        Await.until("the link", () -> node.links.size() == 1);
        assertThat(describe(node, "grasp2").addresses())
                .extracting(AddressInfo::use)
                .contains(Use.LINK);
        assertThat(describe(node, "grasp0").state()).isEqualTo(State.NOT_CHOSEN);
        assertThat(describe(node, "grasp0").addresses())
                .isNotEmpty()
                .extracting(AddressInfo::use)
                .containsOnly(Use.NOT_A_LINK);
    }

    private static InterfaceInfo describe(NettyNode node, String name) {
        return node.call(node.substrate::interfaces).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLinkThatIsAwaitedIsMissing() {
        NettyNode node = started(NettyConfig.defaults().withLinks("nosuch").withAwaitLinks(true));
        InterfaceInfo missing = describe(node, "nosuch");
        assertThat(missing.state()).isEqualTo(State.MISSING);
        assertThat(missing.detail()).isEqualTo("there is no interface nosuch");
        assertThat(missing.index()).isZero();
        assertThat(missing.addresses()).isEmpty();
    }

    @Test
    void aDuplicateAddressIsReported() {
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp3 nodad");
        checkAddress();
        NettyNode node = started(ON_GRASP2.withIp(LinkIp.IPV6));
        assertThat(node.links).isEmpty();
        assertThat(node.linksFailed)
                .containsExactly(
                        "grasp2: interface grasp2 has no usable link-local IPv6 address: another node on the link"
                                + " has fe80::2 (duplicate address detection failed)");
        InterfaceInfo described = describe(node, "grasp2");
        assertThat(described.state()).isEqualTo(State.NO_ADDRESS);
        assertThat(described.detail()).endsWith("(duplicate address detection failed)");
        assertThat(described.addresses()).extracting(AddressInfo::use).contains(Use.DUPLICATE);
    }

    @Test
    void closingEndsAStartThatWaits() {
        checkAddress();
        NettyNode node = NettyNode.of(NettySubstrate.create(ON_GRASP2));
        CompletableFuture<Throwable> started = new CompletableFuture<>();
        node.substrate.loop().execute(() -> node.substrate.start(node, started::complete));
        assertThat(node.call(started::isDone)).isFalse();
        node.close();
        assertThat(Await.result("the start", started)).hasMessage("the substrate is closed");
    }

    @Test
    void eachUnsuitableInterfaceIsReportedWithItsReason() {
        TestNetwork.ip("address flush dev grasp2");
        TestNetwork.ip("link set grasp3 multicast off");
        NettyNode node = started(OFTEN.withIp(LinkIp.IPV4));
        assertThat(node.links).isEmpty();
        assertThat(node.linksFailed)
                .hasSize(5)
                .contains(
                        "grasp3: interface grasp3 has no MULTICAST flag, and so is used only if it is chosen by name",
                        "grasp0: interface grasp0 has no usable IPv4 address",
                        "lo: interface lo is the loopback interface, which is used only if it is chosen by name")
                .anyMatch(failure ->
                        failure.startsWith("grasp2: interface grasp2 ") && failure.endsWith("has no address"));
        assertThat(describe(node, "lo").state()).isEqualTo(State.LOOPBACK);
        assertThat(describe(node, "grasp3").state()).isEqualTo(State.NO_MULTICAST);
        assertThat(describe(node, "grasp2").state()).isIn(State.NO_ADDRESS, State.DOWN);
        assertThat(describe(node, "grasp0").state()).isEqualTo(State.NO_ADDRESS);
        assertThat(describe(node, "grasp0").detail()).isEqualTo("interface grasp0 has no usable IPv4 address");
    }

    @Test
    void aPortThatIsInUseIsReported() throws IOException {
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
        try (DatagramChannel other = DatagramChannel.open(StandardProtocolFamily.INET6)) {
            other.bind(new InetSocketAddress("::", NettyConfig.GRASP_LISTEN_PORT));
            NettyNode node = started(ON_GRASP2);
            assertThat(node.linksFailed)
                    .anyMatch(failure -> failure.startsWith("grasp2: cannot bind to [ff02::13%")
                            && failure.endsWith("]:7017: address already in use"));
        }
    }

    @Test
    void theReasonOfTheOperatingSystemIsReported() {
        assertThat(BoundChannels.why(new BindException("Permission denied"))).isEqualTo("permission denied");
        assertThat(BoundChannels.why(
                        new ChannelException("Failed to open a socket.", new IOException("Too many open files"))))
                .isEqualTo("too many open files");
        assertThat(BoundChannels.why(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void withoutIpv6LinksSpeakIpv4UnlessOnlyIpv6IsAllowed() throws IOException {
        assertThat(LinkManager.possible(LinkIp.IPV6_ELSE_IPV4, false)).isEqualTo(LinkIp.IPV4);
        assertThat(LinkManager.possible(LinkIp.IPV4, false)).isEqualTo(LinkIp.IPV4);
        assertThat(LinkManager.possible(LinkIp.IPV6_ELSE_IPV4, true)).isEqualTo(LinkIp.IPV6_ELSE_IPV4);
        assertThatThrownBy(() -> LinkManager.possible(LinkIp.IPV6, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("disable_ipv6");
    }

    @Test
    void anAddressThatCannotBeBoundIsNotUsableWhereFlagsAreUnknown() throws Exception {
        TestNetwork.ip("-6 address add fe80::9/64 dev grasp3 nodad");
        checkAddress();
        int index = NetworkInterface.getByName("grasp2").getIndex();
        int other = NetworkInterface.getByName("grasp3").getIndex();
        AddressFlags flags = AddressFlags.trying();
        assertThat(flags.isPending(InetAddress.getByName("fe80::2%grasp2"), index))
                .isTrue();
        assertThat(flags.isUsable(InetAddress.getByName("fe80::9%grasp3"), other))
                .isTrue();
    }
}
