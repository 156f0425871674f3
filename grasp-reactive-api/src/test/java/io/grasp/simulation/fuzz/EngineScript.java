package io.grasp.simulation.fuzz;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.GraspEngine;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.observe.CacheKind;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.simulation.Invariant;
import io.grasp.simulation.Invariants;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.util.PeerAddresses;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An engine with two links, neighbors that send what a script says, and an ASA that calls what the script says, at
 * virtual time. The same script always does the same.
 *
 * <p>Afterwards an honest neighbor still finds a value and reads it; everything is closed and nothing is left. All
 * violations of the {@link Invariant}s, of the counters, and of the contracts of calls are reported together.
 */
final class EngineScript {
    /**
     * Invariants that do not hold here: answers to forged datagrams never reach the simulated network, and the ASA of
     * the script may connect to any locator. {@link WatchedSubstrate} and {@link Forged} check where the engine connects
     * to of its own accord.
     */
    private static final Set<String> OF_THE_NETWORK =
            Set.of("a response that is reported as sent has left the node", "no node connects where no peer can be");

    private static final int SMALL = 4;
    /** The smallest number of which each of three links, unknown links and this node have a guaranteed part. */
    private static final int SMALL_SESSIONS = 12;

    private static final String OTHER_LINK = "other";
    private static final SessionId HONEST = new SessionId(0xFFFF_FF00L);
    private static final SessionId ON_OTHER_LINK = new SessionId(0xFFFF_FF01L);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration[] PAUSES = {
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofDays(1)
    };

    /** What an engine is, and what it owes an honest neighbor. */
    interface Target {
        /** {@return the types of messages that neighbors send, as {@link ScriptedMessages} numbers them} */
        int[] types();

        /** {@return an objective as neighbors usually send it} */
        default Objective usual(Objective objective) {
            return objective;
        }

        /** {@return the settings of the engine, made of those that the script has chosen} */
        EngineConfig config(EngineConfig config);

        /**
         * {@return an observer of the engine}
         *
         * @param violated receives what must not be
         */
        GraspObserver observer(Consumer<String> violated);

        /** Registers what the honest neighbor looks for, with an ASA that the script cannot reach. On the loop. */
        void serve(EngineAsa alive);

        /** Checks that the honest neighbor is served. */
        void requireServed(EngineScript run);

        /** {@return whether there is a link that the script cannot reach, with an honest neighbor} */
        default boolean hasOtherLink() {
            return false;
        }

        /** Checks that the honest neighbor on the other link is served, whatever the script has done last. */
        default void requireServedOnOtherLink(EngineScript run) {}
    }

    private final List<String> violations = new ArrayList<>();
    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimNode node = network.node("engine");
    private final Neighbor honest = new Neighbor(network.node("honest"));
    private final List<Neighbor> neighbors = Stream.of("near", "next", "far")
            .map(name -> new Neighbor(network.node(name)))
            .toList();
    /** On the other link. */
    private final Neighbor apart = new Neighbor(network.node("apart"));

    private final List<Invariant.Check> checks = new ArrayList<>();
    private final List<SimLink> links;
    private final Target target;
    private final Script script;
    private final boolean small;
    private final EngineConfig config;
    private final EngineEvents events;
    private final GraspEngine engine;
    private final WatchedSubstrate substrate;
    private final ScriptedMessages messages;
    private final LocalCalls calls;
    private final EngineAsa alive;
    private final List<InetAddress> known;
    private Neighbor asking = honest;
    private SessionId session = HONEST;
    private int ownSessions;
    private int forgeries;

    EngineScript(byte[] bytes, Target target) {
        this.target = target;
        script = new Script(bytes);
        int first = script.octet();
        small = first % 2 == 1;
        LinkKind kind = first / 4 % 4 == 3 ? LinkKind.STREAM : LinkKind.DATAGRAM;
        SimNode[] lan = {node, neighbors.get(0).node, neighbors.get(1).node, honest.node};
        links = List.of(
                network.link("lan", kind, Duration.ofMillis(1), lan),
                network.link("wan", kind, Duration.ofMillis(1), node, neighbors.get(2).node));
        if (target.hasOtherLink()) {
            network.link(OTHER_LINK, LinkKind.DATAGRAM, Duration.ofMillis(1), node, apart.node);
        }
        for (Invariant invariant : Invariants.all()) {
            if (OF_THE_NETWORK.contains(invariant.name())) {
                continue;
            }
            checks.add(invariant.begin(network, what -> violations.add(invariant.name() + ": " + what)));
        }
        network.observe(event -> checks.forEach(check -> check.happened(event)));
        Limits limits = small ? smallLimits() : Limits.DEFAULTS;
        events = new EngineEvents(limits, violations::add);
        substrate = new WatchedSubstrate(node, events, violations::add);
        EngineConfig settings = EngineConfig.DEFAULTS.withLimits(limits);
        config = target.config(small ? settings.withRelay(RelayLimits.DEFAULTS.withSessions(SMALL)) : settings);
        SplittableRandom random = new SplittableRandom(1);
        List<GraspObserver> observers =
                new ArrayList<>(List.of(events, target.observer(violations::add), new OwnSessions()));
        checks.forEach(check -> observers.add(check.started(node)));
        engine = new GraspEngine(
                config, substrate.substrate(), random, GraspObserver.all(observers.toArray(GraspObserver[]::new)));
        loop.run(() -> {
            neighbors.forEach(Neighbor::start);
            honest.start();
            apart.start();
            engine.start(failure -> {});
        });
        known = addresses();
        messages = new ScriptedMessages(events, known, ports(), target);
        calls = loop.call(() -> new LocalCalls(engine, substrate, messages, violations::add));
        calls.greedy(first / 2 % 2 == 1);
        alive = loop.call(() -> engine.registerAsa("alive"));
        loop.run(() -> target.serve(alive));
    }

    private static Limits smallLimits() {
        return Limits.DEFAULTS
                .withSessions(SMALL_SESSIONS)
                .withConnections(SMALL)
                .withConnectionsPerPeer(SMALL - 1)
                .withQueuedNegotiations(2)
                .withPendingReplies(SMALL)
                .withFloodBytes(Limits.LEAST_BYTES)
                .withOwnFloodBytes(Limits.LEAST_BYTES)
                .withDiscoveryBytes(Limits.LEAST_BYTES)
                .withRelayedLocatorBytes(Limits.LEAST_BYTES)
                .withLocators(2)
                .withRememberedSessions(SMALL);
    }

    private List<InetAddress> addresses() {
        List<InetAddress> all = new ArrayList<>();
        all.add(node.addresses().get(0));
        neighbors.forEach(neighbor -> all.add(neighbor.node.addresses().get(0)));
        substrate.links().stream()
                .filter(link -> !link.name().equals(OTHER_LINK))
                .forEach(link -> all.add(withoutScope(link.linkLocalAddress())));
        byte[] linkLocal = new byte[16];
        linkLocal[0] = (byte) 0xFE;
        linkLocal[1] = (byte) 0x80;
        linkLocal[15] = 7;
        all.add(ScriptedMessages.address(linkLocal));
        byte[] loopback = new byte[16];
        all.add(ScriptedMessages.address(loopback));
        loopback[15] = 1;
        all.add(ScriptedMessages.address(loopback));
        return all;
    }

    private Map<InetAddress, Integer> ports() {
        Map<InetAddress, Integer> ports = new HashMap<>();
        substrate.links().forEach(link -> ports.put(withoutScope(link.linkLocalAddress()), node.port()));
        network.nodes().forEach(each -> ports.put(each.addresses().get(0), each.port()));
        return ports;
    }

    private static InetAddress withoutScope(InetAddress address) {
        return ScriptedMessages.address(address.getAddress());
    }

    /** Plays the script, checks what must hold afterwards, and closes everything. */
    void run() {
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        // Exceptions of callbacks come here.
        thread.setUncaughtExceptionHandler((where, failure) -> violations.add("a callback failed: " + failure));
        try {
            while (!script.isOver()) {
                step();
                requireBounded();
            }
            end();
        } finally {
            thread.setUncaughtExceptionHandler(before);
        }
        if (!violations.isEmpty()) {
            throw new AssertionError(String.join("\n", violations));
        }
    }

    private void step() {
        int kind = script.below(16);
        Neighbor neighbor = neighbors.get(script.below(neighbors.size()));
        switch (kind) {
            case 0, 1 -> {
                byte[] bytes = messages.next(script);
                loop.run(() -> neighbor.multicast(bytes));
                settle();
            }
            case 2 -> forge(false);
            case 3 -> forge(true);
            case 4 -> {
                byte[] bytes = messages.next(script);
                loop.run(() -> neighbor.reply(bytes));
                settle();
            }
            case 5 -> connect(neighbor);
            case 6, 7, 8 -> onWire(neighbor);
            case 9, 10, 11, 12 -> {
                if (node.isAwake()) {
                    loop.run(() -> calls.call(script));
                    settle();
                }
            }
            case 13, 14 -> loop.advance(PAUSES[script.below(PAUSES.length)]);
            default -> network(neighbor);
        }
    }

    private void requireBounded() {
        EngineLoad load = engine.load();
        int sessions = config.limits().sessions() + config.relay().sessions();
        require(load.sessions() <= sessions, load + ", but at most " + sessions + " sessions");
        int connections = config.limits().connections();
        require(
                load.waitingConnections() <= connections,
                load + ", but at most " + connections + " silent connections");
    }

    /** Longer than any delay of a link. */
    private void settle() {
        loop.advance(Duration.ofMillis(5));
    }

    private void connect(Neighbor neighbor) {
        boolean linkLocal = script.flag();
        byte[] bytes = messages.next(script);
        loop.run(() -> {
            Link link = substrate.link(neighbor == neighbors.get(2) ? "wan" : "lan");
            if (!linkLocal) {
                neighbor.connect(node).send(bytes);
            } else if (link != null) {
                neighbor.connectOnLink(node, (Inet6Address) link.linkLocalAddress())
                        .send(bytes);
            }
        });
        settle();
    }

    private void onWire(Neighbor neighbor) {
        neighbor.wires.removeIf(wire -> wire.closed);
        if (neighbor.wires.isEmpty()) {
            return;
        }
        Neighbor.Wire wire = neighbor.wires.get(script.below(neighbor.wires.size()));
        int action = script.below(8);
        byte[] bytes = action < 5 ? messages.next(script) : new byte[0];
        int cut = action == 3 || action == 4 ? script.octet() % (bytes.length + 1) : bytes.length;
        loop.run(() -> {
            switch (action) {
                case 0, 1, 2 -> wire.send(bytes);
                case 3 -> {
                    wire.send(Arrays.copyOf(bytes, cut));
                    wire.send(Arrays.copyOfRange(bytes, cut, bytes.length));
                }
                case 4 -> {
                    wire.send(Arrays.copyOf(bytes, cut));
                    wire.abort();
                }
                case 5 -> wire.close();
                case 6 -> wire.abort();
                default -> wire.reading(script.flag());
            }
        });
        settle();
    }

    /** A datagram from a source that the script chooses. */
    private void forge(boolean unicast) {
        Link link = substrate.link(links.get(script.below(links.size())).name());
        int source = script.octet();
        int answer = script.below(4);
        byte[] bytes = messages.next(script);
        if (link != null) {
            ReplyPath back = new Forged(link, unicast, source, answer);
            loop.run(() -> node.loop().execute(() -> {
                // it waits while the node sleeps
                if (unicast) {
                    substrate.listener().unicastMessage(bytes, back);
                } else if (substrate.link(link.name()) != null) {
                    substrate.listener().linkMessage(link, bytes, back);
                }
            }));
        }
        settle();
    }

    private void network(Neighbor neighbor) {
        SimLink link = links.get(script.below(links.size()));
        int what = script.below(9);
        int source = script.octet();
        loop.run(() -> {
            switch (what) {
                case 0 -> link.down();
                case 1 -> link.up();
                case 2 -> node.setSecurity(Security.NONE);
                case 3 -> node.setSecurity(Security.SECURED);
                case 4 -> neighbor.node.close(failure -> {});
                case 5 -> {
                    if (!neighbor.node.isRunning()) {
                        neighbor.start();
                    }
                }
                case 6 -> node.suspend();
                case 7 -> node.resume();
                default -> {
                    if (node.isAwake()) {
                        InetSocketAddress peer = new InetSocketAddress(known.get(source % known.size()), 1);
                        substrate.listener().makesRoom(peer, null, SubstrateDrop.TOO_MANY_CONNECTIONS);
                    }
                }
            }
        });
        settle();
    }

    /** Makes the network as it was at the beginning, except what the engine remembers. */
    private void restore() {
        loop.run(() -> {
            node.resume();
            links.forEach(SimLink::up);
            node.setSecurity(Security.SECURED);
        });
        settle();
        if (engine.links().stream().noneMatch(link -> link.name().equals("lan"))) {
            // A DULL instance has used the only link that was up, and changes only when that goes down.
            loop.run(() -> links.forEach(SimLink::down));
            loop.run(() -> links.forEach(SimLink::up));
            settle();
        }
    }

    private void end() {
        restore();
        asking = apart;
        session = ON_OTHER_LINK;
        target.requireServedOnOtherLink(this);
        asking = honest;
        session = HONEST;
        if (!small) {
            target.requireServed(this);
        }
        loop.run(() -> neighbors.forEach(neighbor -> {
            neighbor.wires.forEach(Neighbor.Wire::abort);
            if (neighbor.node.isRunning()) {
                neighbor.node.close(failure -> {});
            }
        }));
        loop.advance(Duration.ofMinutes(30));
        if (small) {
            target.requireServed(this);
        }
        loop.run(() -> checks.forEach(check -> check.closing(node, engine.load())));
        loop.run(() -> events.names().forEach(this::forget));
        loop.run(() -> links.forEach(SimLink::down));
        settle();
        List<@Nullable Throwable> closed = new ArrayList<>();
        loop.run(() -> engine.close(closed::add));
        loop.run(() -> honest.node.close(failure -> {}));
        loop.run(() -> apart.node.close(failure -> {}));
        loop.runUntilIdle();
        for (CacheKind cache : CacheKind.values()) {
            events.requireEmpty(cache);
        }
        calls.requireEnded();
        checks.forEach(check -> check.closed(node, engine.load()));
        checks.forEach(Invariant.Check::ended);
        if (closed.size() != 1 || closed.get(0) != null) {
            violations.add("the engine has not closed: " + closed);
        }
        if (loop.pendingWakeups() > 0) {
            violations.add(loop.pendingWakeups() + " timers are left");
        }
    }

    /** Removes an objective from the caches: an older copy of a flood may come back when the newer one is removed. */
    private void forget(String name) {
        alive.forgetLocators(Objective.discoverable(name));
        for (List<FloodedObjective> cached = alive.getFlood(name); !cached.isEmpty(); cached = alive.getFlood(name)) {
            cached.forEach(alive::expireFlood);
        }
    }

    /**
     * The honest neighbor asks all neighbors for an objective, and is answered within a second.
     *
     * @param linkLocal whether with a link-local address
     */
    void requireDiscovered(Objective objective, boolean linkLocal) {
        Inet6Address here = (Inet6Address)
                (linkLocal
                        ? withoutScope(substrate.link("lan").linkLocalAddress())
                        : node.addresses().get(0));
        GraspOption locator = new GraspOption.LocatorOption(new Locator.Ipv6(here, Locator.TCP, node.port()));
        Neighbor by = asking;
        SessionId id = session;
        loop.run(() -> by.multicast(
                MessageEncoder.encode(new Discovery(id, by.node.addresses().get(0), objective))));
        boolean answered = loop.runUntil(
                () -> Stream.concat(by.heard.stream(), by.wires.stream().flatMap(wire -> wire.received.stream()))
                        .anyMatch(message -> message instanceof Response response
                                && id.equals(response.session())
                                && response.options().contains(locator)),
                SOON);
        require(answered, "the honest neighbor " + by.node + " does not find " + objective.name());
    }

    /** The honest neighbor connects and asks for the value of an objective. */
    void requireSynchronized(Objective objective) {
        Neighbor.Wire[] wire = new Neighbor.Wire[1];
        loop.run(() -> {
            wire[0] = asking.connect(node);
            wire[0].send(MessageEncoder.encode(new RequestSynchronization(session, objective)));
        });
        Neighbor.Wire asked = wire[0];
        boolean answered = loop.runUntil(
                () -> asked.received.stream()
                        .anyMatch(message -> message instanceof Synch synch
                                && synch.objective().name().equals(objective.name())),
                SOON);
        require(answered, "the honest neighbor " + asking.node + " does not get the value of " + objective.name());
    }

    /** {@return whether the engine's own ASAs leave the places of sessions that the links have} */
    boolean leavesPlacesToLinks() {
        return ownSessions <= config.limits().sessions() / 4; // a session within the node has two sides
    }

    /** The honest neighbor sends a message to all. */
    void honestly(byte[] message) {
        loop.run(() -> honest.multicast(message));
        settle();
    }

    /** {@return the floods of an objective in the cache} */
    List<FloodedObjective> heard(Objective objective) {
        return loop.call(() -> alive.getFlood(objective.name()));
    }

    void require(boolean condition, String otherwise) {
        if (!condition) {
            violations.add(otherwise);
        }
    }

    InetAddress honestAddress() {
        return honest.node.addresses().get(0);
    }

    /** Counts the sessions of the engine's own ASAs. */
    private final class OwnSessions implements GraspObserver {
        @Override
        public void sessionStarted(SessionInfo started) {
            ownSessions += started.role() == SessionInfo.Role.INITIATOR ? 1 : 0;
        }

        @Override
        public void sessionEnded(SessionInfo ended, SessionOutcome outcome, @Nullable Throwable failure) {
            ownSessions -= ended.role() == SessionInfo.Role.INITIATOR ? 1 : 0;
        }
    }

    /** The return path of a forged datagram: the source may be a neighbor, no host, or the node itself. */
    private final class Forged implements ReplyPath {
        private final Link link;
        private final boolean unicast;
        private final InetSocketAddress source;
        private final int answer;

        Forged(Link link, boolean unicast, int number, int answer) {
            this.link = link;
            this.unicast = unicast;
            InetAddress address = number < known.size() ? known.get(number) : ScriptedMessages.unused(number);
            int port = number % 3 == 0 ? node.port() : number % 16 == 1 ? 0 : 7000 + forgeries++;
            this.source = new InetSocketAddress(scoped(address, link), port);
            this.answer = answer;
        }

        private InetAddress scoped(InetAddress address, Link link) {
            if (!address.isLinkLocalAddress()) {
                return address;
            }
            try {
                return Inet6Address.getByAddress(null, address.getAddress(), link.index());
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public InetSocketAddress source() {
            return source;
        }

        /** An answer needs a connection to the source, except on a link of streams. */
        private void requireAnswerable() {
            InetAddress address = source.getAddress();
            boolean own =
                    address.equals(link.linkLocalAddress()) || node.addresses().contains(address);
            boolean near = PeerAddresses.isLinkLocal(address) || link.isNeighbor(address);
            if (!unicast && link.repliesInBand()) {
                return;
            }
            if (own || source.getPort() == 0 || !PeerAddresses.isPeer(address) || !unicast && !near) {
                violations.add("answers a datagram from " + source + (unicast ? "" : ", a multicast on " + link));
            }
        }

        @Override
        public Runnable reply(byte[] message, Completion sent) {
            requireAnswerable();
            switch (answer) {
                case 0 -> sent.done(null);
                case 1 -> sent.done(new IOException("refused"));
                default -> node.loop().execute(() -> sent.done(answer == 2 ? null : new IOException("not reached")));
            }
            return () -> {};
        }

        @Override
        public Connection open(ConnectionListener listener) {
            requireAnswerable();
            Locator locator = Locator.of(source.getAddress(), Locator.TCP, source.getPort());
            int link = source.getAddress() instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0;
            return node.connect(locator, link, listener);
        }
    }
}
