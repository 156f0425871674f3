package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.Dull;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import io.netty.util.NetUtil;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The addresses that nodes on various hosts advertise and serve: the table in docs/addresses.md. */
class HostAddressesTest {
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Path DOCUMENT = Path.of("../docs/addresses.md");
    private static final NettyConfig NETWORK = NettyConfig.defaults().withAssumeSecure(true);
    private static final String HEADER = "| host | settings | in answers | initiator | served | refused |";

    private final List<String> table = new ArrayList<>(List.of(HEADER, "|---|---|---|---|---|---|"));

    /** The tests' own link is removed meanwhile: the hosts have only the interfaces that a test creates. */
    @BeforeAll
    static void takeAwayTheLink() {
        NettyWorld.require();
        for (String end : List.of("grasp0", "grasp1")) {
            NettyWorld.ip("link set " + end + " down");
        }
    }

    @AfterAll
    static void giveBackTheLink() {
        for (String end : List.of("grasp1", "grasp0")) {
            NettyWorld.ip("link set " + end + " up");
        }
        NettyWorld.ip("-6 address replace fd6a:7261:7370::1/64 dev grasp0 nodad");
    }

    @Test
    @Proves({"8990-2.2-2", "8990-2.5.1-2", "8990-2.8.4-3", "8990-2.9.5.1-1", "8990-3-4"})
    void theTableShowsWhichAddressesHostsAdvertiseAndServe() throws IOException {
        UnaryOperator<NettyConfig> all = UnaryOperator.identity();
        UnaryOperator<NettyConfig> onLan = network -> network.withLinks("lan");
        try (Host host = new Host("a bridge and a LAN")) {
            host.link("lan", "fe80::1", "2001:db8:1::1", "192.0.2.1");
            host.bridge("br0", "fe80::b", "fd00:b::1", "172.17.0.1");
            row(host, "", all);
            row(host, "`--link lan`", onLan);
            row(host, "`--link lan --advertise 2001:db8:9::9`", onLan, advertising("2001:db8:9::9"));
            row(host, "`--link lan --advertise fd00:b::1`", onLan, advertising("fd00:b::1"));
            row(host, "`--link lo`", network -> network.withLinks("lo"));
        }
        try (Host host = new Host("two interfaces")) {
            host.link("lan", "fe80::1", "2001:db8:1::1");
            host.link("wan", "fe80::1", "2001:db8:2::1");
            row(host, "", all);
            row(host, "`--link lan`", onLan);
            row(host, "DULL on `lan`", onLan, config -> config.withDull(Dull.allowing("EX2")));
        }
        try (Host host = new Host("several prefixes")) {
            host.link("lan", "fe80::1", "2001:db8:1::1", "fd00:1::1");
            host.ip("-6 address add fd00:0:1::1/64 dev lan nodad preferred_lft 0");
            host.awaitRoutes("fd00:0:1::1");
            row(host, "", all);
        }
        try (Host host = new Host("a temporary address")) {
            host.link("lan", "fe80::1");
            host.sysctl("lan", "use_tempaddr", "2");
            host.sysctl("lan", "accept_dad", "0"); // the temporary one is valid at once, too
            host.ip("-6 address add 2001:db8:1::1/64 dev lan nodad mngtmpaddr");
            host.await(
                    "a temporary address",
                    () -> host.addresses().stream()
                            .anyMatch(each -> host.text(each).endsWith(" temporary")));
            for (InetAddress each : host.addresses()) {
                host.awaitRoutes(NetUtil.toAddressString(each));
            }
            row(host, "", all);
        }
        try (Host host = new Host("a deprecated address")) {
            host.link("lan", "fe80::1");
            host.ip("-6 address add 2001:db8:1::1/64 dev lan nodad preferred_lft 0");
            host.awaitRoutes("2001:db8:1::1");
            row(host, "", all);
        }
        try (Host host = new Host("a tentative address")) {
            host.link("lan", "fe80::1");
            host.sysctl("lan", "dad_transmits", "100");
            host.ip("-6 address add 2001:db8:1::1/64 dev lan");
            row(host, "", all);
        }
        try (Host host = new Host("a loopback address")) {
            host.link("lan", "fe80::1");
            host.link("wan", "fe80::2", "2001:db8:2::1");
            host.ip("-6 address add fd00:a::1/128 dev lo nodad");
            host.awaitRoutes("fd00:a::1");
            row(host, "", all);
            row(host, "`--link lan`", onLan);
        }
        try (Host host = new Host("IPv4 only")) {
            host.link("lan", "192.0.2.1");
            host.link("wan", "198.51.100.1");
            row(host, "", all);
            row(host, "`--link lan`", onLan);
        }
        try (Host host = new Host("IPv4, and link-local IPv6")) {
            host.link("lan", "fe80::1", "192.0.2.1");
            row(host, "", all);
        }
        try (Host host = new Host("link-local IPv6 only")) {
            host.link("lan", "fe80::1");
            host.link("wan", "fe80::2");
            row(host, "", all);
            row(host, "`--link lan`", onLan);
        }

        String made = String.join("\n", table) + "\n";
        Files.writeString(Path.of("target/addresses-table.md"), made);
        assertThat(Files.readString(DOCUMENT))
                .as("docs/addresses.md contains the table that was written to target/addresses-table.md")
                .contains(made);
    }

    /** A host's bridge is not in a network that its operator vouches for, even if peers send locators with its address. */
    @Test
    @Proves("8990-3-4")
    void noAddressOfAnUnusedInterfaceIsDiscovered() throws Exception {
        Heard heard = new Heard();
        try (Host host = new Host("a bridge and a LAN");
                NettyWorld world = new NettyWorld()) {
            host.link("lan", "fe80::1", "2001:db8:1::1");
            host.bridge("br0", "fe80::b", "fd00:b::1", "172.17.0.1");
            Grasp node = world.start(NETWORK.withLinks("lan"), config -> config.withObserver(heard));
            Asa asa = world.awaitOne(node.registerAsa("asa"));
            Collected<AsaLocator> found = world.collect(asa.discover(EX2, Duration.ofMinutes(1)));
            world.awaitUntil("a discovery", () -> !heard.discoveries.isEmpty());
            Discovery asked = heard.discoveries.get(0);
            Locator neighbor = ipv6("2001:db8:1::7");
            Locator diverted = ipv6("2001:db8:1::8");
            Response response = new Response(
                    asked.session(),
                    asked.initiator(),
                    60_000,
                    List.of(
                            new GraspOption.LocatorOption(ipv6("fd00:b::1")),
                            new GraspOption.LocatorOption(new Locator.Ipv4(
                                    (Inet4Address) InetAddress.getByName("172.17.0.1"), Locator.TCP, 2222)),
                            new GraspOption.LocatorOption(neighbor),
                            new GraspOption.Divert(List.of(ipv6("fd00:b::1"), diverted))),
                    null);
            int port = world.awaitOne(node.locators()).port();
            try (Socket socket = new Socket(InetAddress.getByName("2001:db8:1::1"), port)) {
                socket.getOutputStream().write(MessageEncoder.encode(response));
                found.awaitValues(2);
            }
            assertThat(world.await(asa.discover(EX2, DiscoverOptions.knownOnly())))
                    .extracting(AsaLocator::locator)
                    .containsExactlyInAnyOrder(neighbor, diverted);
            assertThat(found.values()).hasSize(2);
            found.cancel();
        }
    }

    private static Locator ipv6(String address) throws IOException {
        return new Locator.Ipv6((Inet6Address) InetAddress.getByName(address), Locator.TCP, 2222);
    }

    private static UnaryOperator<GraspConfig> advertising(String address) {
        return config -> config.withAdvertisedAddress(NetUtil.createInetAddressFromIpAddressString(address));
    }

    private void row(Host host, String settings, UnaryOperator<NettyConfig> network) throws IOException {
        row(host, settings, network, UnaryOperator.identity());
    }

    private void row(Host host, String settings, UnaryOperator<NettyConfig> network, UnaryOperator<GraspConfig> rules)
            throws IOException {
        Heard heard = new Heard();
        try (NettyWorld world = new NettyWorld();
                Askers askers = new Askers()) {
            Grasp node = world.start(
                    network.apply(NETWORK), config -> rules.apply(config).withObserver(heard));
            Asa asa = world.awaitOne(node.registerAsa("asa"));
            world.await(asa.register(EX2, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
            NodeLocators locators = world.awaitOne(node.locators());
            for (NodeLocators.OnLink link : locators.links()) {
                askers.ask(link);
            }
            world.await(asa.flood(EX2.withValue(1), Duration.ofSeconds(1)));
            world.await(asa.discover(EX2, Duration.ofMillis(1)));
            world.awaitUntil(
                    "answers on all links, so far " + heard.responses,
                    () -> heard.responses.size() == locators.links().size());

            assertThat(heard.initiators)
                    .as("a flood and a discovery on each link")
                    .hasSize(2 * locators.links().size())
                    .containsOnly(locators.initiator());
            assertThat(heard.responses)
                    .isEqualTo(locators.links().stream()
                            .collect(Collectors.toMap(NodeLocators.OnLink::name, NodeLocators.OnLink::locator)));
            List<String> served = new ArrayList<>();
            List<String> refused = new ArrayList<>();
            for (InetAddress each : host.addresses()) {
                (isServed(each, locators.port()) ? served : refused).add(host.text(each));
            }
            table.add(String.join(
                    " | ",
                    "| " + host.name,
                    settings,
                    heard.responses.entrySet().stream()
                            .map(each -> "`" + each.getKey() + "`: " + host.text(address(each.getValue())))
                            .collect(Collectors.joining("<br>")),
                    host.text(locators.initiator()),
                    String.join("<br>", served),
                    String.join("<br>", refused) + " |"));
        }
    }

    private static InetAddress address(Locator locator) {
        return locator instanceof Locator.Ipv6 ipv6 ? ipv6.address() : ((Locator.Ipv4) locator).address();
    }

    /** A node closes a connection with invalid input gracefully, and resets one that it does not serve. */
    private static boolean isServed(InetAddress address, int port) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(address, 0)); // connecting to a tentative address times out
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(address, port), 20_000);
            socket.getOutputStream().write(0xFF);
            socket.getInputStream().readAllBytes();
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    /** Hosts on the links, each with a port that is bound for UDP and TCP, as that of a node is. */
    private static final class Askers implements Closeable {
        private final List<Closeable> sockets = new ArrayList<>();

        /** Multicasts a discovery on a link. */
        void ask(NodeLocators.OnLink link) throws IOException {
            boolean ipv4 = link.linkLocal() instanceof Locator.Ipv4;
            InetAddress source = ipv4
                    ? address(link.linkLocal())
                    : Inet6Address.getByAddress(null, address(link.linkLocal()).getAddress(), link.index());
            InetAddress group = InetAddress.getByName(ipv4 ? "224.0.0.119" : "ff02::13%" + link.name());
            byte[] question = MessageEncoder.encode(
                    new Discovery(new SessionId(link.index()), address(link.linkLocal()), EX2.withLoopCount(1)));
            ServerSocket answers = new ServerSocket(0, 1, source);
            sockets.add(answers);
            MulticastSocket socket = new MulticastSocket(new InetSocketAddress(source, answers.getLocalPort()));
            sockets.add(socket);
            socket.setNetworkInterface(NetworkInterface.getByName(link.name()));
            socket.send(new DatagramPacket(question, question.length, group, NettyConfig.GRASP_LISTEN_PORT));
        }

        @Override
        public void close() throws IOException {
            for (Closeable socket : sockets) {
                socket.close();
            }
        }
    }

    /** The node's messages. */
    private static final class Heard implements GraspObserver {
        final Map<String, Locator> responses = new ConcurrentSkipListMap<>();
        final List<InetAddress> initiators = new CopyOnWriteArrayList<>();
        final List<Discovery> discoveries = new CopyOnWriteArrayList<>();

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            if (message instanceof Response response) {
                responses.put(
                        path.link(),
                        ((GraspOption.LocatorOption) response.options().get(0)).locator());
            } else if (message instanceof Flood flood) {
                initiators.add(flood.initiator());
            } else if (message instanceof Discovery discovery) {
                initiators.add(discovery.initiator());
                discoveries.add(discovery);
            }
        }
    }

    /** A host, which exists until it is closed. */
    private static final class Host implements AutoCloseable {
        private final String name;
        private final List<String> interfaces = new ArrayList<>();

        Host(String name) {
            this.name = name;
        }

        void ip(String arguments) {
            NettyWorld.ip(arguments);
        }

        void sysctl(String link, String key, String value) throws IOException {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", link, key), value);
        }

        void link(String link, String... addresses) throws IOException {
            ip("link add " + link + " type veth peer name " + link + "-peer");
            interfaces.add(link);
            for (String end : List.of(link, link + "-peer")) {
                ip("link set " + end + " addrgenmode none");
                ip("link set " + end + " up");
            }
            has(link, addresses);
        }

        /** Like a container bridge: it has a carrier because an interface is attached to it. */
        void bridge(String bridge, String... addresses) throws IOException {
            link("port");
            ip("link add " + bridge + " type bridge");
            interfaces.add(bridge);
            ip("link set " + bridge + " addrgenmode none");
            ip("link set port-peer master " + bridge);
            ip("link set " + bridge + " up");
            has(bridge, addresses);
        }

        private void has(String link, String... addresses) throws IOException {
            for (String each : addresses) {
                ip("address add " + each + (each.contains(":") ? "/64 nodad" : "/24") + " dev " + link);
            }
            if (addresses.length > 0) {
                await(
                        "a carrier of " + link,
                        () -> NetworkInterface.getByName(link).isUp());
                awaitRoutes(addresses);
            }
        }

        /** The kernel delivers packets to a new IPv6 address only after a moment. */
        private void awaitRoutes(String... addresses) {
            for (String each : addresses) {
                byte[] bytes = NetUtil.createByteArrayFromIpAddressString(each);
                String route = HexFormat.of().formatHex(bytes) + " 80 ";
                await(
                        "a route to " + each,
                        () -> bytes.length == 4
                                || Files.readAllLines(Path.of("/proc/net/ipv6_route")).stream()
                                        .anyMatch(line -> line.startsWith(route)));
            }
        }

        void await(String what, Callable<Boolean> condition) {
            new NettyWorld().awaitUntil(what, () -> {
                try {
                    return condition.call();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }

        /** {@return all its addresses, including those of loopback interfaces; link-local ones with their scope} */
        List<InetAddress> addresses() throws IOException {
            return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                    .flatMap(NetworkInterface::inetAddresses)
                    .sorted((one, other) -> text(one).compareTo(text(other)))
                    .toList();
        }

        /** Random addresses of the kernel are replaced by a description. */
        String text(InetAddress address) {
            String text = NetUtil.toAddressString(address).toLowerCase(Locale.ROOT);
            if (text.startsWith("2001:db8:1:0:")) {
                return "2001:db8:1:: temporary";
            }
            if (address instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress() && ipv6.getScopeId() > 0) {
                try {
                    return text + "%"
                            + NetworkInterface.getByIndex(ipv6.getScopeId()).getName();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
            return text;
        }

        @Override
        public void close() {
            interfaces.forEach(each -> ip("link delete " + each));
            if (name.startsWith("a loopback")) {
                ip("-6 address delete fd00:a::1/128 dev lo");
            }
        }
    }
}
