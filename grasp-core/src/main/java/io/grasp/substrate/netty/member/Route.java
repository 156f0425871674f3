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
 *  CLAIMED     nothing can be connected to, and one member says that it is here: sessions use its connections
 *
 *  UNKNOWN    -- connected to ---------------------------------------------------------&gt; FOUND
 *  UNKNOWN    -- no TCP connection can be made, and exactly one member claims the place -&gt; CLAIMED
 *  FOUND      -- the last connection that leads here has ended ------------------------&gt; REMEMBERED
 *  REMEMBERED -- connected to again ---------------------------------------------------&gt; FOUND
 *  REMEMBERED -- that connection or an attempt has failed, or another member claims the
 *                place, or the member has not claimed it for the idle time ------------&gt; UNKNOWN
 *  CLAIMED    -- connected to; this is tried from time to time -------------------------&gt; FOUND
 *  CLAIMED    -- something else answers an attempt to connect --------------------------&gt; UNKNOWN
 *  CLAIMED    -- the member does not claim it any more, or a second one does ----------&gt; UNKNOWN
 *  any        -- the member has no connection left ------------------------------------&gt; UNKNOWN
 * </pre>
 *
 * A connection <em>leads</em> to a place if this node has opened it to there. A member <em>claims</em> a place if it
 * has opened a connection from that address, which is still open, and has said there that it accepts connections at
 * that port. As it may name the port of another node, and several members may be behind one translator, a claim alone
 * proves nothing. New sessions use the newest connection with the member, wherever it leads.
 *
 * <p>A claim serves sessions only. A link is wanted from the node that is there now, so a member is found for it only
 * if a connection leads there, or if the member is remembered and claims the place, and if one of its connections is
 * neither retiring nor ending. Otherwise it is connected to.
 *
 * <p>One attempt to connect is under way at a time, for all that waits. It offers the protocols of links if one is
 * wanted when it begins; what joins it later and does not get what it needs is tried again.
 *
 * <p>{@link Members} holds it while it is in use: while something waits, a connection leads to it, a member claims it
 * or is remembered.
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
        void attach(SecureChannel channel, Route route);

        /** A member may not be here any more, though connections with it may be open. */
        void left(Route route, Member member);

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

    /** The member that this node has found here. */
    private @Nullable Member member;
    /** The open connections with the member that this node has opened to here. */
    private final Set<MemberConnection> leading = new LinkedHashSet<>();
    /** The members that claim the place, and on how many connections each does. */
    private final Map<Member, Integer> claims = new LinkedHashMap<>();
    /** Whether the place is CLAIMED. Then either an attempt is under way, or the next one is planned. */
    private boolean claimed;
    /** When what is known, and nothing confirms any more, is forgotten. */
    private Loop.@Nullable Wakeup expiry;

    /** Whether the node has no streams, so that each session needs its own connection. */
    private boolean singly;

    /** Ends the attempt until a connection is open; then {@link #greeting} until the peer says which node it is. */
    private @Nullable Runnable giveUp;

    private @Nullable MemberConnection greeting;
    /** Whether the attempt offers the protocols of links. */
    private boolean offersLink;

    /** The next attempt to connect while a claim serves. */
    private Loop.@Nullable Wakeup nextProbe;

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

    /** {@return the member that sessions go to, {@code null} if there is none} */
    @Nullable
    Member member() {
        return member != null ? member : claimant();
    }

    /** {@return the only member that claims the place, if nothing can be connected to; otherwise {@code null}} */
    @Nullable
    Member claimant() {
        return claimed ? claims.keySet().iterator().next() : null;
    }

    void connect(DeferredConnection session) {
        Member known = member();
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
        if (member != null && member.newest() != null && expiry == null) {
            dial.found(member);
        } else {
            dials.add(dial);
            dialIfNeeded();
        }
    }

    private void dialIfNeeded() {
        if (!(waiting.isEmpty() && dials.isEmpty())) {
            attempt();
        }
    }

    private void attempt() {
        if (giveUp != null || greeting != null) {
            return;
        }
        stopProbe();
        offersLink = !dials.isEmpty();
        List<String> protocols = new ArrayList<>();
        if (config.streams()) {
            protocols.add(MuxWire.PROTOCOL);
        }
        if (offersLink) {
            protocols.add(FramedWire.PROTOCOL);
        }
        protocols.add(TlsSession.PROTOCOL);
        giveUp = transport.dial(remote, protocols, this::opened, this::notOpened);
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
            owner.attach(channel, this);
            return;
        }
        singly = true;
        forgetUnlessLeading();
        DeferredConnection first = waiting.stream().findFirst().orElse(null);
        List<LinkDial> refused = offersLink ? takeDials() : List.of();
        if (first == null) {
            channel.abort();
        } else {
            waiting.remove(first);
            openSingle(channel, first);
        }
        flush();
        forgetIfUnused();
        failAll(
                refused,
                new ProtocolViolation(AddressText.onThisHost(remote)
                        + " offers sessions, but neither streams nor link messages: it cannot be a neighbor"));
    }

    private void notOpened(Throwable why) {
        giveUp = null;
        boolean isNothingThere = why instanceof IOException && !(why instanceof PeerRefusedException);
        if (!isNothingThere) {
            failed(why);
            return;
        }
        singly = false;
        forgetUnlessLeading();
        if (member == null && claims.size() == 1) {
            claimed = true;
            probeLater();
        }
        fail(takeDials(), why);
    }

    /** The attempt has failed, though something may be there, to which links have perhaps not been offered. */
    void failed(Throwable why) {
        greeting = null;
        singly = false;
        forgetUnlessLeading();
        fail(offersLink ? takeDials() : List.of(), why);
    }

    /** Also ends the sessions that wait, unless a connection serves them now. */
    private void fail(List<LinkDial> failedDials, Throwable why) {
        List<DeferredConnection> sessions = takeWaiting();
        Member serving = member();
        boolean served = serving != null && serving.forStreams() != null;
        if (served) {
            sessions.forEach(this::connect);
        }
        dialIfNeeded();
        forgetIfUnused();
        failAll(failedDials, why);
        if (!served) {
            sessions.forEach(each -> each.fail(why));
        }
    }

    private static void failAll(List<LinkDial> failedDials, Throwable why) {
        failedDials.forEach(each -> each.failed(why));
    }

    private List<LinkDial> takeDials() {
        List<LinkDial> taken = List.copyOf(dials);
        dials.clear();
        return taken;
    }

    private List<DeferredConnection> takeWaiting() {
        List<DeferredConnection> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    /** A connection is in use, on which the peer has not said yet which node it is. */
    void attached(MemberConnection connection) {
        greeting = connection;
    }

    /** Serves what waits, by what is known now. */
    private void flush() {
        takeWaiting().forEach(this::connect);
        dialIfNeeded();
    }

    /** This node has connected to the place, and found a member there. */
    void greeted(MemberConnection connection, Member found) {
        if (greeting == connection) {
            greeting = null;
        }
        endClaim();
        if (member != found) {
            forgetMember();
        }
        member = found;
        leading.add(connection);
        stopExpiry();
        probes = 0;
        takeDials().forEach(each -> each.found(found));
        flush();
        giveUpIfUnused();
    }

    /** A connection that leads here has ended. */
    void ended(MemberConnection connection, @Nullable Throwable failure) {
        leading.remove(connection);
        review(failure == null);
    }

    /** Ends all attempts. */
    void abort(IOException why) {
        stopAttempt();
        endClaim();
        List<LinkDial> failedDials = takeDials();
        List<DeferredConnection> failedSessions = takeWaiting();
        forgetIfUnused();
        failAll(failedDials, why);
        failedSessions.forEach(each -> each.fail(why));
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
        giveUpIfUnused();
    }

    /** While a claim serves, an attempt goes on: the node that the place belongs to may be there again. */
    private void giveUpIfUnused() {
        if (waiting.isEmpty() && dials.isEmpty() && !claimed) {
            stopAttempt();
            forgetIfUnused();
        }
    }

    private void stopAttempt() {
        if (giveUp != null) {
            giveUp.run();
            giveUp = null;
        }
    }

    private void probeLater() {
        long pause = TimeUnit.MILLISECONDS.toNanos(config.firstProbeMillis()) << Math.min(probes, MAX_PROBE_DOUBLINGS);
        nextProbe = loop.wakeAt(loop.nanoTime() + pause - jitter.nextLong(pause / 4 + 1), () -> {
            nextProbe = null;
            probes++;
            attempt();
        });
    }

    private void stopProbe() {
        if (nextProbe != null) {
            nextProbe.cancel();
            nextProbe = null;
        }
    }

    void close() {
        closed = true;
        dials.clear();
        stopAttempt();
        endClaim();
        stopExpiry();
    }

    private void endClaim() {
        claimed = false;
        stopProbe();
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
        if (claimed && claims.size() != 1) {
            endClaim();
            giveUpIfUnused();
        }
        if (!leading.isEmpty() || inPeace && isClaimedOnlyBy(member)) {
            stopExpiry();
        } else if (!inPeace || !claims.isEmpty()) {
            forgetMember();
        } else if (member != null) {
            expireLater();
        }
        forgetIfUnused();
    }

    private boolean isClaimedOnlyBy(@Nullable Member claimant) {
        return claimant != null && claims.size() == 1 && claims.containsKey(claimant);
    }

    /** It is not what was found here, or nothing is here any more. */
    private void forgetUnlessLeading() {
        endClaim();
        if (leading.isEmpty()) {
            forgetMember();
        }
    }

    private void forgetMember() {
        stopExpiry();
        leading.clear();
        Member former = member;
        member = null;
        if (former != null) {
            owner.left(this, former);
        }
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
