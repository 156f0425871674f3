package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.config.EngineConfig;
import io.grasp.engine.GraspEngine;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.VirtualLoop;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The addresses that a node advertises and serves, on hosts of many kinds. */
class NodeAddressesTest {
    private static final int PORT = 4711;
    private static final MessagePath FROM_HOST = MessagePath.connection(new InetSocketAddress("::1", 1));
    private static final MessagePath FROM_LAN = MessagePath.connection(new InetSocketAddress("fd00::77", 1));

    private final List<Link> links = new ArrayList<>();
    private final List<NodeAddress> addresses = new ArrayList<>();

    private final Link lan = new TestLink("lan", 2, "fe80::2");
    private final Link wan = new TestLink("wan", 3, "fe80::3");
    private final Link old = new TestLink("old", 4, "10.4.0.1");
    private final Link loopback = new TestLink("lo", 1, "::1");

    /** The addresses of interfaces other than the links, with their interfaces. */
    private final Map<InetAddress, Set<Integer>> beside = new HashMap<>();

    private final Set<Integer> usedByOthers = new HashSet<>();

    private NodeAddresses node() {
        return new NodeAddresses(new Host(), links, null, false);
    }

    private NodeAddresses advertising(String address) {
        return new NodeAddresses(new Host(), links, address(address), false);
    }

    private NodeAddresses dull() {
        return new NodeAddresses(new Host(), links, address("fd00::99"), true);
    }

    /** The interface of a link has addresses that are neither deprecated nor temporary. */
    private void on(Link link, String... has) {
        links.add(link);
        List.of(has).forEach(each -> add(each, link.index(), false, false));
    }

    private void onLoopback(String... has) {
        List.of(has).forEach(each -> add(each, 0, false, false));
    }

    private void add(String address, int link, boolean deprecated, boolean temporary) {
        addresses.add(new NodeAddress(address(address), link, deprecated, temporary));
    }

    private static InetAddress address(String text) {
        return NetUtil.createInetAddressFromIpAddressString(text);
    }

    private static String text(Locator locator) {
        assertThat(locator.port()).isEqualTo(PORT);
        InetAddress address = locator.address();
        assertThat(address).isNotNull();
        return NetUtil.toAddressString(address);
    }

    private static String announced(NodeAddresses node, Link link) {
        return text(node.onLink(link, false));
    }

    private static String initiator(NodeAddresses node) {
        return NetUtil.toAddressString(node.initiator());
    }

    private static InetAddress scoped(String address, int index) {
        try {
            return Inet6Address.getByAddress(null, address(address).getAddress(), index);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void addressesOfTheLinkArePreferredToLoopbackAndThoseToOtherLinks() {
        on(wan, "fd00::3");
        on(lan);
        assertThat(announced(node(), lan)).isEqualTo("fd00::3");
        onLoopback("fd00::4");
        assertThat(announced(node(), lan)).isEqualTo("fd00::4");
        add("fd00::5", lan.index(), false, false);
        assertThat(announced(node(), lan)).isEqualTo("fd00::5");
        assertThat(announced(node(), wan)).isEqualTo("fd00::3");
    }

    @Test
    void aPeerIsOnTheLinkWhosePrefixItHas() {
        on(lan);
        on(wan);
        prefix("2001:db8::1", lan, 32);
        prefix("2001:db8:0:1::1", wan, 64);
        prefix("fd00::1", lan, 64);
        prefix("fd00::2", wan, 64);
        prefix("2001:db8:5::1", null, 48);
        prefix("::5", wan, 0);
        prefix("10.7.0.1", wan, 16);

        assertThat(linkOf("2001:db8:0:1::77")).as("the longest counts").isEqualTo(wan);
        assertThat(linkOf("2001:db8:0:2::77")).isEqualTo(lan);
        assertThat(linkOf("2001:db8:5::77")).as("a loopback interface has none").isEqualTo(lan);
        assertThat(linkOf("fd00::77")).as("several links have it").isNull();
        assertThat(linkOf("fd01::77"))
                .as("without a prefix the link is unknown")
                .isNull();
        assertThat(linkOf("10.7.255.1")).isEqualTo(wan);
        assertThat(linkOf("10.8.0.1")).isNull();
    }

    private void prefix(String address, @Nullable Link link, int length) {
        addresses.add(new NodeAddress(address(address), link == null ? 0 : link.index(), length, false, false));
    }

    private @Nullable Link linkOf(String peer) {
        return node().linkOf(address(peer));
    }

    @Test
    @Proves({"8990-2.2-2", "8990-3-4"})
    void anAddressOfAnUnusedInterfaceIsNeitherAdvertisedNorServed() {
        on(lan);
        add("fd00::1", wan.index(), false, false);
        assertThat(announced(node(), lan)).isEqualTo("fe80::2");
        assertThat(initiator(node())).isEqualTo("fe80::2");
        assertThat(text(node().onNode())).isEqualTo("::1");
        assertThat(text(node().beyondLinks(address("fd00::77")))).isEqualTo("::1");
        assertThat(node().serves(address("fd00::1"))).isFalse();
    }

    @Test
    void addressesArePreferredByUsabilityStabilityAndScope() {
        on(lan);
        add("fd00::1", lan.index(), true, false);
        assertThat(announced(node(), lan)).as("still valid").isEqualTo("fd00::1");
        add("fd00::2", lan.index(), false, true);
        assertThat(announced(node(), lan)).isEqualTo("fd00::2");
        add("2001:db8::2", lan.index(), false, false);
        assertThat(announced(node(), lan)).isEqualTo("2001:db8::2");
        add("fd00::3", lan.index(), false, false);
        assertThat(announced(node(), lan)).isEqualTo("fd00::3");
        assertThat(initiator(node())).isEqualTo("fd00::3");
    }

    @Test
    void aDeprecatedAddressOfTheLinkIsTheLastChoice() {
        on(lan);
        add("fd00::1", lan.index(), true, false);
        onLoopback("2001:db8::9");
        assertThat(announced(node(), lan)).isEqualTo("2001:db8::9");
    }

    @Test
    @Proves("8990-2.8.4-3")
    void aHostWithoutRoutableIpv6AdvertisesItsLinkLocalAddressOnIpv6Links() {
        on(lan, "10.2.0.1");
        onLoopback("192.0.2.1");
        assertThat(announced(node(), lan)).isEqualTo("fe80::2");
        assertThat(initiator(node())).isEqualTo("fe80::2");
        assertThat(text(node().beyondLinks(address("192.0.2.7")))).isEqualTo("10.2.0.1");
        assertThat(text(node().beyondLinks(address("2001:db8::7")))).isEqualTo("10.2.0.1");
    }

    @Test
    void anIpv4LinkGetsItsOwnAddress() {
        on(old, "10.1.0.1", "10.4.0.1", "fd00::4");
        onLoopback("fd00::9");
        assertThat(announced(node(), old)).isEqualTo("10.4.0.1");
        assertThat(initiator(node())).isEqualTo("10.1.0.1");
    }

    @Test
    void theInitiatorIsAnIpv6AddressIfAnyLinkSpeaksIpv6() {
        on(old, "10.4.0.1");
        on(lan);
        assertThat(initiator(node())).isEqualTo("fe80::2");
        assertThat(announced(node(), old)).isEqualTo("10.4.0.1");
        assertThat(announced(node(), lan)).isEqualTo("fe80::2");
        onLoopback("fd00::9");
        assertThat(initiator(node())).isEqualTo("fd00::9");
        assertThat(announced(node(), lan)).isEqualTo("fd00::9");
    }

    @Test
    void anIpv4LinkGetsALinkLocalAddressIfThereIsNoOther() {
        Link bare = new TestLink("bare", 5, "169.254.1.1");
        on(bare);
        assertThat(announced(node(), bare)).isEqualTo("169.254.1.1");
        assertThat(initiator(node())).isEqualTo("169.254.1.1");
        add("10.5.0.1", bare.index(), false, false);
        assertThat(announced(node(), bare)).isEqualTo("10.5.0.1");
        assertThat(text(node().onLink(bare, true))).isEqualTo("169.254.1.1");
    }

    @Test
    void aNodeWithoutLinksHasItsLoopbackAddresses() {
        assertThat(initiator(node())).isEqualTo("::1");
        assertThat(text(node().onNode())).isEqualTo("::1");
        onLoopback("192.0.2.1", "fd00::9");
        assertThat(initiator(node())).isEqualTo("fd00::9");
        assertThat(text(node().onNode())).isEqualTo("fd00::9");
    }

    @Test
    void theConfiguredAddressIsAdvertisedOnEveryLinkAndServed() {
        on(lan, "fd00::2");
        on(old, "10.4.0.1");
        NodeAddresses node = advertising("2001:db8::77");
        assertThat(announced(node, lan)).isEqualTo("2001:db8::77");
        assertThat(announced(node, old)).isEqualTo("2001:db8::77");
        assertThat(initiator(node)).isEqualTo("2001:db8::77");
        assertThat(text(node.onNode())).isEqualTo("2001:db8::77");
        assertThat(text(node.beyondLinks(address("10.4.0.2")))).isEqualTo("2001:db8::77");
        assertThat(text(node.onLink(lan, true))).isEqualTo("fe80::2");
        assertThat(node.serves(address("2001:db8::77"))).isTrue();
        assertThat(node.serves(address("fd00::2"))).isTrue();
        assertThat(node.isOurs(address("2001:db8::77"))).isTrue();
        assertThat(node().serves(address("2001:db8::77"))).isFalse();
    }

    @Test
    void aConfiguredIpv4AddressIsNotTheInitiatorIfALinkSpeaksIpv6() {
        on(old, "10.4.0.1");
        NodeAddresses node = advertising("192.0.2.9");
        assertThat(initiator(node)).isEqualTo("192.0.2.9");
        assertThat(node.givesIpv4(old)).isFalse();
        on(lan, "fd00::2");
        assertThat(initiator(node)).isEqualTo("fd00::2");
        assertThat(announced(node, lan)).isEqualTo("192.0.2.9");
        assertThat(node.givesIpv4(lan)).isTrue();
        assertThat(advertising("2001:db8::77").givesIpv4(lan)).isFalse();
    }

    @Test
    void aBroadcastAddressOfTheHostCannotBeAdvertised() {
        assertThat(advertising("192.0.2.255").advertisesBroadcast()).isTrue();
        assertThat(advertising("192.0.2.9").advertisesBroadcast()).isFalse();
        assertThat(node().advertisesBroadcast()).isFalse();
    }

    private Throwable startFailure(String advertised, List<String> warned) {
        VirtualLoop loop = new VirtualLoop();
        Substrate host = new Host() {
            @Override
            public Loop loop() {
                return loop;
            }

            @Override
            public void start(SubstrateListener listener, Completion started) {
                links.forEach(listener::linkUp);
                started.done(null);
            }
        };
        GraspObserver observer = new GraspObserver() {
            @Override
            public void linkWarning(String link, LinkWarning warning, String detail) {
                warned.add(link + " " + warning);
            }
        };
        EngineConfig config = EngineConfig.DEFAULTS.withAdvertisedAddress(address(advertised));
        GraspEngine engine = new GraspEngine(config, host, () -> 1L, observer);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        loop.run(() -> engine.start(failure::set));
        return failure.get();
    }

    @Test
    void aConfiguredBroadcastAddressFailsTheStartAndAnIpv4OneOnIpv6LinksWarns() {
        on(lan, "fd00::2");
        on(old, "10.4.0.1");
        List<String> warned = new ArrayList<>();
        assertThat(startFailure("192.0.2.9", warned)).isNull();
        assertThat(warned).containsExactly("lan OTHER_IP_VERSION");
        assertThat(startFailure("2001:db8::77", warned)).isNull();
        assertThat(warned).hasSize(1);
        assertThat(startFailure("192.0.2.255", warned))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("broadcast address");
    }

    @Test
    void aLinkLocalLocatorWithoutAKnownLinkIsNotUsed() {
        on(lan, "fd00::2");
        PeerLocators locators = new PeerLocators(new Host(), links, node(), null, false);
        for (String linkLocal : List.of("fe80::77", "169.254.1.77", "::ffff:169.254.1.77")) {
            for (Locator announced : UnusableLocators.inEachKind(linkLocal, 443)) {
                assertThat(announced.isLinkLocal()).as("%s", announced).isTrue();
                assertThat(locators.isBelieved(announced, lan, FROM_LAN))
                        .as("%s", announced)
                        .isTrue();
                assertThat(locators.isBelieved(announced, null, FROM_LAN))
                        .as("%s", announced)
                        .isFalse();
            }
        }
    }

    @Test
    void onlyUnicastAddressesBeyondALinkCanBeAdvertised() {
        for (String wrong :
                List.of("fe80::1", "169.254.1.1", "::", "0.0.0.0", "0.1.2.3", "240.0.0.1", "ff02::13", "224.0.0.119")) {
            InetAddress address = address(wrong);
            assertThatThrownBy(() -> EngineConfig.DEFAULTS.withAdvertisedAddress(address))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("advertised address " + wrong + " ");
        }
        assertThatThrownBy(() -> EngineConfig.DEFAULTS.withAdvertisedAddress(address("255.255.255.255")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(EngineConfig.DEFAULTS
                        .withAdvertisedAddress(UnusableLocators.address("::ffff:192.0.2.1"))
                        .advertisedAddress())
                .isEqualTo(address("192.0.2.1"));
        assertThat(EngineConfig.DEFAULTS
                        .withAdvertisedAddress(scoped("2001:db8::1", 2))
                        .advertisedAddress())
                .hasToString("/2001:db8:0:0:0:0:0:1");
        assertThat(EngineConfig.DEFAULTS
                        .withAdvertisedAddress(address("2001:db8::1"))
                        .withoutAdvertisedAddress()
                        .advertisedAddress())
                .isNull();
    }

    @Test
    @Proves("8990-2.5.1-2")
    void addressesOfUsedLinksAndLoopbackAreServedAndLinkLocalOnesOnTheirLink() {
        on(lan, "fd00::2", "10.2.0.1");
        add("fd00::22", lan.index(), true, true);
        onLoopback("fd00::9");
        NodeAddresses node = node();
        for (String served : List.of("fd00::2", "10.2.0.1", "fd00::22", "fd00::9")) {
            assertThat(node.serves(address(served))).as(served).isTrue();
        }
        for (String refused : List.of("fd00::3", "10.3.0.1", "::1", "127.0.0.1", "fe80::2")) {
            assertThat(node.serves(address(refused))).as(refused).isFalse();
        }
        assertThat(node.serves(scoped("fe80::2", lan.index()))).isTrue();
        assertThat(node.serves(scoped("fe80::22", lan.index())))
                .as("another one of the link")
                .isTrue();
        assertThat(node.serves(scoped("fe80::2", wan.index()))).isFalse();
    }

    @Test
    void aLinkThatIsTheLoopbackInterfaceServesAllLoopbackAddresses() {
        on(loopback);
        for (String served : List.of("::1", "127.0.0.1", "127.0.0.53")) {
            assertThat(node().serves(address(served))).as(served).isTrue();
        }
        assertThat(announced(node(), loopback)).isEqualTo("::1");
    }

    @Test
    void aLinkLocalIpv4AddressIsServedOnItsLink() {
        Link bare = new TestLink("bare", 5, "169.254.1.1");
        on(bare);
        assertThat(node().serves(address("169.254.1.1"))).isTrue();
        assertThat(node().serves(address("169.254.1.2"))).isFalse();
        on(lan);
        beside.put(address("169.254.7.7"), Set.of(lan.index()));
        beside.put(address("169.254.8.8"), Set.of(lan.index(), 9));
        beside.put(address("169.254.9.9"), Set.of(9));
        assertThat(node().serves(address("169.254.7.7")))
                .as("on a link that uses IPv6")
                .isTrue();
        assertThat(node().serves(address("169.254.8.8")))
                .as("also on an interface that is not a link")
                .isFalse();
        assertThat(node().serves(address("169.254.9.9"))).isFalse();
        assertThat(dull().serves(address("169.254.7.7"))).isFalse();
    }

    @Test
    void aDullInstanceAdvertisesAndServesTheLinkLocalAddressOfItsLinkOnly() {
        on(lan, "fd00::2");
        onLoopback("fd00::9");
        assertThat(announced(dull(), lan)).isEqualTo("fe80::2");
        assertThat(initiator(dull())).isEqualTo("fe80::2");
        assertThat(dull().serves(scoped("fe80::2", lan.index()))).isTrue();
        for (InetAddress refused : List.of(
                scoped("fe80::2", wan.index()),
                scoped("fe80::22", lan.index()),
                address("fd00::2"),
                address("fd00::9"),
                address("fd00::99"),
                address("::1"))) {
            assertThat(dull().serves(refused)).as(refused.toString()).isFalse();
        }
    }

    @Test
    void aLoopbackLocatorIsUsedOnlyWithALoopbackLinkOrConfiguredAddress() {
        on(lan, "fd00::2");
        Locator announced = UnusableLocators.at("::1", Locator.TCP, PORT + 1);
        Locator own = UnusableLocators.at("::1", Locator.TCP, PORT);
        PeerLocators strict = new PeerLocators(new Host(), links, node(), null, false);
        assertThat(strict.isBelieved(announced, lan, FROM_HOST)).isFalse();
        assertThat(strict.isBelieved(announced, null, FROM_HOST)).isFalse();

        on(loopback);
        for (Locator locator : List.of(
                announced,
                UnusableLocators.at("127.0.0.2", Locator.TCP, PORT + 1),
                UnusableLocators.at("::ffff:127.0.0.1", Locator.TCP, PORT + 1),
                new Locator.Fqdn("localhost", Locator.TCP, 1))) {
            assertThat(strict.isBelieved(locator, loopback, FROM_HOST))
                    .as("%s", locator)
                    .isTrue();
            assertThat(strict.isBelieved(locator, null, FROM_HOST))
                    .as("%s", locator)
                    .isTrue();
            assertThat(strict.isBelieved(locator, lan, FROM_HOST))
                    .as("%s", locator)
                    .isFalse();
            assertThat(strict.isPlace(locator)).as("never passed on").isFalse();
            for (Link guessed : new Link[] {loopback, null}) {
                assertThat(strict.isBelieved(locator, guessed, FROM_LAN))
                        .as("%s of another host", locator)
                        .isFalse();
            }
        }
        assertThat(strict.isBelieved(own, loopback, FROM_HOST))
                .as("this node itself")
                .isFalse();

        PeerLocators named = new PeerLocators(new Host(), links, advertising("::1"), address("::1"), false);
        assertThat(named.isBelieved(announced, lan, FROM_LAN)).isTrue();
        assertThat(named.isBelieved(own, lan, FROM_LAN)).isFalse();
    }

    @Test
    void anAddressOfThisHostWithThePortOfThisNodeIsThisNode() {
        on(lan, "fd00::2");
        beside.put(address("fe80::22"), Set.of(lan.index()));
        beside.put(address("fd00:b::1"), Set.of(9));
        beside.put(address("172.17.0.1"), Set.of(9));
        beside.put(address("169.254.7.7"), Set.of(9));
        usedByOthers.add(9);
        PeerLocators locators = new PeerLocators(new Host(), links, node(), null, false);
        for (String own : List.of(
                "fe80::2", "fe80::22", "fd00::2", "fd00:b::1", "172.17.0.1", "169.254.7.7", "::ffff:172.17.0.1")) {
            for (Locator here : UnusableLocators.inEachKind(own, PORT)) {
                assertThat(locators.isBelieved(here, lan, FROM_LAN))
                        .as("%s", here)
                        .isFalse();
                assertThat(node().isOurs(here, lan)).as("%s", here).isTrue();
            }
            for (Locator other : UnusableLocators.inEachKind(own, PORT + 1)) {
                assertThat(locators.isBelieved(other, lan, FROM_LAN))
                        .as("another node at %s", other)
                        .isTrue();
            }
        }
        assertThat(locators.isBelieved(UnusableLocators.at("fe80::22", Locator.TCP, PORT), wan, FROM_LAN))
                .as("of a neighbor on another link")
                .isTrue();
    }

    @Test
    @Proves("8990-3-4")
    void anAddressOfAnInterfaceThatNoNodeUsesIsNotUsed() {
        on(lan, "fd00::2");
        onLoopback("fd00::9");
        beside.put(address("172.17.0.1"), Set.of(9));
        beside.put(address("fd00:b::1"), Set.of(9));
        beside.put(address("fe80::b"), Set.of(9));
        PeerLocators locators = new PeerLocators(new Host(), links, node(), null, false);
        for (String own : List.of("172.17.0.1", "fd00:b::1", "::ffff:172.17.0.1")) {
            for (Locator announced : UnusableLocators.inEachKind(own, 22)) {
                assertThat(locators.isBelieved(announced, lan, FROM_LAN))
                        .as("%s", announced)
                        .isFalse();
            }
        }
        for (String other : List.of("172.17.0.2", "fd00::2", "fd00::9", "fe80::b", "fe80::2")) {
            for (Locator announced : UnusableLocators.inEachKind(other, 22)) {
                assertThat(locators.isBelieved(announced, lan, FROM_LAN))
                        .as("%s", announced)
                        .isTrue();
            }
        }
        PeerLocators advertising =
                new PeerLocators(new Host(), links, advertising("172.17.0.1"), address("172.17.0.1"), false);
        assertThat(advertising.isBelieved(UnusableLocators.at("172.17.0.1", Locator.TCP, 22), lan, FROM_LAN))
                .isTrue();
        usedByOthers.add(9);
        assertThat(locators.isBelieved(UnusableLocators.at("fd00:b::1", Locator.TCP, 22), lan, FROM_LAN))
                .as("another node uses the interface")
                .isTrue();
    }

    @Test
    void theAddressOfANameIsCheckedAsALocatorOfAPeerIs() {
        on(lan, "fd00::2");
        beside.put(address("172.17.0.1"), Set.of(9));
        PeerLocators locators = new PeerLocators(new Host(), links, node(), null, false);
        for (String bad : List.of("::1", "127.0.0.1", "fe80::77", "169.254.1.1", "172.17.0.1", "192.0.2.255", "::")) {
            assertThat(locators.isBelieved(new InetSocketAddress(address(bad), 22)))
                    .as(bad)
                    .isFalse();
        }
        assertThat(locators.isBelieved(new InetSocketAddress(address("fd00::2"), PORT)))
                .as("this node")
                .isFalse();
        for (String good : List.of("fd00::2", "fd00::77", "192.0.2.1", "172.17.0.2")) {
            assertThat(locators.isBelieved(new InetSocketAddress(address(good), 22)))
                    .as(good)
                    .isTrue();
        }
        on(loopback);
        assertThat(locators.isBelieved(new InetSocketAddress(address("::1"), 22)))
                .as("possibly sent by another host")
                .isFalse();

        PeerLocators advertising = new PeerLocators(new Host(), links, advertising("::1"), address("::1"), false);
        assertThat(advertising.isBelieved(new InetSocketAddress(address("::1"), 22)))
                .isTrue();
        assertThat(advertising.isBelieved(new InetSocketAddress(address("::1"), PORT)))
                .isFalse();
        links.remove(lan);
        assertThat(locators.isBelieved(new InetSocketAddress(address("::1"), 22)))
                .as("only loopback interfaces are links")
                .isTrue();
    }

    @Test
    void aBroadcastAddressOfThisNodeIsNotUsedAsAPeer() {
        on(lan, "fd00::2");
        PeerLocators locators = new PeerLocators(new Host(), links, node(), null, false);
        for (String address : List.of("192.0.2.255", "192.0.2.0", "::ffff:192.0.2.255", "::192.0.2.255")) {
            for (Locator announced : UnusableLocators.inEachKind(address, 1)) {
                assertThat(locators.isBelieved(announced, lan, FROM_LAN))
                        .as("%s", announced)
                        .isFalse();
            }
        }
        assertThat(locators.isBelieved(UnusableLocators.at("192.0.2.1", Locator.TCP, 1), lan, FROM_LAN))
                .isTrue();
    }

    @Test
    void neighborsAreSourcesOfTheirOwnAndHostsBeyondTheLinkShareOne() {
        on(lan);
        on(wan);
        prefix("2001:db8:2::1", lan, 64);
        NodeAddresses node = node();

        assertThat(List.of("fe80::77", "2001:db8:2::77", "169.254.1.1", "::1"))
                .allSatisfy(each -> assertThat(node.sourceOf(lan, address(each)))
                        .isEqualTo(TrafficSource.onLink(lan.index(), address(each))));
        assertThat(node.sourceOf(wan, address("2001:db8:2::77")))
                .isEqualTo(node.sourceOf(wan, address("2001:db8:2::78")))
                .isEqualTo(TrafficSource.beyondLink(wan.index(), address("2001:db8:2::")));
        assertThat(node.sourceOf(null, address("198.51.100.7")))
                .isEqualTo(TrafficSource.beyondLink(TrafficSource.NO_LINK, address("198.51.100.8")));
    }

    @Test
    void aConnectionFromBeyondTheOnlyLinkIsNotChargedToIt() {
        on(lan);
        prefix("2001:db8:2::1", lan, 64);
        NodeAddresses node = node();

        assertThat(List.of("2001:db8:2::77", "169.254.1.1", "::1"))
                .allSatisfy(each -> assertThat(node.sourceOfConnection(address(each), null))
                        .isEqualTo(TrafficSource.onLink(lan.index(), address(each))));
        assertThat(List.of("2001:db8:3::77", "198.51.100.7")).allSatisfy(each -> {
            assertThat(node.linkOf(address(each)))
                    .as("as far as what is answered")
                    .isEqualTo(lan);
            assertThat(node.sourceOfConnection(address(each), null))
                    .isEqualTo(TrafficSource.beyondLink(TrafficSource.NO_LINK, address(each)));
            assertThat(node.sourceOf(lan, address(each)))
                    .as("a multicast, which came on the link")
                    .isEqualTo(TrafficSource.beyondLink(lan.index(), address(each)));
        });
    }

    /** Only its addresses and its port matter. */
    private class Host implements Substrate {
        @Override
        public List<NodeAddress> nodeAddresses() {
            return addresses;
        }

        @Override
        public boolean isBroadcast(InetAddress address) {
            return List.of(address("192.0.2.0"), address("192.0.2.255")).contains(address);
        }

        @Override
        public Set<Integer> holders(InetAddress address) {
            Set<Integer> holders = new HashSet<>(Substrate.super.holders(address));
            holders.addAll(beside.getOrDefault(address, Set.of()));
            return holders;
        }

        @Override
        public boolean isUsedForGrasp(int index) {
            return index == lan.index() || usedByOthers.contains(index);
        }

        @Override
        public int port() {
            return PORT;
        }

        @Override
        public Loop loop() {
            throw new AssertionError();
        }

        @Override
        public void start(SubstrateListener listener, Completion started) {
            throw new AssertionError();
        }

        @Override
        public Security security() {
            return Security.SECURED;
        }

        @Override
        public Connection connect(Locator locator, int linkIndex, ConnectionListener listener) {
            throw new AssertionError();
        }

        @Override
        public void close(Completion closed) {
            throw new AssertionError();
        }
    }
}
