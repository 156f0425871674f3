package io.grasp.substrate.netty.acp;

import io.grasp.model.LinkWarning;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.acp.LinkMessages.Hello;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The neighbors on one interface, and the connections with them. RFC 8994 leaves open which side opens the connection,
 * so that either may:
 *
 * <ul>
 *   <li>This node connects to each neighbor that a source reports, unless that neighbor has connected to it.
 *   <li>Of two connections between the same two nodes, that of the node with the higher instance identity is kept; of
 *       two that the same node has opened, the newer. Nodes are the same if the address and the identity in the hello
 *       are.
 *   <li>A neighbor that sends no hello follows the RFC alone. It may expect its own connection to stay, so both stay,
 *       and messages to it go on the connection of this node, if there is one.
 *   <li>A lost neighbor is tried again, see {@link AcpConfig#withRetry}.
 * </ul>
 */
final class LinkNeighbors implements NeighborConnection.Events {
    private final NettyLoop loop;
    private final AcpConfig config;
    private final AcpLink link;
    private final SubstrateListener listener;
    private final InstanceId instance;
    private final byte[] hello;
    private final Runnable firstReports;
    private final List<Runnable> watches = new ArrayList<>();
    private final List<Report> reports = new ArrayList<>();
    private final Map<NeighborAddress, Target> targets = new TreeMap<>();
    private final List<NeighborConnection> connections = new ArrayList<>();
    /** The connections that a message to all neighbors is sent on. */
    private List<NeighborConnection> senders = List.of();

    /** The neighbors that sources report and that are not tried, because there are too many. */
    private Set<NeighborAddress> notTried = Set.of();

    private Loop.@Nullable Wakeup nextTick;
    private boolean closed;
    private Runnable gone = () -> {};

    /**
     * @param instance the identity of this run of the node
     * @param port the port at which this node accepts connections on the link
     * @param firstReports called once, when each source has reported or has failed
     */
    LinkNeighbors(
            NettyLoop loop,
            AcpConfig config,
            AcpLink link,
            SubstrateListener listener,
            InstanceId instance,
            int port,
            Runnable firstReports) {
        this.loop = loop;
        this.config = config;
        this.link = link;
        this.listener = listener;
        this.instance = instance;
        this.hello = LinkMessages.hello(
                new Hello(instance, port, (int) TimeUnit.NANOSECONDS.toMillis(config.keepaliveNanos)));
        this.firstReports = firstReports;
    }

    /** A neighbor that a source has reported. */
    private static final class Target {
        final NeighborAddress address;

        @Nullable
        NeighborConnection own;

        Loop.@Nullable Wakeup attempt;
        long notBefore;
        long attemptedAt;
        int failures;
        boolean isThisNode;

        /** What was reported last, since the neighbor was there for long enough. */
        @Nullable
        String failure;

        Target(NeighborAddress address, long now) {
            this.address = address;
            this.notBefore = now;
        }
    }

    /** What one source reports. */
    private final class Report implements NeighborSource.Listener {
        private Set<NeighborAddress> present = Set.of();
        private boolean heard;
        /** Why it does not report the neighbors as it should, or empty. */
        private String failure = "";

        @Override
        public void present(Collection<InetSocketAddress> neighbors) {
            List<InetSocketAddress> copy = List.copyOf(neighbors);
            onLoop(() -> {
                take(copy);
                update();
                heard(); // a message that is sent then waits for the connections
            });
        }

        @Override
        public void failed(Throwable cause) {
            onLoop(() -> {
                heard();
                failureIs(String.valueOf(cause.getMessage()));
            });
        }

        private void take(Iterable<InetSocketAddress> neighbors) {
            Set<NeighborAddress> now = new TreeSet<>();
            String wrong = "";
            for (InetSocketAddress each : neighbors) {
                try {
                    now.add(NeighborAddress.of(
                            each.getPort() == 0 ? new InetSocketAddress(each.getAddress(), config.port) : each));
                } catch (IllegalArgumentException notLinkLocal) {
                    wrong = String.valueOf(notLinkLocal.getMessage());
                }
            }
            present = now;
            failureIs(wrong);
        }

        /** Warns once of each failure; of the same one again only if it had ended. */
        private void failureIs(String why) {
            if (!why.equals(failure) && !why.isEmpty()) {
                warn(why);
            }
            failure = why;
        }

        private void heard() {
            if (!heard) {
                heard = true;
                if (reports.stream().allMatch(each -> each.heard)) {
                    firstReports.run();
                }
            }
        }

        private void onLoop(Runnable task) {
            try {
                loop.execute(() -> {
                    if (!closed) {
                        task.run();
                    }
                });
            } catch (RejectedExecutionException loopHasEnded) {
                // nothing is to be done any more
            }
        }
    }

    /** Begins to connect to the neighbors. */
    void open() {
        config.sources.forEach(source -> reports.add(new Report()));
        for (int i = 0; i < config.sources.size(); i++) {
            watches.add(config.sources.get(i).watch(link.name(), reports.get(i)));
        }
        if (reports.isEmpty()) {
            firstReports.run();
        }
        tick();
    }

    private void tick() {
        List.copyOf(connections).forEach(NeighborConnection::tick);
        if (!closed) {
            nextTick = loop.wakeAt(loop.nanoTime() + Math.max(1, config.keepaliveNanos / 2), this::tick);
        }
    }

    private void warn(String detail) {
        loop.run(() -> listener.linkWarning(link.name(), LinkWarning.NEIGHBOR_UNREACHABLE, detail));
    }

    /** Follows what the sources report. */
    private void update() {
        TreeSet<NeighborAddress> present = new TreeSet<>();
        reports.forEach(report -> present.addAll(report.present));
        for (Target target : List.copyOf(targets.values())) {
            if (!present.contains(target.address)) {
                targets.remove(target.address);
                cancel(target);
                if (target.own != null) {
                    target.own.close();
                }
            }
        }
        present.removeAll(targets.keySet());
        Set<NeighborAddress> tooMany = new TreeSet<>();
        for (NeighborAddress each : present) {
            if (targets.size() < config.maxNeighbors) {
                Target target = new Target(each, loop.nanoTime());
                targets.put(each, target);
                attempt(target);
            } else {
                tooMany.add(each);
                if (!notTried.contains(each)) {
                    refuse(each.on(link.index()), "so many neighbors are known on interface " + link.name());
                }
            }
        }
        notTried = tooMany;
        chooseSenders();
    }

    private void refuse(InetSocketAddress neighbor, String what) {
        loop.run(() -> listener.peerRefused(
                PeerRefusal.TOO_MANY_NEIGHBORS, neighbor, null, what + " already: " + config.maxNeighbors));
    }

    private static void cancel(Target target) {
        if (target.attempt != null) {
            target.attempt.cancel();
            target.attempt = null;
        }
    }

    /** Plans the next attempt to connect to a neighbor, if one is needed. */
    private void schedule(Target target) {
        cancel(target);
        if (!closed && isWanted(target)) {
            target.attempt = loop.wakeAt(target.notBefore, () -> attempt(target));
        }
    }

    private boolean isWanted(Target target) {
        return target.own == null && !target.isThisNode && !hasConnected(target.address);
    }

    /** {@return whether a neighbor has connected to this node, and has said where it accepts connections itself} */
    private boolean hasConnected(NeighborAddress neighbor) {
        return connections.stream()
                .anyMatch(each -> !each.isOutgoing()
                        && each.isUsable()
                        && each.hello() != null
                        && each.neighbor().equals(neighbor));
    }

    private void attempt(Target target) {
        target.attempt = null;
        if (closed || !isWanted(target)) {
            return;
        }
        target.attemptedAt = loop.nanoTime();
        NeighborConnection connection =
                new NeighborConnection(loop, config, this, hello, target.address.on(link.index()), true);
        target.own = connection;
        connections.add(connection);
        chooseSenders();
        connection.open(link.linkLocalAddress());
    }

    /** A neighbor has connected to this node. */
    void accepted(SocketChannel channel) {
        InetSocketAddress remote = channel.remoteAddress();
        if (closed || remote == null || !isOnLink(remote.getAddress())) {
            reset(channel);
            loop.run(() -> listener.dropped(SubstrateDrop.NOT_SERVED, link, remote, null));
            return;
        }
        if (!hasRoom(remote)) {
            reset(channel);
            return;
        }
        NeighborConnection connection = new NeighborConnection(loop, config, this, hello, remote, false);
        connections.add(connection);
        connection.accepted(channel);
        chooseSenders();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
    private static void reset(SocketChannel channel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    private boolean isOnLink(InetAddress address) {
        return address instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress() && ipv6.getScopeId() == link.index();
    }

    /** If there are too many, the oldest of the neighbor with the most is given up, unless each has only one. */
    private boolean hasRoom(InetSocketAddress remote) {
        List<NeighborConnection> accepted = connections.stream()
                .filter(each -> !each.isOutgoing() && each.isUsable())
                .toList();
        if (accepted.size() < config.maxNeighbors) {
            return true;
        }
        Map<InetAddress, Integer> counts = new HashMap<>();
        accepted.forEach(each -> counts.merge(each.remote().getAddress(), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (most < 2) {
            refuse(remote, "so many neighbors have connected on interface " + link.name());
            return false;
        }
        accepted.stream()
                .filter(each -> counts.getOrDefault(each.remote().getAddress(), 0) == most)
                .findFirst()
                .ifPresent(oldest -> {
                    dropped(oldest, SubstrateDrop.TOO_MANY_CONNECTIONS);
                    oldest.abort();
                });
        return true;
    }

    @Override
    public void opened(NeighborConnection connection) {
        chooseSenders();
    }

    @Override
    public void hello(NeighborConnection connection) {
        if (isFromThisNode(connection)) {
            for (Target target : targets.values()) {
                if (connection == target.own) {
                    target.isThisNode = true;
                }
            }
            connection.close();
        } else {
            for (NeighborConnection other : List.copyOf(connections)) {
                if (other != connection && other.isOpen() && connection.isOpen() && isSameNode(connection, other)) {
                    boolean keepsOther = isKept(other, connection);
                    (keepsOther ? connection : other).supersede();
                    (keepsOther ? other : connection).probe();
                }
            }
        }
        chooseSenders();
    }

    private boolean isFromThisNode(NeighborConnection connection) {
        Hello said = connection.hello();
        return said != null && said.instance().equals(instance);
    }

    private static boolean isSameNode(NeighborConnection one, NeighborConnection other) {
        Hello first = one.hello();
        Hello second = other.hello();
        return first != null
                && second != null
                && first.instance().equals(second.instance())
                && one.remote().getAddress().equals(other.remote().getAddress());
    }

    /** {@return whether an older connection is kept, and not the newer one with the same node} */
    private boolean isKept(NeighborConnection older, NeighborConnection newer) {
        Hello theirs = newer.hello();
        if (older.isOutgoing() == newer.isOutgoing() || theirs == null) {
            return false;
        }
        boolean oursIsKept = instance.compareTo(theirs.instance()) > 0;
        return older.isOutgoing() == oursIsKept;
    }

    /** Chooses one connection for each neighbor. */
    private void chooseSenders() {
        List<NeighborConnection> usable =
                connections.stream().filter(NeighborConnection::isUsable).toList();
        List<NeighborConnection> chosen = new ArrayList<>();
        for (NeighborConnection each : usable) {
            if (usable.stream().noneMatch(other -> other != each && isPreferred(other, each, usable))) {
                chosen.add(each);
            }
        }
        senders = List.copyOf(chosen);
    }

    /** {@return whether one of two connections makes the other superfluous, because it leads to the same neighbor} */
    private boolean isPreferred(NeighborConnection one, NeighborConnection other, List<NeighborConnection> all) {
        if (!one.remote().getAddress().equals(other.remote().getAddress())) {
            return false;
        }
        if (one.hello() != null && other.hello() != null) {
            boolean oneIsOlder = all.indexOf(one) < all.indexOf(other);
            return isSameNode(one, other) && (oneIsOlder ? isKept(one, other) : !isKept(other, one));
        }
        if (other.hello() != null) {
            return false;
        }
        if (other.isOutgoing()) { // it may yet turn out to lead to the same node
            return one.hello() != null && one.neighbor().equals(other.neighbor());
        }
        // A neighbor without a hello: the connection that this node has opened, or the neighbor's newest.
        return one.isOutgoing() || one.hello() != null || all.indexOf(one) > all.indexOf(other);
    }

    @Override
    public void message(NeighborConnection connection, byte[] message) {
        ReplyPath back = new ToNeighbor(connection);
        loop.run(() -> link.received(message, back));
    }

    @Override
    public void dropped(NeighborConnection connection, SubstrateDrop reason) {
        loop.run(() -> listener.dropped(reason, link, connection.remote(), null));
    }

    @Override
    public void closed(NeighborConnection connection, @Nullable Throwable failure) {
        connections.remove(connection);
        boolean lasted = connection.openNanos() >= config.firstRetryNanos;
        for (Target target : targets.values()) {
            boolean own = target.own == connection;
            if (lasted && (own || connection.neighbor().equals(target.address))) {
                target.failure = null; // meanwhile the neighbor was there
            }
            if (own) {
                target.own = null;
                ended(target, connection, lasted, failure);
            }
            if (!closed && target.own == null && target.attempt == null) {
                schedule(target);
            }
        }
        chooseSenders();
        if (closed && connections.isEmpty()) {
            gone.run();
        }
    }

    private void ended(Target target, NeighborConnection connection, boolean lasted, @Nullable Throwable failure) {
        if (connection.isSuperseded() || target.isThisNode || closed) {
            target.failure = null;
            target.notBefore = target.attemptedAt + config.firstRetryNanos;
            return;
        }
        target.failures = lasted ? 1 : target.failures + 1;
        target.notBefore = loop.nanoTime() + pause(config.firstRetryNanos, config.lastRetryNanos, target.failures);
        if (hasConnected(target.address)) {
            return;
        }
        String why = describe(connection, failure);
        if (!why.equals(target.failure)) {
            warn(why);
        }
        target.failure = why;
    }

    /** {@return how long to wait after attempts in a row that have failed} */
    static long pause(long first, long last, int failures) {
        long wait = first;
        for (int i = 1; i < failures && wait < last; i++) {
            wait *= 2;
        }
        return Math.min(wait, last);
    }

    private static String describe(NeighborConnection connection, @Nullable Throwable failure) {
        String neighbor = connection.remoteText();
        if (failure == null) {
            return "the neighbor " + neighbor + " has closed the connection";
        }
        String what = failure instanceof ConnectException && failure.getCause() != null
                ? String.valueOf(failure.getCause().getMessage())
                : String.valueOf(failure.getMessage());
        return (connection.openNanos() == 0 ? "no connection to the neighbor " : "lost the connection to the neighbor ")
                + neighbor + ": " + what;
    }

    /**
     * Sends a message to all neighbors.
     *
     * @param sent called with success when it has been handed to the network for one neighbor, or there are none that
     *     can be reached; with a failure when all neighbors are too slow, or lost
     */
    void multicast(byte[] message, Completion sent) {
        List<NeighborConnection> to = senders;
        if (to.isEmpty()) {
            sent.done(null);
            return;
        }
        AnyOf outcome = new AnyOf(to.size(), sent);
        to.forEach(each -> each.send(message, outcome));
    }

    /** Succeeds with the first success, and fails when all have failed. */
    private static final class AnyOf implements Completion {
        private final Completion whole;
        private int left;
        private boolean done;

        AnyOf(int count, Completion whole) {
            this.left = count;
            this.whole = whole;
        }

        @Override
        public void done(@Nullable Throwable failure) {
            left--;
            if (!done && (failure == null || left == 0)) {
                done = true;
                whole.done(failure);
            }
        }
    }

    /** Replies on the connection on which a message came, or on another with the same node if that one is closed. */
    private final class ToNeighbor implements ReplyPath {
        private final NeighborConnection from;

        ToNeighbor(NeighborConnection from) {
            this.from = from;
        }

        @Override
        public InetSocketAddress source() {
            NeighborAddress neighbor = from.neighbor();
            return neighbor.port() == 0 ? from.remote() : neighbor.on(link.index());
        }

        @Override
        public Runnable reply(byte[] message, Completion sent) {
            if (!link.carries(LinkMessages.type(message))) {
                sent.done(link.notCarried());
            } else {
                current().send(message, sent);
            }
            return () -> {};
        }

        private NeighborConnection current() {
            return from.isOpen()
                    ? from
                    : connections.stream()
                            .filter(each -> each.isOpen() && isSameNode(each, from))
                            .findFirst()
                            .orElse(from);
        }
    }

    /** {@return what is known about the neighbors, each of them once} */
    List<AcpNeighbor> neighbors() {
        Map<NeighborAddress, AcpNeighbor> all = new TreeMap<>();
        targets.forEach((address, target) -> {
            if (!target.isThisNode) {
                boolean connected = target.own != null && target.own.isOpen();
                all.put(address, neighbor(address, connected, connected ? null : target.failure));
            }
        });
        for (NeighborConnection each : connections) {
            if (each.isOpen()) {
                NeighborAddress address = each.neighbor();
                all.put(address, neighbor(address, true, null));
            }
        }
        return List.copyOf(all.values());
    }

    private AcpNeighbor neighbor(NeighborAddress address, boolean connected, @Nullable String failure) {
        return new AcpNeighbor(link.name(), address.on(link.index()), connected, failure);
    }

    /**
     * Ends all connections.
     *
     * @param gracefully whether what is under way is still sent
     * @param whenGone called when the last has ended, on a later turn of the loop
     */
    void close(boolean gracefully, Runnable whenGone) {
        if (closed) {
            loop.execute(whenGone);
            return;
        }
        closed = true;
        watches.forEach(loop::run);
        if (nextTick != null) {
            nextTick.cancel();
        }
        targets.values().forEach(LinkNeighbors::cancel);
        senders = List.of();
        gone = whenGone;
        if (connections.isEmpty()) {
            loop.execute(whenGone);
        }
        for (NeighborConnection each : List.copyOf(connections)) {
            if (gracefully) {
                each.close();
            } else {
                each.abort();
            }
        }
    }

    /** {@return the failure of a message while the link is closed; {@code null} while it is open} */
    @Nullable
    IOException closedFailure() {
        return closed ? new IOException("link " + link.name() + " is closed") : null;
    }
}
