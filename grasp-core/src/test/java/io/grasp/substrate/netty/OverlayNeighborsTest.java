package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.PeerRefusal;
import io.grasp.security.TestMember;
import io.grasp.substrate.Link;
import io.grasp.substrate.netty.member.MembersState;
import io.grasp.substrate.netty.member.PeerRefusedException;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.netty.overlay.OverlayState;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How links with neighbors come and go. */
class OverlayNeighborsTest extends OverlayTest {

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theLinkIsUpWhenTheStartCompletes() {
        OverlayNode one = start("one", config -> config);
        OverlayNode two = start("two", config -> config.withNeighbors(one.place()));
        assertThat(two.links).singleElement().satisfies(link -> {
            assertThat(link.name()).isEqualTo("peer:" + Identities.name("one"));
            assertThat(link.repliesInBand()).isTrue();
        });
        one.awaitLinks(1);
        assertThat(two.substrate().loop()).isSameAs(loop);
    }

    @Test
    void twoNodesThatConnectToEachOtherKeepOneConnectionAndSessionsInTheOtherEndInPeace() {
        int port = freePort();
        OverlayNode one = start("one", config -> config.withPort(port).withNeighbors("[::1]:" + freePort()));
        List<OverlayNode.Session> stay = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            OverlayNode two = start("two" + i, config -> config.withNeighbors("[::1]:" + port));
            OverlayNode.Session forth = two.connect(one);
            OverlayNode.Session back = one.connect(two);
            forth.echo(10);
            back.echo(10);
            one.awaitLinks(i + 1);
            forth.echo(10);
            two.onLoop(() -> {
                forth.connection.close();
                return true;
            });
            assertThat(forth.awaitClosed()).isNull();
            stay.add(back);
        }
        Await.until("one connection of each pair", () -> connections() == 10); // both ends are on this host
        stay.forEach(back -> back.echo(10));
    }

    @Test
    void bothSidesMayOpenAtOnce() {
        int first = freePort();
        int second = freePort();
        OverlayNode one = start(
                "one",
                config -> config.withPort(first).withNeighborWait(Duration.ZERO).withNeighbors("[::1]:" + second));
        OverlayNode two = start(
                "two",
                config ->
                        config.withPort(second).withNeighborWait(Duration.ZERO).withNeighbors("[::1]:" + first));
        one.awaitLinks(1);
        two.awaitLinks(1);
        Await.until("one connection", () -> connections() == 2);
        assertThat(one.everUp).hasSize(1);
        assertThat(two.everUp).hasSize(1);
    }

    @Test
    void aNeighborThatWasRestartedIsConnectedToAgain() {
        int port = freePort();
        OverlayNode one =
                start("one", config -> config.withNeighborWait(Duration.ZERO).withNeighbors("[::1]:" + port));
        assertThat(one.links).isEmpty();
        for (int i = 0; i < 2; i++) {
            OverlayNode two = start("two", config -> config.withPort(port));
            one.awaitLinks(1);
            two.awaitLinks(1);
            assertThat(two.multicast(new byte[] {1, 2, 3})).isNull();
            Await.until("a message", () -> !one.messages.isEmpty());
            one.messages.clear();
            two.close();
            one.awaitLinks(0);
        }
        assertThat(one.failures).isNotEmpty();
    }

    @Test
    void aFoundNeighborMayBeLostAgain() {
        OverlayNode one = start("one", config -> config);
        NeighborSource.Neighbors[] found = new NeighborSource.Neighbors[1];
        AtomicBoolean ended = new AtomicBoolean();
        OverlayNode two = start(
                "two",
                config -> config.withNeighborSource(neighbors -> {
                    found[0] = neighbors;
                    return completion -> {
                        ended.set(true);
                        completion.done(null);
                    };
                }));
        Await.until("the source", () -> found[0] != null);
        found[0].found(one.address());
        found[0].found(one.address());
        two.awaitLinks(1);
        one.awaitLinks(1);
        found[0].lost(one.address());
        two.awaitLinks(0);
        one.awaitLinks(0);
        two.close();
        assertThat(ended).isTrue();
        found[0].found(one.address());
    }

    @Test
    void aNodeTakesNoMoreNeighborsThanItMay() {
        OverlayNode center = start("center", config -> config.withMaxNeighbors(2));
        OverlayNode first = start("first", config -> config.withNeighbors(center.place()));
        start("second", config -> config.withNeighbors(center.place()));
        center.awaitLinks(2);
        InetSocketAddress place = center.address();
        OverlayNode third = start(
                "third",
                config -> config.withNeighbors(center.place())
                        .withRetry(Duration.ofMillis(20), Duration.ofSeconds(1))
                        .withNeighborSource(neighbors -> {
                            neighbors.found(place);
                            return ended -> ended.done(null);
                        }));
        center.awaitRefusal(PeerRefusal.TOO_MANY_NEIGHBORS);
        assertThat(center.links).hasSize(2);
        assertThat(third.links).isEmpty();
        Await.until("the reason", () -> !third.failures.isEmpty());
        assertThat(third.failures)
                .last()
                .asString()
                .contains("+center@example.com at ")
                .endsWith(": it does not take this node as its neighbor, because it has its maximum of neighbors");
        OverlayNode.Session session = third.connect(center);
        session.echo(10);
        first.close();
        third.awaitLinks(1);
        center.awaitLinks(2);
    }

    @Test
    void twoNodesWithOneCertificateAreNeighborsAndAThirdOneIsRefusedInWords() {
        List<OverlayNode> copies = List.of(
                start("copy", config -> config), start("copy", config -> config), start("copy", config -> config));
        OverlayNode node = start(
                "node",
                config -> config.withNeighbors(
                        copies.stream().map(OverlayNode::place).toArray(String[]::new)));
        Await.until("a failure", () -> !node.failures.isEmpty());
        assertThat(node.links)
                .hasSize(2)
                .extracting(Link::share)
                .containsOnly(node.links.get(0).share());
        assertThat(node.failures)
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessageStartingWith("this node has links to 2 nodes with the name of +copy@example.com")
                        .hasMessageEndingWith("revoke one that was copied"));
        assertThat(node.warnings).contains(LinkWarning.SAME_NAME);
        copies.forEach(each -> node.connect(each).echo(10));
        assertThat(node.multicast(new byte[] {1})).isNull();
    }

    /** Its own log says it too, because an operator may see only that one. */
    @Test
    void aThirdNodeWithOneCertificateLearnsWhyItIsRefused() {
        OverlayNode node = start("node", config -> config);
        start("copy", config -> config.withNeighbors(node.place())).awaitLinks(1);
        start("copy", config -> config.withNeighbors(node.place())).awaitLinks(1);
        OverlayNode third = start("copy", config -> config.withNeighbors(node.place()));

        node.awaitRefusal(PeerRefusal.TOO_MANY_NEIGHBORS);
        assertThat(node.sentences)
                .anyMatch(each ->
                        each.startsWith("this node has links to 2 nodes with the name of +copy@example.com at "));
        assertThat(third.links).isEmpty();
        assertThat(third.failures)
                .first()
                .asString()
                .contains("+node@example.com at ")
                .endsWith(": it does not take this node as its neighbor, because it has neighbors with this node's name"
                        + " already: issue a certificate with a name of its own for each node, and revoke one that was"
                        + " copied");
        third.connect(node).echo(10);
    }

    @Test
    void anIdleConnectionIsClosedAndOpenedAgainWhenNeeded() {
        OverlayNode one = start("one", config -> config.withIdleTime(Duration.ofMillis(100)));
        OverlayNode two = start("two", config -> config.withIdleTime(Duration.ofMillis(100)));
        for (int i = 0; i < 2; i++) {
            Await.until("no connection", () -> connections() == 0);
            OverlayNode.Session session = two.connect(one);
            session.echo(10);
            two.onLoop(() -> {
                session.connection.close();
                return true;
            });
            session.awaitClosed();
        }
        assertThat(one.everUp).as("sessions make no neighbors").isEmpty();
    }

    @Test
    void namesAreResolved() throws IOException {
        InetAddress ipv4 = InetAddress.getByName("127.0.0.1");
        OverlayNode one = start("one", config -> config.withAddresses(OverlayNode.HOST, ipv4));
        OverlayNode two = start("two", config -> config.withNeighbors("localhost:" + one.port()));
        two.awaitLinks(1);
    }

    @Test
    void aNeighborIsFollowedWhenItsNameHasOtherAddresses() throws IOException {
        try (TestDns dns = new TestDns()) {
            OverlayNode old = start("old", config -> config);
            int port = old.port();
            OverlayNode next = start(
                    "next", config -> config.withPort(port).withAddresses(PeerAddresses.literal(TestNetwork.ADDRESS)));
            dns.knows("moving.example", "::1");
            OverlayNode node = start(
                    "node",
                    config -> config.withNeighbors("moving.example:" + port)
                            .withNameServers(List.of(dns.address()))
                            .withNameRefresh(Duration.ofMillis(20)));
            assertThat(namesOfLinks(node)).containsExactly("peer:" + Identities.name("old"));

            dns.knows("moving.example", TestNetwork.ADDRESS, "::2", "::3", "::4", "::5", "::1");
            awaitQueries(dns, 6);
            dns.knows("moving.example");
            awaitQueries(dns, 6);
            assertThat(node.everUp)
                    .as("an address in use that is still one of the name's")
                    .hasSize(1);

            dns.knows("moving.example", "::2"); // nothing is there
            Await.until("a failure", () -> !node.failures.isEmpty());
            assertThat(namesOfLinks(node)).containsExactly("peer:" + Identities.name("old"));
            assertThat(node.everUp).as("a link, until there is another").hasSize(1);

            dns.knows("moving.example", TestNetwork.ADDRESS);
            Await.until(
                    "the node at the new address, now " + node.links,
                    () -> namesOfLinks(node).equals(List.of("peer:" + Identities.name("next"))));
            old.awaitLinks(0);
            next.awaitLinks(1);
        }
    }

    /** The first address is the node's own, as with the name of all nodes of a cluster. */
    @Test
    void theNextAddressOfANameIsTriedIfTheNodeAtTheFirstCannotBeANeighbor() throws IOException {
        try (TestDns dns = new TestDns()) {
            OverlayNode other =
                    start("other", config -> config.withAddresses(PeerAddresses.literal(TestNetwork.ADDRESS)));
            int port = other.port();
            dns.knows("all.example", "::1", TestNetwork.ADDRESS);
            OverlayNode node = start(
                    "node",
                    config -> config.withPort(port)
                            .withNeighbors("all.example:" + port)
                            .withNameServers(List.of(dns.address())));
            assertThat(namesOfLinks(node)).containsExactly("peer:" + Identities.name("other"));
            assertThat(node.failures).isEmpty();
            assertThat(node.onLoop(() -> MembersState.wanted(OverlayState.members(node.substrate()))))
                    .isOne();
        }
    }

    @Test
    void theFirstPauseIsLongIfTheNeighborDoesNotAcceptALink() throws IOException {
        TestMember peer = DOMAIN.authority().issue(Identities.name("peer"));
        try (AcceptingMember refusing = new AcceptingMember(peer, 1, 0)) {
            OverlayNode node = start(
                    "node",
                    config -> config.withNeighbors("[::1]:" + refusing.port(0), "[::1]:" + freePort())
                            .withRetry(Duration.ofMillis(100), Duration.ofMinutes(10)));
            Await.until("failures where nothing is", () -> failures(node, ConnectException.class) == 4);
            assertThat(node.failures.size() - failures(node, ConnectException.class))
                    .isEqualTo(1);
        }
    }

    private static long failures(OverlayNode node, Class<? extends Throwable> type) {
        return node.failures.stream().filter(type::isInstance).count();
    }

    private static List<String> namesOfLinks(OverlayNode node) {
        return node.links.stream().map(Link::name).toList();
    }

    /** Two of them belong to one search. */
    private static void awaitQueries(TestDns dns, int count) {
        int before = dns.asked.size();
        Await.until("queries", () -> dns.asked.size() >= before + count);
    }

    @Test
    void aNeighborAndItsSessionsMayHaveALinkLocalAddress() throws IOException {
        InetAddress here = linkLocal(TestNetwork.LINK);
        OverlayNode one = start("one", config -> config.withAddresses(here));
        OverlayNode two = start(
                "two",
                config -> config.withAddresses(here)
                        .withNeighbors(AddressText.of(new InetSocketAddress(here, one.port()))));
        two.awaitLinks(1);
        one.awaitLinks(1);
        Link link = two.links.get(0);
        assertThat(link.linkLocalAddress()).isEqualTo(here).isNotEqualTo(OverlayNode.HOST);
        assertThat(((Inet6Address) link.linkLocalAddress()).getScopeId())
                .as("the index of the link, not that of the interface")
                .isEqualTo(link.index());

        Locator locator = new Locator.Ipv6((Inet6Address) PeerAddresses.withoutScope(here), Locator.TCP, one.port());
        OverlayNode.Session session = two.connect(locator, link.index());
        session.echo(10);
        assertThat(((Inet6Address) one.accepted.get(0).connection.remote().getAddress()).getScopeId())
                .isEqualTo(one.links.get(0).index());
        for (int other : List.of(0, link.index() + 1, TestNetwork.index(TestNetwork.LINK))) {
            assertThat(two.connect(locator, other).awaitClosed())
                    .isInstanceOfSatisfying(
                            GraspException.class,
                            failure -> assertThat(failure.code()).isEqualTo(GraspErrorCode.INVALID_LOCATOR));
        }

        OverlayNode single = start(
                "single",
                config -> config.withAddresses(here)
                        .withStreams(false)
                        .withNeighbors(AddressText.of(new InetSocketAddress(here, one.port()))));
        single.awaitLinks(1);
        OverlayNode.Session own = single.connect(locator, single.links.get(0).index());
        own.echo(10);
        assertThat(((Inet6Address) own.connection.remote().getAddress()).getScopeId())
                .isEqualTo(single.links.get(0).index());
        single.close();
        one.awaitLinks(1);

        InetSocketAddress placeOfOne = new InetSocketAddress(here, one.port());
        OverlayNode finder = start(
                "finder",
                config -> config.withNeighborSource(neighbors -> {
                    neighbors.found(placeOfOne);
                    return ended -> ended.done(null);
                }));
        finder.awaitLinks(1);
        one.awaitLinks(2);
    }

    /** Neighbors at the ends of two cables with the address fe80::77: two of them with one name, two on one cable. */
    @Test
    void sessionsOfNeighborsWithOneLinkLocalAddressAreOnTheirOwnLinks() throws IOException {
        int port = freePort();
        try {
            for (String cable : List.of("one", "two")) {
                TestNetwork.ip("link add " + cable + "0 type veth peer name " + cable + "1");
                for (String end : List.of(cable + "0", cable + "1")) {
                    TestNetwork.ip("link set " + end + " addrgenmode none");
                    TestNetwork.ip("link set " + end + " up");
                }
                TestNetwork.addAddress("fe80::" + cable.length(), cable + "0");
                TestNetwork.addAddress("fe80::77", cable + "1");
            }
            OverlayNode node = start("node", config -> config.withAddresses().withPort(port));
            int links = 0;
            for (List<String> each : List.of(List.of("twin", "one"), List.of("twin", "two"), List.of("other", "two"))) {
                InetAddress there = InetAddress.getByName("fe80::77%" + each.get(1) + "1");
                String place = "[fe80::3%" + each.get(1) + "1]:" + port;
                OverlayNode neighbor =
                        start(each.get(0), config -> config.withAddresses(there).withNeighbors(place));
                node.awaitLinks(++links);
                Locator locator = new Locator.Ipv6((Inet6Address) InetAddress.getByName("fe80::3"), Locator.TCP, port);
                neighbor.connect(locator, neighbor.links.get(0).index()).echo(10);
            }
            assertThat(node.accepted)
                    .extracting(each -> ((Inet6Address) each.connection.remote().getAddress()).getScopeId())
                    .containsExactlyElementsOf(
                            node.links.stream().map(Link::index).toList());
        } finally {
            closeNodes(); // while they can still reach each other
            TestNetwork.ip("link delete one0");
            TestNetwork.ip("link delete two0");
        }
    }

    @Test
    void aNodeThatIsNamedAsItsOwnNeighborIsReportedAsSuch() {
        int port = freePort();
        OverlayNode node = start("node", config -> config.withPort(port).withNeighbors("[::1]:" + port));
        assertThat(node.failures.get(0))
                .hasMessage("[::1]:" + port + " is this node itself: name other nodes as its neighbors");
        assertThat(node.everUp).isEmpty();
    }

    private static InetAddress linkLocal(String name) throws SocketException {
        return Collections.list(NetworkInterface.getByName(name).getInetAddresses()).stream()
                .filter(InetAddress::isLinkLocalAddress)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theInterfaceOfALinkLocalNeighborMayAppearLater() throws IOException {
        int port = freePort();
        OverlayNode seeker = start(
                "seeker",
                config -> config.withAddresses().withPort(freePort()).withNeighbors("[fe80::77%late0]:" + port));
        assertThat(seeker.failures.get(0)).hasMessageContaining("does not have the interface of fe80::77%late0");
        TestNetwork.ip("link add late0 type veth peer name late1");
        try {
            TestNetwork.ip("link set late0 up");
            TestNetwork.ip("link set late1 up");
            TestNetwork.addAddress("fe80::77", "late0");
            InetAddress there = InetAddress.getByName("fe80::77%late0");
            OverlayNode late = start("late", config -> config.withPort(port).withAddresses(there));
            seeker.awaitLinks(1);
            late.awaitLinks(1);
        } finally {
            closeNodes(); // while they can still reach each other
            TestNetwork.ip("link delete late0");
        }
    }

    /** The link is in a connection that the former node has opened, so it would not end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNeighborIsLookedForAtItsPlaceWhenTheConnectionThatLedThereHasEnded(boolean reset) {
        OverlayNode former = start("former", config -> config);
        OverlayNode other = start("other", config -> config);
        try (TestProxy forwarded = new TestProxy(former.address(), false)) {
            OverlayNode node = start(
                    "node",
                    config -> config.withIdleTime(Duration.ofMillis(100)).withNeighbors("[::1]:" + forwarded.port()));
            node.awaitLinks(1);
            former.awaitLinks(1);
            if (reset) {
                node.connect(forwarded.port()).echo(10); // otherwise the first connection closes
            }
            former.connect(node).echo(10);
            assertThat(node.everUp).hasSize(1);

            forwarded.leadTo(other.address());
            if (reset) {
                forwarded.reset();
            }
            other.awaitLinks(1);
            former.awaitLinks(0);
            node.awaitLinks(1);
        }
    }

    /** It is found before the place of the former neighbor is forgotten. */
    @Test
    void aNeighborIsLookedForAtItsPlaceWhenAnotherNodeIsFoundThere() {
        OverlayNode former = start("former", config -> config);
        OverlayNode other = start("other", config -> config);
        CompletableFuture<NeighborSource.Neighbors> source = new CompletableFuture<>();
        try (TestProxy forwarded = new TestProxy(former.address(), false)) {
            OverlayNode node = start(
                    "node",
                    config -> config.withNeighbors("[::1]:" + forwarded.port()).withNeighborSource(neighbors -> {
                        source.complete(neighbors);
                        return ended -> ended.done(null);
                    }));
            node.awaitLinks(1);
            former.connect(node).echo(10);
            Await.until("the end of the first connection", () -> connections() == 2);

            forwarded.leadTo(other.address());
            Await.result("a source", source).found(new InetSocketAddress(OverlayNode.HOST, forwarded.port()));
            other.awaitLinks(1);
            former.awaitLinks(0);
            node.awaitLinks(1);
        }
    }

    /** A connection of one of them replaces that of the other, so nothing leads to the other's place any more. */
    @Test
    void twoNodesThatNameEachOtherByForwardedPortsConnectMoreAndMoreSeldom() {
        Duration first = Duration.ofMillis(20);
        OverlayNode one;
        OverlayNode two;
        int onePort = freePort();
        int twoPort = freePort();
        try (TestProxy toOne = new TestProxy(new InetSocketAddress(OverlayNode.HOST, onePort), false);
                TestProxy toTwo = new TestProxy(new InetSocketAddress(OverlayNode.HOST, twoPort), false)) {
            long began = System.nanoTime();
            one = startWithForwardedNeighbor("one", onePort, toTwo, first);
            two = startWithForwardedNeighbor("two", twoPort, toOne, first);
            one.awaitLinks(1);
            two.awaitLinks(1);
            int once = toOne.accepted() + toTwo.accepted();
            Await.until("further connections", () -> toOne.accepted() + toTwo.accepted() >= once + 4);
            pass(Duration.ofSeconds(1));
            for (TestProxy each : List.of(toOne, toTwo)) {
                int attempts = each.accepted();
                long pauses = first.toNanos() * 3 / 4 * ((1L << attempts - 1) - 1); // before those after the first
                assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(pauses);
            }
            one.awaitLinks(1);
            two.awaitLinks(1);
            one.close();
            two.close();
        }
    }

    private OverlayNode startWithForwardedNeighbor(String name, int port, TestProxy forwarded, Duration pause) {
        return start(
                name,
                config -> config.withPort(port)
                        .withNeighborWait(Duration.ZERO)
                        .withIdleTime(Duration.ofMillis(20))
                        .withRetry(pause, Duration.ofMinutes(1))
                        .withNeighbors("[::1]:" + forwarded.port()));
    }

    /** Their wishes need not be at one time: the connection on which one was refused may have ended meanwhile. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoNodesThatWantEachOtherAreNeighborsThoughNeitherAcceptsOthers(boolean ended) {
        List<NeighborSource.Neighbors> found = new CopyOnWriteArrayList<>();
        List<OverlayNode> full = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            OverlayNode node = start(
                    name,
                    config -> config.withMaxNeighbors(1)
                            .withIdleTime(ended ? Duration.ofMillis(100) : Duration.ofMinutes(1))
                            .withRetry(Duration.ofMillis(20), Duration.ofMinutes(1)) // long after a refusal
                            .withNeighborSource(neighbors -> {
                                found.add(neighbors);
                                return closing -> closing.done(null);
                            }));
            full.add(node);
            start("peer-of-" + name, config -> config.withNeighbors(node.place()));
            node.awaitLinks(1);
        }
        OverlayNode one = full.get(0);
        OverlayNode two = full.get(1);
        found.get(0).found(two.address());
        two.awaitRefusal(PeerRefusal.TOO_MANY_NEIGHBORS);
        assertThat(two.links).hasSize(1);
        if (ended) {
            Await.until("no connections but those with the peers", () -> connections() == 4);
        }
        found.get(1).found(one.address());
        one.awaitLinks(2);
        two.awaitLinks(2);
        assertThat(accepted(one)).isOne();
        assertThat(accepted(two)).isOne();

        found.get(0).lost(two.address());
        two.awaitLinks(1);
        one.awaitLinks(1);
        found.get(0).found(two.address());
        one.awaitLinks(2);
        two.awaitLinks(2);
        assertThat(accepted(one)).isOne();
        assertThat(accepted(two)).isOne();
    }

    /** {@return how many links there are only because the peer wants them} */
    private static long accepted(OverlayNode node) {
        return node.onLoop(() -> MembersState.accepted(OverlayState.members(node.substrate())));
    }

    @Test
    void aNeighborThatFallsSilentLosesItsLink() {
        assertSilenceEndsTheLink(true);
    }

    @Test
    @Tag("long")
    void aNeighborThatFallsSilentLosesItsLinkAlsoWithoutStreams() {
        assertSilenceEndsTheLink(false);
    }

    private void assertSilenceEndsTheLink(boolean streams) {
        Duration interval = Duration.ofMillis(300);
        OverlayNode one = start("one", config -> config.withStreams(streams).withKeepalive(interval));
        try (TestProxy proxy = new TestProxy(one.address(), false)) {
            OverlayNode two = start(
                    "two",
                    config ->
                            config.withStreams(streams).withKeepalive(interval).withNeighbors("[::1]:" + proxy.port()));
            two.awaitLinks(1);
            one.awaitLinks(1);
            OverlayNode.Session session = streams ? two.connect(proxy.port()) : null;
            if (streams) {
                session.echo(10);
            }
            CompletableFuture<Boolean> quiet = new CompletableFuture<>();
            loop.execute(() -> loop.wakeAt(loop.nanoTime() + 4 * interval.toNanos(), () -> quiet.complete(true)));
            Await.result("a time without messages", quiet);
            assertThat(List.of(one.everUp.size(), two.everUp.size()))
                    .as("links that carry only signs of life")
                    .containsExactly(1, 1);

            proxy.stopAccepting(); // another connection would keep the link of the side that is later
            proxy.reading(false);
            one.awaitLinks(0);
            two.awaitLinks(0);
            if (streams) {
                assertThat(session.awaitClosed()).hasMessageContaining("no sign of life");
            }
            two.close();
        }
    }

    @Test
    void sessionsToNamesLeadToMembersOnly() throws IOException {
        try (TestDns dns = new TestDns()) {
            InetAddress here = PeerAddresses.literal(TestNetwork.ADDRESS);
            OverlayNode callee = start("callee", config -> config.withAddresses(here));
            OverlayNode strict = start("strict", config -> config);
            OverlayNode caller =
                    start("caller", config -> config.withResolveNames(true).withNameServers(List.of(dns.address())));
            dns.knows("callee.example", "fe80::1", "::1", TestNetwork.ADDRESS);
            Locator name = new Locator.Fqdn("callee.example", Locator.TCP, callee.port());
            assertThat(caller.onLoop(caller.substrate()::resolvesNames)).isTrue();
            OverlayNode.Session session = caller.connect(name, 0);
            session.echo(10);
            assertThat(session.connection.peerIdentity().nodeName()).hasToString(Identities.name("callee"));
            assertThat(session.connection.remote().getAddress()).isEqualTo(here);
            OverlayNode.Session second = caller.connect(name, 0);
            second.echo(10);
            assertThat(connections()).as("both in one connection").isEqualTo(2);

            assertThat(strict.onLoop(strict.substrate()::resolvesNames)).isFalse();
            assertFails(strict.connect(name, 0), GraspErrorCode.INVALID_LOCATOR, "does not resolve names");
            assertFails(
                    caller.connect(new Locator.Fqdn("nobody.example", Locator.TCP, 7017), 0),
                    GraspErrorCode.INVALID_LOCATOR,
                    "there is no host nobody.example");
            try (ServerSocket outsider = new ServerSocket(0, 50, here)) {
                Locator.Fqdn toOutsider = new Locator.Fqdn("callee.example", Locator.TCP, outsider.getLocalPort());
                OverlayNode.Session refused = caller.connect(toOutsider, 0);
                outsider.accept().close();
                assertThat(refused.awaitClosed()).isInstanceOf(PeerRefusedException.class);
            }
            OverlayNode.Session resolving = caller.connect(new Locator.Fqdn("never.silent", Locator.TCP, 7017), 0);
            Await.until("a query", () -> dns.asked.contains("never.silent"));
            caller.close();
            assertThat(resolving.awaitClosed()).isNull();
        }
    }

    private static void assertFails(OverlayNode.Session session, GraspErrorCode code, String why) {
        assertThat(session.awaitClosed())
                .isInstanceOfSatisfying(
                        GraspException.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageContaining(why);
    }

    @Test
    void aNeighborThatIsNoLongerWantedLearnsItAlsoIfTheQueueIsFull() {
        OverlayNode slow = start("slow", config -> config);
        NeighborSource.Neighbors[] found = new NeighborSource.Neighbors[1];
        try (TestProxy proxy = new TestProxy(slow.address(), false)) {
            OverlayNode flooding = start(
                    "flooding",
                    config -> config.withQueueBytes(100_000).withNeighborSource(neighbors -> {
                        found[0] = neighbors;
                        return ended -> ended.done(null);
                    }));
            InetSocketAddress place = new InetSocketAddress(OverlayNode.HOST, proxy.port());
            Await.until("the source", () -> found[0] != null);
            found[0].found(place);
            flooding.awaitLinks(1);
            slow.awaitLinks(1);
            proxy.reading(false);
            for (int size : new int[] {60_000, 5_000, 500, 50, 1}) {
                fillQueue(flooding, size);
            }
            found[0].lost(place);
            flooding.awaitLinks(0);
            proxy.reading(true);
            slow.awaitLinks(0);
            flooding.close();
        }
    }

    private static void fillQueue(OverlayNode flooding, int size) {
        Throwable[] full = new Throwable[1];
        while (full[0] == null) {
            flooding.onLoop(() -> {
                for (int i = 0; i < 100; i++) {
                    flooding.links.get(0).multicast(new byte[size], failure -> full[0] = failure);
                }
                return true;
            });
        }
    }

    @Test
    void foundNeighborsThatDoNotAnswerMakeRoomForOthers() {
        OverlayNode real = start("real", config -> config);
        OverlayNode other = start("other", config -> config);
        NeighborSource.Neighbors[] found = new NeighborSource.Neighbors[1];
        OverlayNode node = start(
                "node",
                config -> config.withMaxNeighbors(2).withNeighborSource(neighbors -> {
                    found[0] = neighbors;
                    return ended -> ended.done(null);
                }));
        Await.until("the source", () -> found[0] != null);
        found[0].found(new InetSocketAddress(OverlayNode.HOST, 1));
        found[0].found(new InetSocketAddress(OverlayNode.HOST, 2));
        Await.until("failures of both", () -> node.failures.size() >= 3);
        found[0].found(real.address());
        node.awaitLinks(1);
        int before = node.failures.size();
        Await.until("another failure", () -> node.failures.size() > before);
        found[0].found(other.address());
        node.awaitLinks(2);
        assertThat(node.refusals)
                .as("those that gave way")
                .containsExactly(PeerRefusal.TOO_MANY_NEIGHBORS, PeerRefusal.TOO_MANY_NEIGHBORS);
    }
}
