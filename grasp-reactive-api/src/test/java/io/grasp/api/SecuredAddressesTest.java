package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.security.Identity;
import io.grasp.substrate.netty.TestNetwork;
import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.acp.NeighborSource;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Secured nodes accept connections at the addresses of the interfaces that they were given, or at the given addresses,
 * and tell peers no others. The host has more: one on each interface, and one that leads to the neighbor.
 */
class SecuredAddressesTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final String GIVEN = "fd6a:7261:7370::1"; // on grasp0
    private static final String OF_NEIGHBOR = "fd77::1"; // on grasp1
    private static final String ACP = "fd89:b714:f3db::7"; // on lo, like all that begin so
    private static final String ACP_OF_NEIGHBOR = "fd89:b714:f3db::8";
    private static final String UNUSED = "fd89:b714:f3db::9";

    private final List<Grasp> nodes = new ArrayList<>();
    private final List<Identity> identities = new ArrayList<>();
    private final Identities domain = new Identities();

    @BeforeEach
    void addAddresses() {
        NettyWorld.require();
        addresses("add");
    }

    @AfterEach
    void close() {
        nodes.forEach(Grasp::close);
        identities.forEach(Identity::close);
        addresses("delete");
    }

    private static void addresses(String command) {
        TestNetwork.ip("-6 address " + command + " " + OF_NEIGHBOR + "/64 dev grasp1"
                + (command.equals("add") ? " nodad" : ""));
        for (String each : List.of(ACP, ACP_OF_NEIGHBOR, UNUSED)) {
            TestNetwork.ip("-6 address " + command + " " + each + "/128 dev lo");
        }
    }

    private Identity identity(String name) {
        Identity opened = domain.open(name);
        identities.add(opened);
        return opened;
    }

    private Grasp start(GraspConfig config) {
        Grasp node = result(Grasp.start(config));
        nodes.add(node);
        return node;
    }

    private static <T> T result(Mono<T> mono) {
        T value = mono.block(BOUND);
        assertThat(value).isNotNull();
        return value;
    }

    private static InetAddress parse(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InetAddress linkLocal(String name) throws IOException {
        return NetworkInterface.getByName(name)
                .inetAddresses()
                .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
                .findFirst()
                .orElseThrow();
    }

    private static String plain(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains("%") ? text.substring(0, text.indexOf('%')) : text;
    }

    /** {@return where connections to a port are accepted, as the kernel describes it} */
    private static Set<String> listening(int port) {
        String suffix = String.format(":%04X", port);
        return TestNetwork.openSockets().stream()
                .map(line -> line.trim().split(" +", -1))
                .filter(columns -> columns[3].equals("0A") && columns[1].endsWith(suffix))
                .map(columns -> columns[1])
                .collect(Collectors.toSet());
    }

    private static Set<String> hex(int port, String... addresses) {
        return Set.of(addresses).stream()
                .map(each -> TestNetwork.hex(each, port))
                .collect(Collectors.toSet());
    }

    /** What a node says of itself, and what a neighbor learns from its answer and its flood. */
    private static Set<InetAddress> told(Grasp node, Grasp neighbor) {
        NodeLocators own = result(node.locators());
        Set<InetAddress> told = new HashSet<>();
        told.add(own.initiator());
        own.links().forEach(link -> told.add(link.locator().address()));
        Locator tag = own.links().get(0).locator();
        Asa asa = result(node.registerAsa("asa"));
        asa.register(EX3).block(BOUND);
        asa.listenNegotiate(EX3).subscribe();
        Asa asking = result(neighbor.registerAsa("asking"));
        // The first may come before the other node listens, or before both ends have the link.
        AsaLocator found =
                result(asking.discover(EX3, Duration.ofSeconds(1)).next().repeatWhenEmpty(20, each -> each));
        told.add(found.locator().address());
        Objective value = new Objective("EX2", 4, 6, ObjectiveValue.of("a value"));
        asa.register(value).block(BOUND);
        Mono<FloodedObjective> received = asking.floods("EX2").next().cache();
        received.subscribe();
        asa.flood(List.of(new TaggedObjective(value, tag)), Duration.ofMinutes(1))
                .block(BOUND);
        FloodedObjective flood = result(received);
        told.add(flood.initiator());
        assertThat(flood.locator()).isEqualTo(tag);
        return told;
    }

    @Test
    void anAcpNodeUsesTheAcpAddressAndTheLinkLocalAddressesOfItsInterfaces() throws Exception {
        Grasp node = start(
                GraspConfig.defaults().withAcp(acp(TestNetwork.LINK, ACP).withNeighborSources(), identity("node")));
        int port = result(node.locators()).port();
        InetSocketAddress seen = new InetSocketAddress(
                Inet6Address.getByAddress(
                        null, linkLocal(TestNetwork.LINK).getAddress(), TestNetwork.index(TestNetwork.OTHER_END)),
                port);
        Grasp neighbor = start(GraspConfig.defaults()
                .withAcp(
                        acp(TestNetwork.OTHER_END, ACP_OF_NEIGHBOR)
                                .withNeighborSources(
                                        NeighborSource.configured(Map.of(TestNetwork.OTHER_END, List.of(seen)))),
                        identity("neighbor")));

        assertThat(listening(port)).isEqualTo(hex(port, plain(linkLocal(TestNetwork.LINK)), ACP));
        assertThat(result(node.locators()).links())
                .extracting(NodeLocators.OnLink::name)
                .containsExactly(TestNetwork.LINK);
        assertThat(told(node, neighbor)).containsExactly(parse(ACP));
    }

    private static AcpConfig acp(String link, String address) {
        return AcpConfig.on(link + "*")
                .withAddress(parse(address))
                .withPort(0)
                .withInterfacePoll(Duration.ofMillis(20));
    }

    @Test
    void anOverlayNodeTellsOnlyTheAddressesAtWhichItAccepts() {
        Grasp neighbor = start(GraspConfig.defaults().withOverlay(overlay(OF_NEIGHBOR), identity("neighbor")));
        Grasp node = start(GraspConfig.defaults()
                .withOverlay(
                        overlay(GIVEN)
                                .withNeighbors("[" + OF_NEIGHBOR + "]:"
                                        + result(neighbor.locators()).port()),
                        identity("node")));
        int port = result(node.locators()).port();

        assertThat(result(node.links()))
                .as("the system has chosen an address that the node was not given")
                .singleElement()
                .matches(link -> link.linkLocalAddress().equals(parse(OF_NEIGHBOR)));
        assertThat(listening(port)).isEqualTo(hex(port, GIVEN));
        assertThat(told(node, neighbor)).containsExactly(parse(GIVEN));
    }

    private static OverlayConfig overlay(String address) {
        return OverlayConfig.defaults().withPort(0).withAddresses(parse(address));
    }
}
