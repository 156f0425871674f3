package io.grasp.substrate.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grasp.Proves;
import io.grasp.model.LinkWarning;
import io.grasp.substrate.Link;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.util.AddressText;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Interfaces and addresses appear, disappear and change while a substrate uses them. */
@ExtendWith(NoLeaks.class)
class NettyChangingLinksTest {
    private static final NettyConfig OFTEN = NettyConfig.defaults().withInterfacePoll(Duration.ofMillis(20));
    private static final NettyConfig ON_GRASP2 = OFTEN.withLinks("grasp2");
    private static final NettyConfig ON_GRASP3 = OFTEN.withLinks("grasp3");
    private static final byte[] MESSAGE = "message".getBytes(UTF_8);
    private static final String ULA2 = "fd6a:7261:7371::2";
    private static final String ULA3 = "fd6a:7261:7371::3";

    private final List<NettyNode> nodes = new ArrayList<>();
    private int multicasts;

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @BeforeEach
    void makeLink() {
        make();
    }

    private static void make() {
        TestNetwork.ip("link add grasp2 type veth peer name grasp3");
        configure();
    }

    private static void configure() {
        for (String end : List.of("grasp2", "grasp3")) {
            TestNetwork.ip("link set " + end + " addrgenmode none");
            up(end);
        }
        TestNetwork.ip("-6 address add " + ULA2 + "/64 dev grasp2 nodad");
        TestNetwork.ip("-6 address add " + ULA3 + "/64 dev grasp3 nodad");
        TestNetwork.awaitCarrier("grasp2");
        TestNetwork.awaitCarrier("grasp3");
    }

    private static void up(String end) {
        TestNetwork.ip("link set " + end + " up");
        TestNetwork.ip("-6 address add fe80::" + end.charAt(5) + "/64 dev " + end + " nodad");
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(NettyNode::close);
        if (TestNetwork.hasInterface("grasp2")) {
            TestNetwork.ip("link delete grasp2");
        }
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    private NettyNode started(NettyConfig config) {
        NettyNode node = NettyNode.started(config);
        nodes.add(node);
        return node;
    }

    private static void awaitDown(NettyNode node, int times) {
        Await.until("a link down", () -> node.linksDown.size() == times);
    }

    private static Link awaitUp(NettyNode node, int times) {
        Await.until("a link up", () -> node.links.size() == times);
        return node.links.get(times - 1);
    }

    /** Checks that one multicast arrives once: groups are joined and ports are open. Each call sends different content. */
    private void assertCarries(NettyNode from, Link out, NettyNode to, Link in) {
        byte[] message = ("message " + ++multicasts).getBytes(UTF_8);
        assertThat(from.multicast(out, message)).isNull();
        Predicate<NettyNode.Message> isIt = received -> Arrays.equals(received.bytes(), message);
        Await.until("a multicast", () -> to.messages.stream().anyMatch(isIt.and(each -> each.link() == in)));
        List<NettyNode.Message> received = to.messages.stream().filter(isIt).toList();
        assertThat(received).hasSize(1);
        assertThat(to.reply(received.get(0), message)).isNull();
    }

    @Test
    @Proves("8990-2.5.3-2")
    void theLongestMulticastByIpv6FollowsTheMtu() {
        TestNetwork.ip("link set grasp2 mtu 4000");
        NettyNode a = started(ON_GRASP2.withMaxMulticastBytes(9000));
        Link link = a.link();
        assertThat(link.maxMulticastBytes()).isEqualTo(4000 - 48);

        TestNetwork.ip("link set grasp2 mtu 1400");
        Await.until("another MTU", () -> link.maxMulticastBytes() == 1400 - 48);
        assertThat(a.multicast(link, new byte[1353])).hasMessageContaining("1353 bytes do not fit");
        assertThat(a.multicast(link, new byte[1352])).isNull();
        assertThat(a.linksDown).as("it is the same link").isEmpty();
    }

    @Test
    @Proves("8990-2.2-5")
    void aLinkThatGoesDownAndUpIsReportedAndWorksAgain() {
        NettyNode a = started(ON_GRASP2);
        NettyNode b = started(ON_GRASP3);
        Link before = a.link();
        TestNetwork.ip("link set grasp2 down");
        awaitDown(a, 1);
        awaitDown(b, 1); // without a carrier
        assertThat(a.multicast(before, MESSAGE)).hasMessageContaining("closed");

        up("grasp2");
        Link after = awaitUp(a, 2);
        assertThat(after.index()).isEqualTo(before.index());
        assertCarries(a, after, b, awaitUp(b, 2));
        assertThat(a.linksFailed).isEmpty();
    }

    @Test
    void aRecreatedInterfaceIsANewLink() {
        NettyNode a = started(ON_GRASP2);
        NettyNode b = started(ON_GRASP3);
        int before = a.link().index();
        TestNetwork.ip("link delete grasp2");
        make();
        awaitDown(a, 1);
        Link after = awaitUp(a, 2);
        assertThat(after.index()).isNotEqualTo(before);
        assertCarries(a, after, b, awaitUp(b, 2));
        assertCarries(b, b.links.get(1), a, after);
    }

    @Test
    @Proves({"8990-2.2-2", "8990-2.2-4"})
    void aChangedLinkLocalAddressMakesANewLink() throws Exception {
        NettyNode a = started(ON_GRASP2);
        NettyNode b = started(ON_GRASP3);
        TestNetwork.ip("-6 address add fe80::22/64 dev grasp2 nodad");
        TestNetwork.ip("-6 address delete fe80::2/64 dev grasp2");
        awaitDown(a, 1);
        Link after = awaitUp(a, 2);
        assertThat(after.linkLocalAddress()).isEqualTo(InetAddress.getByName("fe80::22"));
        assertCarries(a, after, b, b.link());
        assertThat(b.messages.get(0).replyPath().source().getAddress()).isEqualTo(after.linkLocalAddress());
        assertThat(b.linksDown).isEmpty();
    }

    @Test
    void aSecondLinkLocalAddressChangesNothing() {
        NettyNode a = started(ON_GRASP2);
        TestNetwork.ip("-6 address add fe80::1/64 dev grasp2 nodad");
        TestNetwork.ip("-6 address add fd6a:7261:7371::99/64 dev grasp2 nodad");
        Await.until(
                "the address to be seen",
                () -> a.call(a.substrate::nodeAddresses).stream()
                        .anyMatch(each -> each.address().getHostAddress().endsWith(":99")));
        assertThat(a.linksDown).isEmpty();
        assertThat(a.links).hasSize(1);
    }

    @Test
    void aLinkWithoutItsAddressIsDown() {
        NettyNode a = started(ON_GRASP2);
        TestNetwork.ip("-6 address delete fe80::2/64 dev grasp2");
        awaitDown(a, 1);
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
        awaitUp(a, 2);
    }

    @Test
    void aLostMembershipIsRestoredOnItsLinkOnly() {
        NettyNode a = started(OFTEN.withLinks("grasp2", TestNetwork.LINK));
        NettyNode b = started(ON_GRASP3);
        a.betweenTwoLooks(() -> {
            TestNetwork.ip("link set grasp2 mtu 1200"); // too small for IPv6, so the kernel disables it
            TestNetwork.ip("link set grasp2 mtu 1500");
            TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
        });
        Link after = awaitUp(a, 3);
        assertThat(a.linksDown).containsExactly("grasp2");
        assertThat(a.warnings).containsExactly(LinkWarning.MEMBERSHIP_LOST);
        assertThat(a.linksFailed).isEmpty();
        assertCarries(b, b.link(), a, after);
        assertCarries(a, after, b, b.link());
    }

    /** A new sending socket at the same port and address would receive the datagrams. */
    @ParameterizedTest
    @EnumSource(names = {"IPV6", "IPV4"})
    void aLinkThatIsOpenedAgainStillReceivesDatagramsToItsNodeAlone(LinkIp version) throws IOException {
        addIpv4();
        NettyNode a = started(ON_GRASP2.withIp(version).withPort(NettyConfig.GRASP_LISTEN_PORT));
        int index2 = a.link().index();
        a.betweenTwoLooks(() -> {
            TestNetwork.ip("link delete grasp2");
            TestNetwork.ip("link add grasp2 index " + index2 + " type veth peer name grasp3");
            configure();
            addIpv4();
        });
        InetAddress here = awaitUp(a, 2).linkLocalAddress();
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] message = {1};
            InetAddress to = LocalAddress.scoped(here, here instanceof Inet6Address ? index2 : 0);
            socket.send(new DatagramPacket(message, 1, to, NettyConfig.GRASP_LISTEN_PORT));
        }
        Await.until("the datagram", () -> a.unicasts.size() == 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"IPV6", "IPV4"})
    void aRecreatedInterfaceWithTheSameIndexAndAddressIsJoinedAgain(LinkIp version) {
        addIpv4();
        NettyNode a = started(ON_GRASP2.withIp(version));
        NettyNode b = started(ON_GRASP3.withIp(version));
        int index2 = a.link().index();
        int index3 = b.link().index();
        a.betweenTwoLooks(() -> b.betweenTwoLooks(() -> {
            TestNetwork.ip("link delete grasp2");
            TestNetwork.ip("link add grasp2 index " + index2 + " type veth peer name grasp3 index " + index3);
            configure();
            addIpv4();
        }));
        assertCarries(a, awaitUp(a, 2), b, awaitUp(b, 2));
        assertCarries(b, b.links.get(1), a, a.links.get(1));
        assertThat(a.warnings).containsExactly(LinkWarning.MEMBERSHIP_LOST);
        assertThat(b.warnings).containsExactly(LinkWarning.MEMBERSHIP_LOST);
        TestNetwork.acceptLocal(false, "all");
    }

    private static void addIpv4() {
        TestNetwork.acceptLocal(true, "all", "grasp2", "grasp3");
        for (String end : List.of("grasp2", "grasp3")) {
            TestNetwork.ip("address add 10.92.0." + end.charAt(5) + "/24 dev " + end);
        }
    }

    @Test
    @Proves("8990-2.2-2")
    void theSetOfSuitableLinksIsKeptUpToDate() {
        NettyNode all = started(OFTEN);
        assertThat(all.links).extracting(Link::name).contains("grasp2", "grasp3", TestNetwork.LINK);
        TestNetwork.ip("link delete grasp2");
        awaitDown(all, 2);
        assertThat(all.linksDown).containsExactlyInAnyOrder("grasp2", "grasp3");
        make();
        awaitUp(all, 6);
        assertThat(all.linksFailed).isEmpty();
    }

    @Test
    void aChosenLinkCanBeAwaited() {
        NettyNode node = started(OFTEN.withLinks("grasp4", "grasp2").withAwaitLinks(true));
        assertThat(node.links).extracting(Link::name).containsExactly("grasp2");
        assertThat(node.linksFailed).containsExactly("grasp4: there is no interface grasp4");
        TestNetwork.ip("link set grasp3 down");
        TestNetwork.ip("link set grasp3 name grasp4");
        up("grasp4");
        Await.until(
                "grasp4", () -> node.links.stream().anyMatch(link -> link.name().equals("grasp4")));
        // A poll may come between the two commands.
        assertThat(node.linksFailed)
                .startsWith("grasp4: there is no interface grasp4")
                .isSubsetOf(
                        "grasp4: there is no interface grasp4", "grasp4: interface grasp4 is down or has no address")
                .doesNotHaveDuplicates();
    }

    @Test
    void connectionsOfARemovedAddressFailAndOthersContinue() {
        NettyNode a = started(OFTEN.withLinks("grasp2", TestNetwork.LOOPBACK));
        NettyNode b = started(ON_GRASP3);
        NettyPeer lost = a.connect(b.at(ULA3)).await("opened");
        NettyPeer local = a.connect(b.at("::1")).await("opened");
        NettyPeer accepted = b.awaitAccepted(0);
        InetAddress seen = accepted.connection.remote().getAddress();
        TestNetwork.ip("-6 address delete " + seen.getHostAddress() + "/64 dev " + TestNetwork.holder(seen));
        assertThat(lost.awaitClosed()).isInstanceOf(LinkLostException.class).hasMessageContaining(AddressText.of(seen));
        local.sending(MESSAGE);
        Await.until("the other one", () -> b.awaitAccepted(1).received().length == MESSAGE.length);
        assertThat(local.events).doesNotContain("closed");
    }

    @Test
    void acceptedAndHalfOpenConnectionsOfALostLinkFail() throws Exception {
        NettyNode a = started(ON_GRASP2);
        NettyNode b = started(ON_GRASP3);
        InetAddress there = b.link().linkLocalAddress();
        NettyPeer open =
                a.connect(NettyNode.locator(there, b.port()), a.link().index()).await("opened");
        NettyPeer accepted = b.awaitAccepted(0);
        // No host has these addresses, so none answers.
        NettyPeer onLink = a.connect(
                NettyNode.locator(InetAddress.getByName("fe80::99"), 7),
                a.link().index());
        NettyPeer beyond = b.connect(new InetSocketAddress("fd6a:7261:7371::99", 7));
        CompletableFuture<Throwable> unsent = beyond.sending(MESSAGE);
        TestNetwork.ip("link delete grasp2");
        assertThat(open.awaitClosed()).isInstanceOf(LinkLostException.class);
        assertThat(accepted.awaitClosed()).isInstanceOf(LinkLostException.class);
        assertThat(onLink.awaitClosed()).isInstanceOf(LinkLostException.class);
        assertThat(beyond.awaitClosed()).isInstanceOf(LinkLostException.class);
        assertThat(Await.result("the unsent bytes", unsent)).isInstanceOf(LinkLostException.class);
    }

    @Test
    void theAddressOfALinkHasThePrefixOfItsNeighbors() {
        NettyNode node = started(ON_GRASP2);
        assertThat(prefixes(node)).containsExactly(entry(ULA2, 64));
        TestNetwork.ip("-6 address add fd6a:7261:7372::1/126 dev grasp2 nodad");
        Await.until("the address", () -> prefixes(node).size() == 2);
        assertThat(prefixes(node)).containsOnly(entry(ULA2, 64), entry("fd6a:7261:7372::1", 126));
    }

    private static Map<String, Integer> prefixes(NettyNode node) {
        return node.substrate.nodeAddresses().stream()
                .filter(each -> each.linkIndex() != 0)
                .collect(Collectors.toMap(each -> NetUtil.toAddressString(each.address()), NodeAddress::prefixLength));
    }

    @Test
    void aNewAddressIsServedAtOnce() {
        NettyNode node = started(ON_GRASP2.withInterfacePoll(Duration.ofHours(1)));
        List<InetAddress> asked = new CopyOnWriteArrayList<>();
        node.serves = local -> {
            asked.add(local);
            return node.substrate.nodeAddresses().stream()
                    .anyMatch(each -> each.address().equals(local));
        };
        NettyNode peer = started(ON_GRASP3);
        TestNetwork.addAddress("fd6a:7261:7371::22", "grasp2");
        peer.connect(node.at("fd6a:7261:7371::22")).await("opened");
        node.awaitAccepted(0);
        assertThat(node.drops).isEmpty();

        for (int i = 1; i <= 20; i++) {
            assertThat(peer.connect(node.at(ULA3)).awaitClosed()).isNotNull();
            int count = i;
            Await.until("drops", () -> node.drops.size() == count);
        }
        assertThat(node.drops).containsOnly(SubstrateDrop.NOT_SERVED);
        assertThat(node.accepted).hasSize(1);
        InetAddress refused = NetUtil.createInetAddressFromIpAddressString(ULA3);
        assertThat(asked)
                .filteredOn(refused::equals)
                .as("the addresses are checked again only after a poll")
                .hasSizeBetween(20, 30);
    }

    @Test
    void closingFromACallbackStopsThePolling() {
        NettyNode node = NettyNode.started(OFTEN);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        node.onLinkDown = link -> node.substrate.close(failure -> closed.complete(true));
        TestNetwork.ip("link delete grasp2");
        assertThat(Await.result("close", closed)).isTrue();
        assertThat(node.linksDown).hasSize(1);
    }
}
