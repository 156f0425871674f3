package io.grasp.substrate.netty.overlay;

import io.grasp.model.InterfaceInfo;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NamedConnection.NameResolver;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.member.Member;
import io.grasp.substrate.netty.member.Members;
import io.grasp.substrate.netty.member.PeerRefusedException;
import io.grasp.util.PrintableText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A neighbor that this node wants, and the attempts to have it.
 *
 * <pre>
 *  RESOLVING ---&gt; CONNECTING to one address after the other ---&gt; UP
 *      ^               | none                                    | link down
 *      '--- WAITING &lt;--'-----------------------------------------'
 * </pre>
 *
 * While it is not up, a member may stand in for it. The attempts go on, because the neighbor may be another node. It is
 * the only member that says that it is at one of the addresses, if nothing can be connected to there, for example
 * because of a firewall; or the neighbor at a former address of the name, until there is a link with one at the others;
 * or the neighbor itself, if it may have left its place, or has accepted this node only after the attempt.
 *
 * <p>While the node's own identity is not good, it does nothing.
 */
final class Neighbor implements FoundNeighbors.Candidate {
    /** A link that was up for less has not succeeded: the pauses continue as if it had not been up. */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** RFC 8994 section 6.7. */
    private static final int REFUSED_MILLIS = 10_000;

    /** Receives what happens. */
    interface Events {
        /** It is up, or its first attempt has failed. */
        void tried(Neighbor neighbor);

        /** An attempt has failed. */
        void failed(Neighbor neighbor, Throwable cause);

        /** {@return whether no other neighbor of this node is the same member} */
        boolean isOnlyOne(Neighbor neighbor, Member member);
    }

    /** What the member is. */
    private enum Standing {
        /** The neighbor, which is up. */
        FOUND,
        /** A substitute that says that it is there. */
        CLAIMANT,
        /** What was found at a former address, or was at the address, which may lead to another node now. */
        FORMER
    }

    private final NettyLoop loop;
    private final OverlayConfig config;
    private final Members members;
    private final @Nullable NameResolver names;
    private final RandomGenerator jitter;
    private final Events events;
    private final String name;
    private final HostAndPort place;

    private final Queue<InetSocketAddress> untried = new ArrayDeque<>();
    private @Nullable InetSocketAddress current;
    /** The addresses of the last attempt that had any. */
    private List<InetSocketAddress> places = List.of();

    /** What the last attempt has found, and what has not accepted this node. It is wanted until the next attempt. */
    private final Set<Member> asked = new LinkedHashSet<>();

    private @Nullable Member member;
    private Standing standing = Standing.FOUND;
    private Runnable stop = () -> {};

    private Loop.@Nullable Wakeup waiting;
    private Loop.@Nullable Wakeup refresh;
    private long upSince;
    private long pauseMillis;
    private int failures;
    private String lastFailure = "";
    private boolean closed;

    Neighbor(
            NettyLoop loop,
            OverlayConfig config,
            Members members,
            @Nullable NameResolver names,
            RandomGenerator jitter,
            Events events,
            HostAndPort place) {
        this.loop = loop;
        this.config = config;
        this.members = members;
        this.names = names;
        this.jitter = jitter;
        this.events = events;
        this.place = place;
        this.name = "neighbor " + place;
    }

    /** {@return its name in messages} */
    String name() {
        return name;
    }

    @Override
    public @Nullable Member member() {
        return member;
    }

    @Override
    public int failures() {
        return failures;
    }

    /** {@return the neighbor as an operator sees it, if it is not connected} */
    InterfaceInfo describe() {
        boolean pausing = waiting != null;
        String detail = failures == 0
                ? "the node connects to it for the first time"
                : "tried " + failures + " times in vain, the last time: " + lastFailure;
        return new InterfaceInfo(
                name,
                0,
                pausing ? InterfaceInfo.State.UNREACHABLE : InterfaceInfo.State.CONNECTING,
                PrintableText.of(detail),
                List.of());
    }

    /** Begins a new attempt at once. */
    @Override
    public void begin() {
        stopAttempt();
        withdraw();
        if (closed || !members.security().permitsGrasp()) {
            return;
        }
        if (place.isAddress()) {
            InetSocketAddress address = place.literal();
            tryAll(
                    address == null ? List.of() : List.of(address),
                    new IOException("this host does not have the interface of " + place.host()));
        } else if (names != null) {
            stop = names.resolve(place.host(), (found, failure) -> {
                stop = () -> {};
                if (!closed) {
                    tryAll(
                            addresses(found),
                            failure != null ? failure : new IOException(place.host() + " has no address"));
                }
            });
        }
    }

    private List<InetSocketAddress> addresses(Iterable<InetAddress> found) {
        List<InetSocketAddress> all = new ArrayList<>();
        found.forEach(each -> all.add(new InetSocketAddress(each, place.port())));
        return all;
    }

    private void tryAll(List<InetSocketAddress> all, Throwable ifNone) {
        if (!all.isEmpty()) {
            places = all;
        }
        untried.addAll(all);
        tryNext(ifNone);
    }

    private void tryNext(Throwable lastFailure) {
        InetSocketAddress next = untried.poll();
        if (next == null) {
            failed(lastFailure);
            return;
        }
        current = next;
        stop = members.dial(next, this::found, failure -> {
            stop = () -> {};
            tryNext(failure);
        });
    }

    /** The node at the address in use. */
    private void found(Member found) {
        stop = () -> {};
        if (!isNeighborIfWanted(found)) {
            tryNext(whyNoNeighbor(found));
            return;
        }
        untried.clear();
        use(found, Standing.FOUND);
        withdraw();
        failures = 0;
        refreshLater();
        events.tried(this);
    }

    /**
     * {@return whether there is a link with a member, which is wanted from now on} If there is none, the member may
     * accept this node when it knows that, or when it wants this node too.
     */
    private boolean isNeighborIfWanted(Member other) {
        other.want(true);
        boolean isNeighbor = other.isNeighbor();
        if (!isNeighbor) {
            asked.add(other);
        }
        return isNeighbor;
    }

    /** The next attempt is to be a new wish for the member, also if another neighbor of this node has asked it. */
    private void withdraw() {
        List<Member> all = List.copyOf(asked);
        asked.clear();
        all.forEach(this::unwant);
    }

    /** Replaces the member, perhaps by none. */
    private void use(@Nullable Member next, Standing as) {
        Member former = member;
        member = next;
        standing = as;
        if (next != former) {
            upSince = loop.nanoTime();
            if (former != null) {
                unwant(former);
            }
        }
    }

    private IOException whyNoNeighbor(Member found) {
        if (members.isThisNode(found)) {
            return new IOException(place + " is this node itself: name other nodes as its neighbors");
        }
        String objection = found.objection();
        return new NotAcceptedException(objection != null ? objection : found + ": " + found.refusal());
    }

    /** The two nodes are connected, but one does not accept the other as its neighbor. */
    private static final class NotAcceptedException extends IOException {
        private static final long serialVersionUID = 1L;

        NotAcceptedException(String detail) {
            super(detail);
        }
    }

    private void refreshLater() {
        if (!place.isAddress() && names != null && !closed) {
            refresh = loop.wakeAt(
                    loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.nameRefreshMillis), this::refresh);
        }
    }

    /** Resolves the name again: if it has other addresses now, the neighbor is at one of them. */
    private void refresh() {
        refresh = null;
        if (names == null || member == null) {
            return;
        }
        stop = names.resolve(place.host(), (found, failure) -> {
            stop = () -> {};
            List<InetSocketAddress> now = addresses(found);
            if (closed || member == null) {
                return;
            }
            if (failure != null || now.isEmpty() || now.contains(current)) {
                refreshLater();
                return;
            }
            standing = Standing.FORMER;
            pausesAreShortAgain();
            tryAll(now, new IOException(place.host() + " has no address"));
        });
    }

    private void failed(Throwable cause) {
        if (closed) {
            return;
        }
        failures++;
        lastFailure = String.valueOf(cause.getMessage());
        Member claimant = claimant();
        if (member == null || standing != Standing.FORMER || member == claimant) {
            use(claimant != null && isNeighborIfWanted(claimant) ? claimant : null, Standing.CLAIMANT);
        }
        if (member == null || standing == Standing.FORMER) {
            events.failed(this, cause);
        }
        waitAndTry(cause);
        events.tried(this);
    }

    /** {@return the only member that may be the neighbor, though only it says so; {@code null} if there is none} */
    private @Nullable Member claimant() {
        List<Member> all = places.stream()
                .map(members::claimant)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return all.size() == 1 ? all.get(0) : null;
    }

    private void waitAndTry(Throwable cause) {
        if (pauseMillis == 0) {
            pauseMillis = isRefusal(cause)
                    ? Math.min(config.longestRetryMillis, Math.max(REFUSED_MILLIS, config.firstRetryMillis))
                    : config.firstRetryMillis;
        }
        long nanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        long pause = nanos - jitter.nextLong(nanos / 4 + 1);
        pauseMillis = Math.min(2 * pauseMillis, config.longestRetryMillis);
        waiting = loop.wakeAt(loop.nanoTime() + pause, this::begin);
    }

    /**
     * {@return whether one of the two nodes has not accepted the other, which an attempt soon after does not change}
     */
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof NotAcceptedException
                || cause instanceof PeerRefusedException refused
                        && refused.reason() != PeerRefusal.HANDSHAKE_ABORTED
                        && refused.reason() != PeerRefusal.HANDSHAKE_TIMEOUT;
    }

    /**
     * A member may have left a place, though there is still a link with it. The pauses are those of failed attempts, so
     * that two nodes whose places nothing confirms do not connect to each other again and again.
     */
    void left(Member other, InetSocketAddress where) {
        if (!closed && other == member && standing == Standing.FOUND && where.equals(current)) {
            standing = Standing.FORMER;
            stopAttempt();
            waitAndTry(new IOException(other + " may have left " + place));
        }
    }

    /** {@return whether the last attempt has found the node that a member is, which has not accepted this node} */
    boolean seeks(Member other) {
        return asked.stream().anyMatch(each -> each.key().equals(other.key()));
    }

    /** There is a link with a member. If it was asked for that, the next attempt shows whether it is still there. */
    void linkUp(Member other) {
        if (seeks(other)) {
            other.want(true);
            use(other, Standing.FORMER);
        }
    }

    /** The link with a member is down. */
    void linkDown(Member gone) {
        if (member != gone) {
            return;
        }
        member = null;
        if (closed) {
            return;
        }
        gone.want(false);
        if (pausesAreShortAgain() || standing == Standing.FOUND) { // otherwise the attempts go on
            stopAttempt();
            waitAndTry(new IOException("the link is down"));
        }
    }

    /** {@return whether the link was up for long enough for that} */
    private boolean pausesAreShortAgain() {
        boolean hasSucceeded = loop.nanoTime() - upSince >= STABLE_NANOS;
        if (hasSucceeded) {
            pauseMillis = 0;
        }
        return hasSucceeded;
    }

    /** The own identity has become good, or is no longer good. */
    void identityIs(boolean good) {
        pauseMillis = 0;
        if (good && (member == null || standing != Standing.FOUND)) {
            begin();
        } else if (!good) {
            stopAttempt();
        }
    }

    /** {@return whether a member is the neighbor, or stands in for it} */
    boolean uses(Member other) {
        return other == member;
    }

    private void unwant(Member old) {
        if (!uses(old) && events.isOnlyOne(this, old)) {
            old.want(false);
        }
    }

    private void stopAttempt() {
        stop.run();
        stop = () -> {};
        untried.clear();
        if (waiting != null) {
            waiting.cancel();
            waiting = null;
        }
        cancelRefresh();
    }

    private void cancelRefresh() {
        if (refresh != null) {
            refresh.cancel();
            refresh = null;
        }
    }

    @Override
    public void remove() {
        close();
        withdraw();
        use(null, Standing.FOUND);
    }

    @Override
    public void close() {
        closed = true;
        stopAttempt();
    }
}
