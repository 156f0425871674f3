package io.grasp.substrate.netty.member;

import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the node at a place (an address and port), and what waits for a connection with it.
 *
 * <pre>
 *  UNKNOWN     the begin: what waits, waits for an attempt to connect
 *  FOUND       this node has connected to it, and one of these connections is open
 *  REMEMBERED  it was found, and all these connections have ended; others with the member are open
 *  CLAIMED     nothing can be connected to, and one member says that it is here: its connections serve
 *
 *  UNKNOWN    -- connected to ---------------------------------------------------------&gt; FOUND
 *  UNKNOWN    -- cannot connect, and exactly one member claims the place ---------------&gt; CLAIMED
 *  FOUND      -- the last connection that leads here has ended ------------------------&gt; REMEMBERED
 *  REMEMBERED -- connected to again ---------------------------------------------------&gt; FOUND
 *  REMEMBERED -- that connection has failed, or another member claims the place, or the
 *                member has not claimed it for the idle time --------------------------&gt; UNKNOWN
 *  CLAIMED    -- connected to; this is tried from time to time -------------------------&gt; FOUND
 *  CLAIMED    -- the member does not claim it any more, or a second one does ----------&gt; UNKNOWN
 *  any        -- the member has no connection left ------------------------------------&gt; UNKNOWN
 * </pre>
 *
 * A connection <em>leads</em> to a place if this node has opened it to there. A member <em>claims</em> a place if it
 * has opened a connection from that address, which is still open, and has said there that it accepts connections at
 * that port. As it may name the port of another node, and several members may be behind one translator, a claim alone
 * proves nothing. New sessions use the newest connection with the member, wherever it leads.
 *
 * <p>{@link Members} holds it while it is in use: while something waits, a connection leads to it, a member claims it
 * or is remembered. A link is wanted from the node that is there now, so it is connected to unless a connection leads
 * there or the member claims it.
 */
final class Route {
    /** What it needs. */
    interface Owner {
        /** {@return whether the node's identity is good} */
        boolean isIdentityGood();

        IOException identityIsBad();

        /** Opens a session with a member on one of its connections, now or when the member takes one more. */
        void resume(DeferredConnection session, Member member, MemberConnection on, InetSocketAddress remote);

        /** Continues a session on a connection of its own. */
        void openSingle(SecureChannel on, DeferredConnection session);

        /** Uses a connection that is open, of which {@link #attached} is called first. */
        void attach(SecureChannel channel, Route route, boolean wantsLink);

        /** Nothing is known about the node any more, and nothing waits for it. */
        void forget(Route route);
    }

    private static final int MAX_PROBE_DOUBLINGS = 6;

    private final NettyLoop loop;
    private final MemberConfig config;
    private final TlsTransport transport;
    private final RandomGenerator jitter;
    private final Owner owner;
    private final InetSocketAddress remote;
    private final Set<DeferredConnection> waiting = new LinkedHashSet<>();
    /** Gives up the connection of a session with a node that has no streams, while it is being opened. */
    private final Map<DeferredConnection, Runnable> singles = new LinkedHashMap<>();

    private final Set<LinkDial> dials = new LinkedHashSet<>();

    private @Nullable Member member;
    /** The open connections with the member that this node has opened to here. */
    private final Set<MemberConnection> leading = new LinkedHashSet<>();
    /** The members that claim the place, and on how many connections each does. */
    private final Map<Member, Integer> claims = new LinkedHashMap<>();
    /** Whether the member has not been found here, but only claims it. */
    private boolean byClaim;
    /** When what is known, and nothing confirms any more, is forgotten. */
    private Loop.@Nullable Wakeup expiry;

    /** Whether the node has no streams, so that each session needs its own connection. */
    private boolean singly;

    private @Nullable Runnable giveUp;
    private @Nullable MemberConnection greeting;

    /** Those that a member serves that only claims the place. */
    private final Set<LinkDial> servedByClaim = new LinkedHashSet<>();

    /** The next attempt to connect while a claim serves. */
    private Loop.@Nullable Wakeup nextProbe;

    private boolean probing;
    private int probes;
    private boolean closed;

    Route(
            NettyLoop loop,
            MemberConfig config,
            TlsTransport transport,
            RandomGenerator jitter,
            Owner owner,
            InetSocketAddress remote) {
        this.loop = loop;
        this.config = config;
        this.transport = transport;
        this.jitter = jitter;
        this.owner = owner;
        this.remote = remote;
    }

    InetSocketAddress remote() {
        return remote;
    }

    /** {@return the member that is here, or serves as if it were, {@code null} if there is none} */
    @Nullable
    Member member() {
        return member;
    }

    boolean isLinkWanted() {
        return !dials.isEmpty();
    }

    void connect(DeferredConnection session) {
        Member known = member;
        MemberConnection open = known == null ? null : known.forStreams();
        if (known != null && open != null) {
            owner.resume(session, known, open, remote);
        } else if (singly || !config.streams()) {
            session.waitsAt(this);
            dialSingly(session);
        } else {
            session.waitsAt(this);
            waiting.add(session);
            dialIfNeeded();
        }
    }

    void dial(LinkDial dial) {
        dial.waitsAt(this);
        if (member != null && !member.isGone() && expiry == null) {
            if (byClaim) {
                servedByClaim.add(dial);
            }
            dial.found(member);
        } else {
            dials.add(dial);
            dialIfNeeded();
        }
    }

    private void dialIfNeeded() {
        if (giveUp == null && greeting == null && !(waiting.isEmpty() && dials.isEmpty())) {
            connect();
        }
    }

    private void connect() {
        boolean link = !dials.isEmpty();
        List<String> protocols = new ArrayList<>();
        if (config.streams() && !(link && singly)) {
            protocols.add(MuxWire.PROTOCOL);
        }
        protocols.add(link ? FramedWire.PROTOCOL : TlsSession.PROTOCOL);
        giveUp = transport.dial(remote, protocols, this::opened, this::failed);
    }

    private void opened(SecureChannel channel) {
        giveUp = null;
        if (!owner.isIdentityGood()) {
            channel.abort();
            failed(owner.identityIsBad());
            return;
        }
        String protocol = channel.protocol();
        if (protocol.equals(MuxWire.PROTOCOL) || protocol.equals(FramedWire.PROTOCOL)) {
            singly = protocol.equals(FramedWire.PROTOCOL);
            owner.attach(channel, this, !dials.isEmpty());
            return;
        }
        singly = true;
        DeferredConnection first = waiting.stream().findFirst().orElse(null);
        boolean probed = probing;
        probing = false;
        if (byClaim) { // another node is there
            dials.addAll(servedByClaim);
            endClaim();
        }
        if (first == null && probed) {
            channel.abort();
            dialIfNeeded();
            forgetIfUnused();
            return;
        }
        if (first == null) {
            channel.abort();
            failed(new ProtocolViolation(AddressText.onThisHost(remote)
                    + " offers sessions, but neither streams nor link messages: it cannot be a neighbor"));
            return;
        }
        waiting.remove(first);
        openSingle(channel, first);
        flush();
        forgetIfUnused();
    }

    /** A connection is in use, on which the peer has not said yet which node it is. */
    void attached(MemberConnection connection) {
        greeting = connection;
    }

    /** Serves what waits, if a node without streams is there. */
    private void flush() {
        List<DeferredConnection> others = List.copyOf(waiting);
        waiting.clear();
        others.forEach(this::connect);
        dialIfNeeded();
    }

    /** This node has connected to the place, and found a member there. */
    void greeted(MemberConnection connection, Member found) {
        if (greeting == connection) {
            greeting = null;
            probing = false;
        }
        List<LinkDial> misled = member == found ? List.of() : List.copyOf(servedByClaim);
        endClaim();
        if (member != found) {
            leading.clear();
        }
        member = found;
        leading.add(connection);
        stopExpiry();
        probes = 0;
        misled.forEach(each -> each.found(found));
        List<LinkDial> done = List.copyOf(dials);
        dials.clear();
        done.forEach(each -> each.found(found));
        flush();
        giveUpIfUnused();
    }

    /** A connection that leads here has ended. */
    void ended(MemberConnection connection, @Nullable Throwable failure) {
        leading.remove(connection);
        review(failure == null);
    }

    void failed(Throwable why) {
        giveUp = null;
        greeting = null;
        probing = false;
        if (byClaim && why instanceof PeerRefusedException) {
            endClaim(); // something is there
        }
        if (!byClaim && leading.isEmpty()) {
            forgetMember();
        }
        if (!(why instanceof PeerRefusedException) && claims.size() == 1) {
            Member claimant = claims.keySet().iterator().next();
            boolean takesSessions = claimant.forStreams() != null;
            if (takesSessions || byClaim || !dials.isEmpty()) {
                reach(claimant);
            }
            if (takesSessions) {
                flush();
                return;
            }
        }
        fail(why);
    }

    private void fail(Throwable why) {
        List<LinkDial> failedDials = List.copyOf(dials);
        dials.clear();
        List<DeferredConnection> failedSessions = List.copyOf(waiting);
        waiting.clear();
        forgetIfUnused();
        failedDials.forEach(each -> each.failed(why));
        failedSessions.forEach(each -> each.fail(why));
    }

    /** Ends all attempts. */
    void abort(IOException why) {
        if (giveUp != null) {
            giveUp.run();
            giveUp = null;
        }
        fail(why);
        List.copyOf(singles.keySet()).forEach(each -> {
            abandoned(each);
            each.fail(why);
        });
    }

    private void dialSingly(DeferredConnection session) {
        Runnable stop = transport.dial(
                remote, List.of(TlsSession.PROTOCOL), channel -> openSingle(channel, session), failure -> {
                    singles.remove(session);
                    singly = false;
                    forgetIfUnused();
                    session.fail(failure);
                });
        singles.put(session, stop);
    }

    private void openSingle(SecureChannel channel, DeferredConnection deferredSession) {
        singles.remove(deferredSession);
        forgetIfUnused();
        if (deferredSession.isOver()) {
            channel.abort();
            return;
        }
        if (!owner.isIdentityGood()) {
            channel.abort();
            deferredSession.fail(owner.identityIsBad());
            return;
        }
        owner.openSingle(channel, deferredSession);
    }

    void abandoned(DeferredConnection session) {
        waiting.remove(session);
        Runnable stop = singles.remove(session);
        if (stop != null) {
            stop.run();
        }
        giveUpIfUnused();
    }

    void abandoned(LinkDial dial) {
        dials.remove(dial);
        servedByClaim.remove(dial);
        giveUpIfUnused();
    }

    private void giveUpIfUnused() {
        if (waiting.isEmpty() && dials.isEmpty() && !probing) {
            if (giveUp != null) {
                giveUp.run();
                giveUp = null;
            }
            if (byClaim) {
                probeLater(); // the attempt may have been instead of a probe
            }
            forgetIfUnused();
        }
    }

    /** Nothing can be connected to here, for example because of a firewall, so a member's own connection serves. */
    private void reach(Member claimant) {
        stopExpiry();
        member = claimant;
        byClaim = true;
        probeLater();
        List<LinkDial> done = List.copyOf(dials);
        servedByClaim.addAll(done);
        dials.clear();
        done.forEach(each -> each.found(claimant));
    }

    /** The claim serves only until the node that the place belongs to can be connected to again. */
    private void probeLater() {
        if (nextProbe != null) {
            return;
        }
        long pause = TimeUnit.MILLISECONDS.toNanos(config.firstProbeMillis()) << Math.min(probes, MAX_PROBE_DOUBLINGS);
        nextProbe = loop.wakeAt(loop.nanoTime() + pause - jitter.nextLong(pause / 4 + 1), () -> {
            nextProbe = null;
            if (byClaim && giveUp == null && greeting == null) {
                probes++;
                probing = true;
                connect();
            }
        });
    }

    void close() {
        closed = true;
        if (giveUp != null) {
            giveUp.run();
        }
        probing = false;
        dials.clear();
        endClaim();
        stopExpiry();
    }

    private void endClaim() {
        if (byClaim) {
            member = null;
            byClaim = false;
        }
        servedByClaim.clear();
        if (nextProbe != null) {
            nextProbe.cancel();
            nextProbe = null;
        }
        if (probing) {
            probing = false;
            if (giveUp != null) {
                giveUp.run();
                giveUp = null;
            }
            dialIfNeeded();
        }
    }

    /** A member claims the place on one more connection. */
    void claimedBy(Member claimant) {
        claims.merge(claimant, 1, Integer::sum);
        review(true);
    }

    /** A connection on which a member has claimed the place has ended. */
    void unclaimedBy(Member claimant, @Nullable Throwable failure) {
        claims.computeIfPresent(claimant, (known, count) -> count > 1 ? count - 1 : null);
        review(failure == null);
    }

    void memberGone(Member gone) {
        if (member == gone) {
            endClaim();
            forgetMember();
            forgetIfUnused();
        }
    }

    /**
     * Decides whether the member still serves this place, after something has changed.
     *
     * @param inPeace whether nothing has failed, so that the member may still be here
     */
    private void review(boolean inPeace) {
        boolean claimedByOthers = !claims.isEmpty() && !isClaimedOnlyBy(member);
        if (byClaim) {
            if (!isClaimedOnlyBy(member)) {
                endClaim();
            }
        } else if (!leading.isEmpty() || isClaimedOnlyBy(member)) {
            stopExpiry();
        } else if (claimedByOthers || !inPeace) {
            forgetMember();
        } else if (member != null) {
            expireLater();
        }
        forgetIfUnused();
    }

    private boolean isClaimedOnlyBy(@Nullable Member claimant) {
        return claimant != null && claims.size() == 1 && claims.containsKey(claimant);
    }

    private void forgetMember() {
        stopExpiry();
        leading.clear();
        member = null;
    }

    private void expireLater() {
        if (expiry == null && !closed) {
            expiry = loop.wakeAt(loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.idleMillis()), () -> {
                expiry = null;
                singly = false;
                forgetMember();
                forgetIfUnused();
            });
        }
    }

    private void stopExpiry() {
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
    }

    private void forgetIfUnused() {
        boolean isUnused = giveUp == null
                && greeting == null
                && member == null
                && claims.isEmpty()
                && waiting.isEmpty()
                && singles.isEmpty()
                && dials.isEmpty();
        if (isUnused && singly) {
            expireLater();
        } else if (isUnused) {
            owner.forget(this);
        }
    }
}
