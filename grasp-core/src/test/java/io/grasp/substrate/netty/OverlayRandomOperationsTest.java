package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.security.Identity;
import io.grasp.substrate.Link;
import io.grasp.substrate.netty.member.Members;
import io.grasp.substrate.netty.member.MembersState;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.netty.overlay.OverlayState;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A few nodes do random things for a moment, and so does the network between them. Then everything is as the wishes for
 * neighbors say, and nothing is left when the nodes are closed.
 *
 * <p>What is done follows from a seed, though not when the threads and sockets take their turns. A failure names the
 * seed: {@code -Dgrasp.seed=17} does the same again, or {@code 17-99} these, and {@code -Dgrasp.operations=3,5,9} only
 * some of it.
 */
class OverlayRandomOperationsTest extends OverlayTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int FIRST_PORT = 20_000; // below those that the system chooses
    private static final int MAX_WISHES = 4;
    private static final List<InetAddress> ADDRESSES = addresses("::1", "127.0.0.1", TestNetwork.ADDRESS);

    private static List<InetAddress> addresses(String... texts) {
        return Arrays.stream(texts).map(PeerAddresses::literal).toList();
    }

    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final List<Identity> identities = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<OverlayNode> everStarted = new ArrayList<>();
    private final List<TestProxy> proxies = new ArrayList<>();
    private final List<InetSocketAddress> targets = new ArrayList<>();
    private final List<InetSocketAddress> formerPlaces = new ArrayList<>();
    private final List<Opened> opened = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final long began = System.nanoTime();
    private int nextPort = FIRST_PORT;
    private int nextMark;
    private Random random;

    @BeforeEach
    void catchWhatIsNotCaught() {
        loop.execute(() -> Thread.currentThread().setUncaughtExceptionHandler((thread, what) -> uncaught.add(what)));
    }

    @AfterEach
    void closeProxies() {
        everStarted.forEach(OverlayNode::close);
        proxies.forEach(TestProxy::close);
        identities.forEach(Identity::close);
    }

    static LongStream seeds() {
        String[] range = System.getProperty("grasp.seed", "1-200").split("-", -1);
        return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void someSeeds(long seed) {
        run(seed, 12);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("seeds")
    void manySeeds(long seed) {
        run(seed, 40);
    }

    /** What is done, with numbers that choose what it is done to. */
    private record Operation(Kind kind, int x, int y, int z) {}

    private enum Kind {
        FIND(8),
        LOSE(5),
        SESSION(12),
        SEND(6),
        CLOSE(5),
        ABORT(3),
        STOP_READING(2),
        KEEP_OPEN(1),
        RESET(4),
        PROXY(5),
        LEAD(3),
        IDENTITY(2),
        RENEW(2),
        RESTART(2),
        PAUSE(4);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    private List<Operation> operations(int count) {
        List<Kind> kinds = Arrays.stream(Kind.values())
                .flatMap(kind -> IntStream.range(0, kind.weight).mapToObj(i -> kind))
                .toList();
        List<Operation> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Operation(
                    kinds.get(random.nextInt(kinds.size())),
                    random.nextInt(1 << 20),
                    random.nextInt(1 << 20),
                    random.nextInt(1 << 20)));
        }
        String chosen = System.getProperty("grasp.operations");
        return chosen == null
                ? all
                : Arrays.stream(chosen.split(",", -1))
                        .map(index -> all.get(Integer.parseInt(index)))
                        .toList();
    }

    /** One of the nodes, started again and again. */
    private final class Node {
        private final String name;
        private final SwitchedIdentity identity;
        private final boolean streams = random.nextInt(4) > 0;
        private final int maxNeighbors = random.nextInt(3) > 0 ? 64 : 1 + random.nextInt(2);
        private final int maxConnections = random.nextInt(3) > 0 ? 64 : 2 + random.nextInt(3);
        private final int maxConnectionsOfPeer = random.nextInt(3) > 0 ? 8 : 2 + random.nextInt(2);
        private final int maxSessions = random.nextInt(3) > 0 ? 64 : 2 + random.nextInt(4);
        private final int idleMillis = random.nextInt(3) > 0 ? 60 : 300;
        private final List<InetAddress> addresses = new ArrayList<>();
        private final Set<InetSocketAddress> wishes = new LinkedHashSet<>();
        private final Set<InetSocketAddress> configured = new LinkedHashSet<>();
        private OverlayNode node;
        private NeighborSource.Neighbors source;
        private int port;

        Node(String name) {
            this.name = name;
            identity = new SwitchedIdentity(newIdentity(name));
            ADDRESSES.stream()
                    .filter(each -> each.equals(OverlayNode.HOST) || random.nextInt(3) > 0)
                    .forEach(addresses::add);
        }

        void start(int newPort) {
            port = newPort;
            wishes.clear();
            node = OverlayRandomOperationsTest.this.start(
                    identity,
                    config -> config.withPort(port)
                            .withAddresses(addresses.toArray(InetAddress[]::new))
                            .withStreams(streams)
                            .withMaxNeighbors(maxNeighbors)
                            .withMaxConnections(maxConnections, maxConnectionsOfPeer)
                            .withMaxSessions(maxSessions, Math.max(2, maxSessions / 2))
                            .withIdleTime(Duration.ofMillis(idleMillis))
                            .withKeepalive(Duration.ofMillis(500))
                            .withConnectTimeout(Duration.ofSeconds(2))
                            .withHandshakeTimeout(Duration.ofSeconds(2))
                            .withCloseTimeout(Duration.ofMillis(300))
                            .withRenewal(Duration.ofMillis(30), Duration.ofMinutes(1))
                            .withNeighborWait(Duration.ofMillis(50))
                            .withNeighbors(
                                    configured.stream().map(AddressText::of).toList())
                            .withNeighborSource(neighbors -> {
                                source = neighbors;
                                return ended -> ended.done(null);
                            }));
            everStarted.add(node);
        }

        Members members() {
            return OverlayState.members(node.substrate());
        }

        Set<InetSocketAddress> wanted() {
            Set<InetSocketAddress> all = new LinkedHashSet<>(wishes);
            all.addAll(configured);
            return all;
        }

        boolean isAt(InetSocketAddress place) {
            return port == place.getPort() && addresses.contains(place.getAddress());
        }

        /** {@return its links with another node} */
        List<Link> linksWith(Node other) {
            return node.links.stream()
                    .filter(link -> link.name().startsWith("peer:" + Identities.name(other.name)))
                    .toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A session that a node has opened. */
    private final class Opened {
        private final int id = nextMark++;
        private final Node from;
        private final OverlayNode opener;
        private final InetSocketAddress to;
        private final OverlayNode.Session end;
        private int sent;

        Opened(Node from, InetSocketAddress to) {
            this.from = from;
            this.opener = from.node;
            this.to = to;
            Locator locator = to.getAddress() instanceof Inet4Address ipv4
                    ? new Locator.Ipv4(ipv4, Locator.TCP, to.getPort())
                    : new Locator.Ipv6((Inet6Address) to.getAddress(), Locator.TCP, to.getPort());
            end = opener.connect(locator, 0);
            send(4);
        }

        void send(int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = expected(sent + i);
            }
            sent += length;
            opener.onLoop(() -> {
                end.connection.send(bytes, ignored -> {});
                return true;
            });
        }

        /** It begins with its number, so that the other end is known. */
        private byte expected(int index) {
            return index < 4 ? (byte) (id >> 8 * (3 - index)) : (byte) (id + index);
        }

        boolean isEchoed() {
            byte[] bytes = end.bytes();
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] != expected(i)) {
                    throw new AssertionError(this + " has received what it has not sent, at " + i);
                }
            }
            return bytes.length == sent;
        }

        @Override
        public String toString() {
            String state = end.closed ? "closed " + end.failure : end.opened ? "open" : "being opened";
            return "session " + id + " of " + from + " to " + to + " (" + state + ", " + end.size() + " of " + sent
                    + " echoed)";
        }
    }

    private Identity newIdentity(String name) {
        Identity identity = DOMAIN.open(name);
        identities.add(identity);
        return identity;
    }

    private void note(String what) {
        log.add((System.nanoTime() - began) / 1_000_000 + " " + what);
    }

    private void run(long seed, int count) {
        random = new Random(seed);
        try {
            int size = 3 + random.nextInt(2);
            for (int i = 0; i < size; i++) {
                nodes.add(new Node("" + (char) ('a' + i)));
            }
            int end = random.nextInt(4);
            List<Integer> ports =
                    IntStream.range(0, size).map(i -> nextPort++).boxed().toList();
            for (int i = 0; i < size; i++) {
                if (random.nextInt(4) == 0) {
                    Node other = nodes.get((i + 1 + random.nextInt(size - 1)) % size);
                    nodes.get(i)
                            .configured
                            .add(new InetSocketAddress(
                                    any(other.addresses, random.nextInt(1 << 20)), ports.get(nodes.indexOf(other))));
                }
            }
            List<Operation> operations = operations(count);
            for (int i = 0; i < size; i++) {
                nodes.get(i).start(ports.get(i));
            }
            for (int i = 0; i < 2; i++) {
                InetSocketAddress target = new InetSocketAddress(OverlayNode.HOST, nodes.get(i).port);
                proxies.add(new TestProxy(target, i > 0 && size == 3));
                targets.add(target);
            }
            for (int i = 0; i < operations.size(); i++) {
                Operation each = operations.get(i);
                note(i + " " + each.kind);
                perform(each);
            }
            if (end > 0) {
                settle();
            }
            if (end > 1) {
                forget();
            }
            closeAll(end);
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage() + "\n" + describe(), failure);
        }
        assertThat(uncaught).isEmpty();
    }

    private static <T> T any(List<T> all, int choice) {
        return all.get(choice % all.size());
    }

    private void perform(Operation operation) {
        Node node = any(nodes, operation.x);
        int y = operation.y;
        int z = operation.z;
        switch (operation.kind) {
            case FIND -> {
                InetSocketAddress place = place(y, z);
                if (node.wishes.size() < Math.min(MAX_WISHES, node.maxNeighbors)) {
                    note(node + " wants " + place);
                    node.wishes.add(place);
                    node.source.found(place);
                }
            }
            case LOSE -> {
                if (!node.wishes.isEmpty()) {
                    InetSocketAddress place = any(List.copyOf(node.wishes), y);
                    note(node + " does not want " + place);
                    node.wishes.remove(place);
                    node.source.lost(place);
                }
            }
            case SESSION -> {
                Opened session = new Opened(node, place(y, z));
                note(session.toString());
                opened.add(session);
                if (z % 3 == 0) {
                    session.send(1 + z % 60_000);
                }
            }
            case SEND ->
                withSession(y, session -> {
                    if (!session.end.closed) {
                        session.send(1 + z % 60_000);
                    }
                });
            case CLOSE -> withEnd(y, z, end -> end.connection.close());
            case ABORT -> withEnd(y, z, end -> end.connection.abort());
            case STOP_READING -> withEnd(y, z, end -> end.connection.reading(z % 3 == 0));
            case KEEP_OPEN -> node.node.answersEnds = z % 2 == 0;
            case RESET ->
                node.node.onLoop(() -> {
                    note(node + " resets one of " + node.members());
                    MembersState.reset(node.members(), z);
                    return true;
                });
            case PROXY -> disturb(y % proxies.size(), z);
            case LEAD -> {
                int proxy = y % proxies.size();
                lead(proxy, node);
                if (z % 3 == 0) {
                    proxies.get(proxy).dropOpen();
                } else {
                    proxies.get(proxy).reset();
                }
            }
            case IDENTITY -> {
                note(node + " has a good identity: " + (z % 2 == 0));
                node.identity.good(z % 2 == 0);
            }
            case RENEW -> {
                note(node + " has another certificate");
                node.identity.renew(newIdentity(node.name));
            }
            case RESTART -> restart(node, y % 2 == 0, z % 2 == 0);
            default -> pass(Duration.ofMillis(20 + z % 200));
        }
        if (z % 3 > 0) {
            pass(Duration.ofMillis(1 + z % 15));
        }
    }

    /** {@return a place where a node is, was, or perhaps is not} */
    private InetSocketAddress place(int y, int z) {
        Node node = any(nodes, y / 10);
        return switch (y % 10) {
            case 0 -> new InetSocketAddress(any(ADDRESSES, z), node.port);
            case 1, 2, 3 -> placeOf(proxies.get(z % proxies.size()));
            case 4 ->
                formerPlaces.isEmpty() ? new InetSocketAddress(OverlayNode.HOST, node.port) : any(formerPlaces, z);
            default -> new InetSocketAddress(any(node.addresses, z), node.port);
        };
    }

    private static InetSocketAddress placeOf(TestProxy proxy) {
        return new InetSocketAddress(OverlayNode.HOST, proxy.port());
    }

    private interface Use<T> {
        void of(T one);
    }

    private void withSession(int choice, Use<Opened> use) {
        if (!opened.isEmpty()) {
            use.of(any(opened, choice));
        }
    }

    /** Uses one end of a session, which may be over. */
    private void withEnd(int choice, int which, Use<OverlayNode.Session> use) {
        List<OverlayNode.Session> ends = which % 2 == 0
                ? opened.stream().map(each -> each.end).toList()
                : everStarted.stream().flatMap(each -> each.accepted.stream()).toList();
        List<OverlayNode.Session> open =
                ends.stream().filter(each -> !each.closed).toList();
        if (!open.isEmpty()) {
            nodes.get(0).node.onLoop(() -> {
                use.of(any(open, choice));
                return true;
            });
        }
    }

    private void disturb(int index, int z) {
        TestProxy proxy = proxies.get(index);
        int kind = z % 8;
        note("proxy " + index + " does " + kind);
        switch (kind) {
            case 0 -> proxy.resetAfter(-1);
            case 1 -> proxy.resetAfter(z % 1_000);
            case 2 -> proxy.resetAfter(1_000 + z % 10_000);
            case 3 -> proxy.drop(true);
            case 4 -> proxy.dropOpen();
            case 5 -> proxy.reset();
            case 6 -> proxy.reading(false);
            default -> calm(proxy);
        }
    }

    private static void calm(TestProxy proxy) {
        proxy.resetAfter(Integer.MAX_VALUE);
        proxy.drop(false);
        proxy.reading(true);
    }

    private void lead(int proxy, Node node) {
        note("proxy " + proxy + " leads to " + node);
        targets.set(proxy, new InetSocketAddress(OverlayNode.HOST, node.port));
        proxies.get(proxy).leadTo(targets.get(proxy));
    }

    private void restart(Node node, boolean samePort, boolean abruptly) {
        note(node + " is started again " + (samePort ? "" : "elsewhere ") + (abruptly ? "abruptly" : "cleanly"));
        if (abruptly) {
            node.node.onLoop(() -> {
                MembersState.resetAll(node.members());
                return true;
            });
        }
        node.node.close();
        if (!samePort) {
            node.addresses.forEach(each -> formerPlaces.add(new InetSocketAddress(each, node.port)));
        }
        node.start(samePort ? node.port : nextPort++);
    }

    /** {@return the node that is at a place now; {@code null} if there is none} */
    private Node nodeAt(InetSocketAddress place) {
        for (int i = 0; i < proxies.size(); i++) {
            if (placeOf(proxies.get(i)).equals(place)) {
                return nodeAt(targets.get(i));
            }
        }
        return nodes.stream().filter(each -> each.isAt(place)).findFirst().orElse(null);
    }

    /** {@return whether one node wants another as its neighbor} */
    private boolean wants(Node one, Node other) {
        return one != other && one.wanted().stream().anyMatch(place -> nodeAt(place) == other);
    }

    /**
     * {@return whether it may have the other as its neighbor instead of the node at a place, with which there can be no
     * link: because that says that it is there, or was there}
     */
    private boolean mayWant(Node one, Node other) {
        return one != other
                && one.wanted().stream().anyMatch(place -> {
                    Node there = nodeAt(place);
                    return place.getPort() == other.port
                            || there == null
                            || one.linksWith(there).isEmpty();
                });
    }

    /** {@return what is wrong with the links; {@code null} if nothing is} */
    private String wrongLinks() {
        for (Node one : nodes) {
            if (one.node.onLoop(() -> MembersState.accepted(one.members())) > one.maxNeighbors) {
                return one + " has more than " + one.maxNeighbors + " neighbors that it does not want";
            }
            for (Node other : nodes) {
                String wrong = one == other ? null : wrongLinks(one, other);
                if (wrong != null) {
                    return wrong;
                }
            }
            int others = nodes.stream()
                    .filter(each -> each != one)
                    .mapToInt(each -> one.linksWith(each).size())
                    .sum();
            if (one.node.links.size() != others) {
                return one + " has other links: " + one.node.links;
            }
        }
        return null;
    }

    private String wrongLinks(Node one, Node other) {
        int here = one.linksWith(other).size();
        int there = other.linksWith(one).size();
        if (here != there || here > 1) {
            return one + " has " + here + " links with " + other + ", which has " + there;
        }
        if (here == 1) {
            boolean wanted = wants(one, other) || wants(other, one) || mayWant(one, other) || mayWant(other, one);
            return wanted ? null : one + " and " + other + " have a link that neither wants";
        }
        if (!wants(one, other)) {
            return null;
        }
        boolean full = other.node.onLoop(() -> MembersState.accepted(other.members())) >= other.maxNeighbors;
        return full && !wants(other, one) ? null : one + " has no link with " + other + ", which it wants";
    }

    /** Lets the network and the identities be good, and awaits what follows from the wishes. */
    private void settle() {
        note("settle");
        proxies.forEach(OverlayRandomOperationsTest::calm);
        nodes.forEach(each -> each.identity.good(true));
        nodes.forEach(each -> each.node.answersEnds = true);
        everStarted.forEach(each -> each.onLoop(() -> {
            for (OverlayNode.Session end : each.accepted) {
                if (!end.closed) {
                    end.connection.reading(true);
                    if (end.inputEnded) {
                        end.connection.close();
                    }
                }
            }
            return true;
        }));
        opened.stream()
                .filter(each -> !each.end.closed)
                .forEach(each -> each.opener.onLoop(() -> {
                    each.end.connection.reading(true);
                    return true;
                }));
        await(this::wrongLinks);
        proxies.forEach(TestProxy::resetDropped); // sessions with connections of their own do not notice it
        await(this::wrongSessions);
        closeSessions();
        passMessages(false);
        openSessions(false);
        await(this::wrongLinks);
        passMessages(true);
        openSessions(true);
        await(this::wrongLinks);
    }

    /** {@return which session is not open at both ends, with all data, nor closed at both} */
    private String wrongSessions() {
        List<OverlayNode.Session> ends =
                everStarted.stream().flatMap(each -> each.accepted.stream()).toList();
        Set<Integer> openIds = new LinkedHashSet<>();
        for (OverlayNode.Session each : ends) {
            byte[] bytes = each.bytes();
            if (!each.closed && bytes.length < 4) {
                return "an accepted session has received nothing";
            }
            if (!each.closed) {
                int id = ByteBuffer.wrap(bytes).getInt();
                if (!openIds.add(id)) {
                    return "session " + id + " is open at two ends";
                }
            }
        }
        for (Opened each : opened) {
            boolean other = openIds.remove(each.id);
            // Those that wait until the peer takes one more are not open.
            boolean isOpen = !each.end.closed && (other || each.end.opened);
            if (isOpen != other || isOpen && !each.isEchoed()) {
                return each + ", open at the other end: " + other;
            }
        }
        return openIds.isEmpty() ? null : "open at the accepting end only: " + openIds;
    }

    private void closeSessions() {
        note("close sessions");
        opened.forEach(each -> each.opener.onLoop(() -> {
            each.end.connection.close();
            return true;
        }));
        await(() -> {
            for (Opened each : opened) {
                if (!each.end.closed) {
                    return each + " does not end";
                }
            }
            for (OverlayNode each : everStarted) {
                for (OverlayNode.Session end : each.accepted) {
                    if (!end.closed) {
                        return "an accepted session does not end";
                    }
                }
            }
            return null;
        });
    }

    private void passMessages(boolean first) {
        note("messages");
        for (Node one : nodes) {
            for (Node other : nodes) {
                for (Link link : one == other ? List.<Link>of() : one.linksWith(other)) {
                    passMessage(one, other, link, first);
                }
            }
        }
    }

    private void passMessage(Node one, Node other, Link link, boolean first) {
        long end = System.nanoTime() + BOUND.toNanos();
        int mark = nextMark++;
        byte[] message = ByteBuffer.allocate(4).putInt(mark).array();
        int[] looks = {0};
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        await(() -> {
            if (looks[0]++ % 20 == 0 && (looks[0] == 1 || !first)) {
                one.linksWith(other)
                        .forEach(now -> one.node.onLoop(() -> {
                            now.multicast(message, failure -> {
                                if (failure != null) {
                                    failures.add(failure);
                                }
                            });
                            return true;
                        }));
            }
            return other.node.messages.stream().anyMatch(each -> Arrays.equals(each, message))
                    ? null
                    : "a message of " + one + " has not arrived at " + other + " by " + link + failures;
        });
    }

    /** Opens a session with each place where a node is, and to places where none is. */
    private void openSessions(boolean first) {
        Set<InetSocketAddress> places = new LinkedHashSet<>();
        nodes.forEach(each -> each.addresses.forEach(address -> places.add(new InetSocketAddress(address, each.port))));
        proxies.forEach(each -> places.add(placeOf(each)));
        List<InetSocketAddress> all = new ArrayList<>(places);
        if (!formerPlaces.isEmpty()) {
            all.add(any(formerPlaces, random.nextInt(1 << 20)));
        }
        for (Node one : nodes) {
            for (InetSocketAddress place : all) {
                if (random.nextInt(2) == 0 && nodeAt(place) != one) { // with itself, it soon has too many connections
                    openSession(one, place, first);
                }
            }
        }
    }

    private void openSession(Node one, InetSocketAddress place, boolean first) {
        if (random.nextInt(4) == 0) {
            pass(Duration.ofMillis(random.nextInt(2 * one.idleMillis)));
        }
        Node other = nodeAt(place);
        Opened[] session = {null};
        await(() -> {
            Opened now = session[0];
            if (now == null || now.end.closed && !first && other != null) {
                session[0] = new Opened(one, place);
                opened.add(session[0]);
                note(session[0].toString());
                return session[0].toString();
            }
            if (other == null) {
                return now.end.closed ? null : now + " leads to nothing, but does not end";
            }
            if (now.end.closed && first) {
                throw new AssertionError(now + " has not been opened", now.end.failure);
            }
            if (!now.isEchoed()) {
                return now.toString();
            }
            boolean right = other.node.accepted.stream()
                    .anyMatch(end ->
                            end.size() >= 4 && ByteBuffer.wrap(end.bytes()).getInt() == now.id);
            if (!right && first) {
                throw new AssertionError(now + " does not lead to " + other);
            }
            if (!right) {
                one.node.onLoop(() -> {
                    now.end.connection.close();
                    return true;
                });
            }
            return right ? null : now + " does not lead to " + other;
        });
        one.node.onLoop(() -> {
            session[0].end.connection.close();
            return true;
        });
        await(() -> session[0].end.closed ? null : session[0] + " does not end");
        if (other != null) {
            assertThat(session[0].end.failure).as("end of %s", session[0]).isNull();
        }
    }

    /** No neighbor is wanted any more, and no session opened: all ends, and nothing is remembered. */
    private void forget() {
        note("forget");
        for (Node each : nodes) {
            each.wishes.forEach(each.source::lost);
            each.wishes.clear();
        }
        await(this::wrongLinks);
        if (nodes.stream().anyMatch(each -> !each.configured.isEmpty())) {
            return;
        }
        for (Node each : nodes) {
            await(() -> each.node.onLoop(
                            () -> MembersState.size(each.members()) == 0 && MembersState.places(each.members()) == 0)
                    ? null
                    : each + " does not forget");
        }
    }

    private void closeAll(int order) {
        note("close");
        List<Node> all = new ArrayList<>(nodes);
        if (order % 2 == 0) {
            Collections.reverse(all);
        }
        all.forEach(each -> each.node.close());
        for (Opened each : opened) {
            assertThat(each.end.ends).as("ends of %s", each).isOne();
            assertThat(each.end.disordered).as("order of events of %s", each).isFalse();
            each.isEchoed();
        }
        for (OverlayNode each : everStarted) {
            for (OverlayNode.Session end : each.accepted) {
                assertThat(end.ends).as("ends of an accepted session").isOne();
                assertThat(end.disordered)
                        .as("order of events of an accepted session")
                        .isFalse();
            }
            await(() -> each.onLoop(() -> {
                Members members = OverlayState.members(each.substrate());
                return MembersState.size(members) == 0 ? null : "left after the close: " + members;
            }));
        }
        await(() -> nodes.get(0).node.onLoop(() -> loop.timers() == 0 ? null : loop.timers() + " timers are left"));
    }

    private void await(Supplier<String> wrong) {
        long end = System.nanoTime() + BOUND.toNanos();
        for (String what = wrong.get(); what != null; what = wrong.get()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            pass(LOOK);
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (Node each : nodes) {
            if (each.node == null) {
                continue;
            }
            text.append(each)
                    .append(" at ")
                    .append(each.port)
                    .append(each.addresses)
                    .append(each.streams ? " streams" : " no streams")
                    .append(", maxima " + each.maxNeighbors + " " + each.maxConnections + " "
                            + each.maxConnectionsOfPeer + " " + each.maxSessions)
                    .append(", idle " + each.idleMillis)
                    .append(", configured ")
                    .append(each.configured)
                    .append(", wants ")
                    .append(each.wishes)
                    .append(", links ")
                    .append(each.node.links)
                    .append(", failures ")
                    .append(each.node.failures.stream()
                            .skip(Math.max(0, each.node.failures.size() - 3))
                            .toList())
                    .append("\n  ")
                    .append(each.node.onLoop(() -> MembersState.describe(each.members())))
                    .append('\n');
        }
        for (int i = 0; i < proxies.size(); i++) {
            text.append("proxy " + i + " leads to " + targets.get(i) + "\n");
        }
        opened.stream()
                .filter(each -> !each.end.closed)
                .forEach(each -> text.append(each).append('\n'));
        return text + String.join("\n", log);
    }
}
