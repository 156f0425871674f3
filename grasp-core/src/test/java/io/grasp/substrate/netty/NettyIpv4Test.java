package io.grasp.substrate.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.LinkWarning;
import io.grasp.substrate.Link;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The IP version that a link uses. */
@ExtendWith(NoLeaks.class)
class NettyIpv4Test {
    private static final NettyConfig OFTEN = NettyConfig.defaults().withInterfacePoll(Duration.ofMillis(20));
    private static final byte[] MESSAGE = "message".getBytes(UTF_8);

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
            TestNetwork.acceptLocal(true, "all", end);
            TestNetwork.ip("address add 10.92.0." + end.charAt(5) + "/24 dev " + end);
        }
        TestNetwork.awaitCarrier("grasp2");
        TestNetwork.awaitCarrier("grasp3");
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(NettyNode::close);
        TestNetwork.ip("link delete grasp2");
        TestNetwork.acceptLocal(false, "all");
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    private NettyNode started(NettyConfig config) {
        NettyNode node = NettyNode.started(config);
        nodes.add(node);
        return node;
    }

    private static InetAddress address(Link link) {
        return link.linkLocalAddress();
    }

    @Test
    void anInterfaceWithoutIpv6IsAnIpv4LinkAndHearsNoOtherLink() throws Exception {
        NettyNode a = started(OFTEN.withLinks("grasp2", TestNetwork.LINK));
        NettyNode b = started(OFTEN.withLinks("grasp3", TestNetwork.OTHER_END));
        Link ipv4 = a.links.get(0);
        assertThat(address(ipv4)).isEqualTo(InetAddress.getByName("10.92.0.2"));
        assertThat(address(a.links.get(1))).isInstanceOf(Inet6Address.class);
        assertThat(ipv4.isNeighbor(InetAddress.getByName("10.92.0.77"))).isTrue();
        assertThat(ipv4.isNeighbor(InetAddress.getByName("10.92.1.77"))).isFalse();
        assertThat(a.multicast(ipv4, MESSAGE)).isNull();
        NettyNode.Message heard = b.awaitMessage();
        assertThat(heard.link()).isSameAs(b.links.get(0));
        assertThat(heard.replyPath().source().getPort()).isEqualTo(a.port());
        a.messages.clear();
        assertThat(a.multicast(a.links.get(1), MESSAGE)).isNull();
        Await.until("the other one", () -> b.messages.size() == 2);
        assertThat(b.messages.get(1).link()).isSameAs(b.links.get(1));
    }

    /** IPv6 is disabled below 1280 bytes, and IPv4 would fragment a datagram. */
    @Test
    @Proves("8990-2.5.3-2")
    void aMulticastIsLimitedToOnePacketOfTheLink() {
        TestNetwork.ip("link set grasp2 mtu 1000");
        TestNetwork.ip("link set grasp3 mtu 1000");
        NettyNode a = started(OFTEN.withLinks("grasp2"));
        NettyNode b = started(OFTEN.withLinks("grasp3"));
        Link link = a.link();
        assertThat(link.maxMulticastBytes()).isEqualTo(1000 - 28);
        assertThat(a.multicast(link, new byte[973])).hasMessageContaining("973 bytes do not fit");
        assertThat(a.multicast(link, new byte[972])).isNull();
        assertThat(b.awaitMessage().bytes()).hasSize(972);

        TestNetwork.ip("link set grasp2 mtu 700");
        Await.until("another MTU", () -> link.maxMulticastBytes() == 700 - 28);
        TestNetwork.ip("link set grasp2 mtu 1200");
        Await.until("a third MTU", () -> link.maxMulticastBytes() == 1200 - 28);
        assertThat(a.linksDown).as("it is the same link").isEmpty();

        NettyNode longer = started(OFTEN.withLinks(TestNetwork.LINK).withMaxMulticastBytes(9000));
        assertThat(longer.link().maxMulticastBytes()).isEqualTo(1500 - 48);
    }

    @Test
    void theBroadcastAddressesOfAnIpv4LinkAreKnown() throws Exception {
        TestNetwork.ip("address add 10.93.0.1/31 dev grasp2");
        TestNetwork.ip("address add 10.94.0.1/32 dev grasp2");
        TestNetwork.ip("address add 10.95.2.1/22 dev grasp2");
        NettyNode a = started(OFTEN.withLinks("grasp2"));
        for (String address : List.of("10.92.0.0", "10.92.0.255", "10.95.0.0", "10.95.3.255")) {
            assertThat(a.isBroadcast(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
        for (String address : List.of(
                "10.92.0.1",
                "10.92.0.254",
                "10.92.1.0",
                "10.93.0.0",
                "10.93.0.1",
                "10.94.0.1",
                "10.95.1.0",
                "fd00::")) {
            assertThat(a.isBroadcast(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
        }
    }

    @Test
    void aLinkSwitchesToIpv6WhenItGetsAnAddress() {
        NettyNode a = started(OFTEN.withLinks("grasp2"));
        assertThat(address(a.link())).isInstanceOf(Inet4Address.class);
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
        Await.until("IPv6", () -> a.links.size() == 2);
        assertThat(address(a.links.get(1))).isInstanceOf(Inet6Address.class);
        assertThat(a.linksDown).containsExactly("grasp2");
        TestNetwork.ip("-6 address delete fe80::2/64 dev grasp2");
        Await.until("IPv4", () -> a.links.size() == 3);
        assertThat(a.multicast(a.links.get(2), MESSAGE)).isNull();
        assertThat(a.awaitMessage().link()).isSameAs(a.links.get(2));
    }

    @Test
    void aNeighborWithTheOtherIpVersionCausesOneWarningAndIsIgnored() {
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
        NettyNode ipv6 = started(OFTEN.withLinks("grasp2"));
        NettyNode ipv4 = started(OFTEN.withLinks("grasp3"));
        assertThat(ipv4.warnings).as("it has fallen back to IPv4").containsExactly(LinkWarning.OTHER_IP_VERSION);
        assertThat(ipv6.warnings).isEmpty();
        assertThat(ipv4.multicast(ipv4.link(), MESSAGE)).isNull();
        Await.until("a warning", () -> !ipv6.warnings.isEmpty());
        assertThat(ipv4.multicast(ipv4.link(), MESSAGE)).isNull();
        Await.until("its own", () -> ipv4.messages.size() == 2);
        assertThat(ipv6.call(() -> ipv6.warnings)).containsExactly(LinkWarning.OTHER_IP_VERSION);
        assertThat(ipv6.messages).isEmpty();
    }

    @Test
    void choosingIpv4CausesNoWarning() {
        assertThat(started(OFTEN.withLinks("grasp3").withIp(LinkIp.IPV4)).warnings)
                .isEmpty();
    }

    @Test
    void theIpVersionCanBeChosen() {
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
        NettyNode ipv4 = started(OFTEN.withLinks("grasp2").withIp(LinkIp.IPV4));
        NettyNode ipv6 = started(OFTEN.withLinks("grasp2", "grasp3").withIp(LinkIp.IPV6));
        assertThat(address(ipv4.link())).isInstanceOf(Inet4Address.class);
        assertThat(ipv6.links)
                .singleElement()
                .satisfies(link -> assertThat(address(link)).isInstanceOf(Inet6Address.class));
        assertThat(ipv6.linksFailed).containsExactly("grasp3: interface grasp3 has no usable link-local IPv6 address");
    }

    @Test
    void aLinkIsNotUsedWhileAnotherInterfaceHasItsAddress() {
        TestNetwork.ip("address delete 10.92.0.3/24 dev grasp3");
        TestNetwork.ip("address add 10.92.0.2/32 peer 10.96.0.9 dev grasp3");
        NettyNode a = started(OFTEN.withLinks("grasp2"));
        assertThat(a.links).isEmpty();
        assertThat(a.linksFailed)
                .containsExactly("grasp2: interface grasp2 cannot be used with IPv4: interface grasp3 has its address"
                        + " 10.92.0.2 too, so multicasts could use either");
        assertThat(MulticastMemberships.read().isListed(group(), TestNetwork.index("grasp3")))
                .as("the group is joined on the other interface")
                .isFalse();
        TestNetwork.ip("address delete 10.92.0.2/32 peer 10.96.0.9 dev grasp3");
        Await.until("a link", () -> a.links.size() == 1);
        assertThat(a.multicast(a.link(), MESSAGE)).isNull();
        assertThat(a.awaitMessage().link()).isSameAs(a.link());
    }

    @Test
    void anAddressOfAnInterfaceThatIsDownDoesNotPreventALink() {
        TestNetwork.ip("link add grasp4 type veth peer name grasp5");
        try {
            TestNetwork.ip("address add 10.92.0.2/32 dev grasp4");
            NettyNode a = started(OFTEN.withLinks("grasp2"));
            assertThat(a.linksFailed).singleElement().asString().contains("interface grasp4 has its address 10.92.0.2");
        } finally {
            TestNetwork.ip("link delete grasp4");
        }
    }

    @Test
    void aLinkThatIsUpStaysUpWhenAnotherInterfaceGetsItsAddress() {
        NettyNode a = started(OFTEN.withLinks("grasp2"));
        NettyNode b = started(OFTEN.withLinks("grasp3"));
        TestNetwork.ip("address add 10.92.0.2/32 peer 10.96.0.9 dev grasp3");
        TestNetwork.ip("address add 10.97.0.1/24 dev grasp3");
        Await.until("a look", () -> a.isBroadcast(NetUtil.createInetAddressFromIpAddressString("10.97.0.255")));
        assertThat(a.multicast(a.link(), MESSAGE)).isNull();
        assertThat(b.awaitMessage().link()).isSameAs(b.link());
        assertThat(a.linksDown).isEmpty();
    }

    private static InetAddress group() {
        return NetUtil.createInetAddressFromIpAddressString("224.0.0.119");
    }
}
