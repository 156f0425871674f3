package io.grasp.substrate.netty.member;

import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
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

/** What is known about the node at an address, and what waits for a connection with it. */
final class Route {
    /** What it needs. */
    interface Owner {
        /** {@return whether the node's identity is good} */
        boolean isIdentityGood();

        IOException identityIsBad();

        Connection openStream(MemberConnection on, InetSocketAddress remote, ConnectionListener listener);

        /** Continues a session on a connection of its own. */
        void openSingle(SecureChannel on, InetSocketAddress remote, DeferredConnection session);

        /** Uses a connection that is open. */
        MemberConnection attach(SecureChannel channel, Route route, boolean wantsLink);

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
    /** Those that say that they accept connections here. */
    private final Set<Member> claimants = new LinkedHashSet<>();

    private @Nullable Member member;
    /** Whether the member has not been found here, but only says so. */
    private boolean byClaim;

    /** Whether the node has no streams, so that each session needs its own connection. */
    private boolean singly;

    private @Nullable Runnable giveUp;
    private @Nullable MemberConnection greeting;

    /** Those that a member serves that only says that it is here. */
    private final Set<LinkDial> servedByClaim = new LinkedHashSet<>();

    /** The next attempt to connect while a claim serves. */
    private Loop.@Nullable Wakeup nextProbe;

    private boolean probing;
    private int probes;

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

    /** {@return the connection for new streams, {@code null} if there is none} */
    @Nullable
    MemberConnection forStreams() {
        return member == null ? null : member.forStreams();
    }

    boolean isLinkWanted() {
        return !dials.isEmpty();
    }

    void connect(DeferredConnection session) {
        MemberConnection open = forStreams();
        if (open != null) {
            session.resume(owner.openStream(open, remote, session.listener()));
        } else if (singly || !config.streams()) {
            dialSingly(session);
        } else {
            waiting.add(session);
            dialIfNeeded();
        }
    }

    void dial(LinkDial dial) {
        if (member != null && !member.isGone()) {
            if (byClaim) {
                servedByClaim.add(dial);
            }
            dial.end(member, new IOException());
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
            greeting = owner.attach(channel, this, !dials.isEmpty());
            return;
        }
        singly = true;
        DeferredConnection first = waiting.stream().findFirst().orElse(null);
        if (first == null && probing) {
            channel.abort();
            servedByClaim.forEach(each -> dials.add(new LinkDial(loop, each::moved, failure -> {})));
            endClaim();
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
    }

    /** Serves what waits, if a node without streams is there. */
    void flush() {
        List<DeferredConnection> others = List.copyOf(waiting);
        waiting.clear();
        others.forEach(this::connect);
        dialIfNeeded();
    }

    void greeted(Member found) {
        greeting = null;
        probing = false;
        List<LinkDial> misled = member == found ? List.of() : List.copyOf(servedByClaim);
        endClaim();
        member = found;
        probes = 0;
        misled.forEach(each -> each.moved(found));
        List<LinkDial> done = List.copyOf(dials);
        dials.clear();
        done.forEach(each -> each.end(found, new IOException()));
    }

    void failed(Throwable why) {
        giveUp = null;
        greeting = null;
        probing = false;
        if (byClaim && why instanceof PeerRefusedException) {
            endClaim(); // something is there
        }
        if (!(why instanceof PeerRefusedException) && claimants.size() == 1) {
            Member claimant = claimants.iterator().next();
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
        failedDials.forEach(each -> each.end(null, why));
        failedSessions.forEach(each -> each.fail(why));
    }

    /** Ends all attempts. */
    void abort(IOException why) {
        if (giveUp != null) {
            giveUp.run();
        }
        failed(why);
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
        if (deferredSession.isOver()) {
            channel.abort();
            return;
        }
        if (!owner.isIdentityGood()) {
            channel.abort();
            deferredSession.fail(owner.identityIsBad());
            return;
        }
        owner.openSingle(channel, remote, deferredSession);
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
            forgetIfUnused();
        }
    }

    /** Nothing can be connected to here, for example because of a firewall, so a member's own connection serves. */
    private void reach(Member claimant) {
        member = claimant;
        byClaim = true;
        probeLater();
        List<LinkDial> done = List.copyOf(dials);
        servedByClaim.addAll(done);
        dials.clear();
        done.forEach(each -> each.end(claimant, new IOException()));
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
        if (giveUp != null) {
            giveUp.run();
        }
        probing = false;
        dials.clear();
        endClaim();
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

    void claimedBy(Member claimant) {
        claimants.add(claimant);
        if (byClaim && claimants.size() > 1) {
            endClaim();
        }
    }

    void unclaimedBy(Member claimant) {
        claimants.remove(claimant);
        if (byClaim && member == claimant) {
            endClaim();
        }
        forgetIfUnused();
    }

    void memberGone(Member gone) {
        boolean known = claimants.remove(gone);
        if (member == gone) {
            endClaim();
            member = null;
            known = true;
        }
        if (known) {
            forgetIfUnused();
        }
    }

    private void forgetIfUnused() {
        if (giveUp == null
                && greeting == null
                && member == null
                && claimants.isEmpty()
                && waiting.isEmpty()
                && singles.isEmpty()
                && dials.isEmpty()) {
            owner.forget(this);
        }
    }
}
