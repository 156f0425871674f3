package io.grasp.simulation.adversary;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.simulation.adversary.Heard.Question;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop.Wakeup;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Noop;
import io.grasp.wire.Wait;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the attacks of an adversary, on the loop of its node. */
final class Attacker implements SubstrateListener {
    private static final long NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FOREVER = 0xFFFF_FFFFL;
    private static final long A_MINUTE = Duration.ofMinutes(1).toMillis();

    /** How many discoveries come on a connection at once. */
    private static final int PIPELINED = 16;

    private final Adversary plan;
    private final SimNetwork network;
    private final SimNode node;
    private final Choices choices;
    private final Heard heard;
    private final Forgery forgery;
    private final Tally tally = new Tally();
    private final List<Link> links = new ArrayList<>();
    /** Its addresses besides the one that its node has anyway: behind it, on its links, and silent ones. */
    private final List<InetAddress> behind = new ArrayList<>();

    private final List<InetAddress> onLink = new ArrayList<>();
    private final List<InetAddress> silent = new ArrayList<>();
    /** The discoveries for the next connection. */
    private final List<byte[]> pipelined = new ArrayList<>();

    private final Set<AttackConnection> connections = new LinkedHashSet<>();
    private final Map<Attack, Wakeup> next = new EnumMap<>(Attack.class);
    private boolean stopped;

    Attacker(Adversary plan, SimNetwork network, SimNode node) {
        this.plan = plan;
        this.network = network;
        this.node = node;
        this.choices = new Choices(plan.seed() * 31 + node.name().hashCode());
        this.heard = new Heard(plan.objectives());
        this.forgery = new Forgery(node, choices, heard);
    }

    AttackCounts counts() {
        return tally.counts();
    }

    void start() {
        for (int index = 1; index < plan.addresses(); index++) {
            InetAddress own = Choices.own(node.port(), index);
            node.addAddressBehind(own);
            behind.add(own);
        }
        for (int index = 1; index < plan.addressesOnLink(); index++) {
            InetAddress own = Choices.onLink(node.port(), index);
            node.addAddress(own);
            onLink.add(own);
        }
        if (plan.rates().containsKey(Attack.HELD_ANSWERS)) {
            for (int index = 0; index < plan.addressesOnLink(); index++) {
                InetAddress own = Choices.onLink(node.port(), Adversary.MOST_ADDRESSES + index);
                node.addSilentAddress(own);
                silent.add(own);
            }
        }
        node.keepConnections(plan.rates().containsKey(Attack.KEPT_CONNECTIONS));
        node.start(this, failure -> {
            if (failure == null && !stopped) {
                plan.rates().forEach((attack, rate) -> plan(attack, choices.delayBelow(NANOS / rate)));
            }
        });
    }

    void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        next.values().forEach(Wakeup::cancel);
        List.copyOf(connections).forEach(this::abort);
        node.keepConnections(false);
        behind.forEach(node::removeAddress); // the others stay: answers to them may be on their way
        node.close(Completion.IGNORED);
    }

    private void plan(Attack attack, long delayNanos) {
        next.put(attack, node.loop().wakeAt(node.loop().nanoTime() + delayNanos, () -> {
            if (!stopped) {
                plan(attack, NANOS / Objects.requireNonNull(plan.rates().get(attack), "an attack that it makes"));
                attack(attack);
            }
        }));
    }

    private void attack(Attack attack) {
        switch (attack) {
            case FLOOD_STORM -> multicast(attack, forgery.storm());
            case FALSE_FLOODS -> multicast(attack, forgery.falseFlood());
            case DISCOVERY_STORM -> multicast(attack, forgery.discovery());
            case RAPID_REQUESTS -> multicast(attack, forgery.rapidRequest());
            case COLLIDING_KEYS -> multicast(attack, forgery.colliding());
            case BROKEN_MESSAGES -> multicast(attack, forgery.broken());
            case REPLAYS -> {
                List<byte[]> messages = heard.messages();
                if (!messages.isEmpty()) {
                    multicast(attack, choices.any(messages));
                }
            }
            case UNICAST_DISCOVERIES -> unicastDiscovery();
            case HELD_ANSWERS -> holdAnswer();
            case PIPELINED_REQUESTS -> pipeline();
            case FALSE_RESPONSES -> respond();
            case SILENT_CONNECTIONS -> beSilent();
            case KEPT_CONNECTIONS -> keep();
            case ABANDONED_SESSIONS -> abandon();
            case ENDLESS_NEGOTIATIONS, ENDLESS_WAITS -> goOn(attack);
        }
    }

    // Datagrams

    private void multicast(Attack attack, GraspMessage message) {
        heard.ours(message.session());
        multicast(attack, MessageEncoder.encode(message));
    }

    private void multicast(Attack attack, byte[] message) {
        if (links.isEmpty()) {
            return;
        }
        Link link = choices.any(links);
        if (!link.repliesInBand() && choices.chance(plan.forged())) {
            tally.forged();
            simLink(link).forge(node, forgery.source(targets()), message, sent(attack, message));
        } else if (link.repliesInBand() || onLink.isEmpty() || choices.below(1 + onLink.size()) == 0) {
            link.multicast(message, sent(attack, message));
        } else {
            multicastFrom(choices.any(onLink), attack, link, message);
        }
    }

    private void multicastFrom(InetAddress own, Attack attack, Link link, byte[] message) {
        simLink(link).forge(node, new InetSocketAddress(own, node.port()), message, sent(attack, message));
    }

    private void holdAnswer() {
        if (links.isEmpty()) {
            return;
        }
        GraspMessage question = forgery.question();
        heard.ours(question.session());
        byte[] message = MessageEncoder.encode(question);
        Link link = choices.any(links);
        if (link.repliesInBand()) {
            link.multicast(message, sent(Attack.HELD_ANSWERS, message));
        } else {
            multicastFrom(choices.any(silent), Attack.HELD_ANSWERS, link, message);
        }
    }

    private SimLink simLink(Link link) {
        return network.links().stream()
                .filter(each -> each.name().equals(link.name()))
                .findFirst()
                .orElseThrow();
    }

    private Completion sent(Attack attack, byte[] message) {
        return failure -> {
            if (failure == null) {
                tally.message(attack, message.length);
            } else {
                tally.failed();
            }
        };
    }

    private void unicastDiscovery() {
        InetSocketAddress target = target();
        if (target == null) {
            return;
        }
        GraspMessage discovery = forgery.discovery();
        byte[] message = MessageEncoder.encode(discovery);
        boolean forged = choices.chance(plan.forged());
        if (forged) {
            tally.forged();
        }
        InetSocketAddress source = forged
                ? forgery.source(targets())
                : new InetSocketAddress(onLink.isEmpty() ? primary() : choices.any(onLink), node.port());
        node.sendUnicast(target.getAddress(), source, message);
        tally.message(Attack.UNICAST_DISCOVERIES, message.length);
    }

    private void respond() {
        Question question = heard.question();
        if (question != null) {
            byte[] message = MessageEncoder.encode(forgery.response(question));
            question.back().reply(message, sent(Attack.FALSE_RESPONSES, message));
        }
    }

    /** {@return the nodes to attack} */
    private List<SimNode> targets() {
        if (!plan.targets().isEmpty()) {
            return plan.targets().stream().map(network::node).toList();
        }
        return links.stream()
                .flatMap(link -> simLink(link).nodes().stream())
                .filter(each -> each != node)
                .distinct()
                .toList();
    }

    /**
     * {@return where to connect to: an address of a target, or a neighbor that was heard if there are no chosen ones}
     */
    private @Nullable InetSocketAddress target() {
        List<InetSocketAddress> neighbors = plan.targets().isEmpty() ? heard.neighbors() : List.of();
        if (!neighbors.isEmpty() && choices.chance(0.5)) {
            return choices.any(neighbors);
        }
        List<InetSocketAddress> known = targets().stream()
                .filter(target -> !target.addresses().isEmpty())
                .map(target -> new InetSocketAddress(target.addresses().get(0), target.port()))
                .toList();
        return known.isEmpty() ? null : choices.any(known);
    }

    // Connections

    private @Nullable AttackConnection connect(Attack attack) {
        InetSocketAddress target = target();
        if (target == null || target.getPort() == 0) {
            return null;
        }
        if (connections.size() >= plan.connections()) {
            abort(connections.iterator().next());
        }
        AttackConnection made = new AttackConnection(attack, this);
        connections.add(made);
        tally.connection(attack);
        Locator locator = Locator.of(target.getAddress(), Locator.TCP, target.getPort());
        int index = target.getAddress() instanceof Inet6Address address ? address.getScopeId() : 0;
        boolean linkLocal = target.getAddress().isLinkLocalAddress();
        made.on(
                linkLocal || behind.isEmpty() && onLink.isEmpty()
                        ? node.connect(locator, linkLocal ? index : 0, made)
                        : node.connectFrom(source(), locator, made),
                false);
        return made;
    }

    private InetAddress primary() {
        return node.addresses().get(0);
    }

    /** {@return one of its addresses to connect from} */
    private InetAddress source() {
        return choices.any(Stream.of(List.of(primary()), behind, onLink)
                .flatMap(List::stream)
                .toList());
    }

    private void pipeline() {
        boolean asks = pipelined.size() < PIPELINED / 2; // a node may close the connection after a request
        pipelined.add(MessageEncoder.encode(asks ? forgery.question() : forgery.valueRequest()));
        if (pipelined.size() < PIPELINED) {
            return;
        }
        AttackConnection made = connect(Attack.PIPELINED_REQUESTS);
        Connection connection = made == null ? null : made.connection();
        if (made != null && connection != null) {
            connection.reading(false);
            pipelined.forEach(message -> send(made, message));
        }
        pipelined.clear();
    }

    private void beSilent() {
        AttackConnection made = connect(Attack.SILENT_CONNECTIONS);
        if (made != null) {
            switch (choices.below(3)) {
                case 0 -> {
                    byte[] request = MessageEncoder.encode(forgery.request(true));
                    send(made, Arrays.copyOf(request, request.length / 2));
                }
                case 1 -> send(made, MessageEncoder.encode(new Noop()));
                default -> {
                    // nothing at all
                }
            }
        }
    }

    private void keep() {
        AttackConnection made = connect(Attack.KEPT_CONNECTIONS);
        if (made != null) {
            send(made, MessageEncoder.encode(choices.chance(0.5) ? forgery.question() : forgery.valueRequest()));
        }
    }

    private void abandon() {
        AttackConnection made = connect(Attack.ABANDONED_SESSIONS);
        if (made != null) {
            begin(made, forgery.request(true));
            Connection connection = made.connection();
            if (connection != null && choices.chance(0.5)) {
                connection.reading(false);
            }
        }
    }

    /** Makes a move in one of the sessions, or begins one if no peer waits. */
    private void goOn(Attack attack) {
        for (AttackConnection each : connections) {
            SessionId session = each.session();
            if (each.attack() == attack && session != null && each.takeTurn()) {
                boolean offers = attack == Attack.ENDLESS_NEGOTIATIONS;
                send(
                        each,
                        MessageEncoder.encode(
                                offers
                                        ? new Negotiate(session, forgery.endless(each.objective()))
                                        : new Wait(session, FOREVER)));
                return;
            }
        }
        if (attack == Attack.ENDLESS_WAITS && choices.chance(0.5)) {
            waitAgain();
            return;
        }
        AttackConnection made = connect(attack);
        if (made != null) {
            begin(made, forgery.request(false));
        }
    }

    private void waitAgain() {
        List<AttackConnection> waiting = connections.stream()
                .filter(each -> each.attack() == Attack.ENDLESS_WAITS && each.isOpen() && each.session() != null)
                .toList();
        if (!waiting.isEmpty()) {
            AttackConnection one = choices.any(waiting);
            send(one, MessageEncoder.encode(new Wait(Objects.requireNonNull(one.session(), "session"), A_MINUTE)));
        }
    }

    private void begin(AttackConnection on, GraspMessage request) {
        on.request(request);
        send(on, MessageEncoder.encode(request));
    }

    private void send(AttackConnection on, byte[] bytes) {
        Connection connection = on.connection();
        if (connection != null) {
            connection.send(bytes, sent(on.attack(), bytes));
        }
    }

    void opened() {
        tally.opened();
    }

    void abort(AttackConnection which) {
        connections.remove(which);
        Connection connection = which.connection();
        if (connection != null) {
            connection.abort();
        }
    }

    void closed(AttackConnection which, boolean neverOpen) {
        connections.remove(which);
        if (neverOpen && !stopped) {
            tally.failed();
        }
    }

    // What the substrate reports

    @Override
    public void linkUp(Link link) {
        links.add(link);
    }

    @Override
    public void linkDown(Link link) {
        links.remove(link);
    }

    @Override
    public void linkFailed(String name, Throwable cause) {
        // simulated links do not fail
    }

    @Override
    public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
        heard.message(message, replyPath);
    }

    /** A node believed the adversary: its session goes on as the adversary's other ones, or nothing comes. */
    @Override
    public ConnectionListener accepted(Connection connection) {
        tally.taken();
        List<Attack> sessions = plan.rates().keySet().stream()
                .filter(each -> each == Attack.ENDLESS_NEGOTIATIONS || each == Attack.ENDLESS_WAITS)
                .toList();
        AttackConnection taken =
                new AttackConnection(sessions.isEmpty() ? Attack.SILENT_CONNECTIONS : choices.any(sessions), this);
        taken.on(connection, true);
        if (connections.size() >= plan.connections()) {
            abort(connections.iterator().next());
        }
        connections.add(taken);
        return taken;
    }

    @Override
    public void securityChanged(Security security) {
        // an adversary does not ask for protection
    }
}
