package io.grasp.substrate.sim;

import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Loop.Wakeup;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The opening of a connection: SYN and SYN-ACK, both repeated together as {@link SimTcp} specifies.
 *
 * <pre>
 *                          SYN-ACK arrives: confirmed, or refused
 *  knock --&gt; IN TRANSIT ------------------------------------------&gt; OVER
 *              |   ^                                                 ^
 *         lost |   | the timer fires: SYN again                      |
 *              v   |                                                 |
 *             WAITING -----------------------------------------------+
 *                          too many SYN: timed out
 *
 *  IN TRANSIT, WAITING --- the caller gives up --&gt; OVER
 * </pre>
 *
 * A SYN-ACK that arrives when it is OVER is ignored.
 */
final class Handshake {
    private final NetworkContext context;
    private final SimConnection caller;
    private final ResolvedPeer dialing;
    private final InetSocketAddress source;
    private Route route;
    private int retries;
    private long sentAt;
    private boolean over;
    private @Nullable Wakeup timer;

    Handshake(NetworkContext context, SimConnection caller, ResolvedPeer dialing, InetSocketAddress source) {
        this.context = context;
        this.caller = caller;
        this.dialing = dialing;
        this.source = source;
        this.route = dialing.route();
    }

    void knock() {
        sentAt = context.timeline().elapsed();
        if (!route.isUsable()) {
            Route other = caller.reroute();
            route = other == null ? route : other;
        }
        new ControlPacket(context.timeline(), route, this::atTarget, this::lost).launch(route);
    }

    /** The caller no longer waits for the answer. */
    void giveUp() {
        over = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void atTarget() {
        InetAddress called = caller.remote().getAddress();
        boolean gone = !dialing.linkLocal() && dialing.target().owner(called) != dialing.target();
        if (gone || dialing.target().isSilent(called)) {
            lost(); // no node has the address any more, or the node does not answer
            return;
        }
        SimNode target = dialing.target();
        Route back = route.reversed();
        if (!target.accepts(dialing.local(), dialing.port(), source)) {
            answer(back, this::refused);
        } else if (back.isSecured() && !target.authenticates(caller.node(), source)) {
            boolean byPeer = target.isMember();
            answer(back, () -> notAuthenticated(byPeer));
        } else {
            SimConnection theirs = caller.answeredBy(dialing, back, source);
            answer(back, () -> confirmed(theirs));
        }
    }

    private void answer(Route back, Runnable arrived) {
        Runnable first = () -> {
            if (!over) {
                over = true;
                arrived.run();
            }
        };
        new ControlPacket(context.timeline(), back, first, this::lost).launch(back);
    }

    private void refused() {
        context.observers().publish(Kind.REFUSED, route, "port " + dialing.port());
        caller.refused();
    }

    /** @param byPeer whether the peer has refused this node, and not only failed to authenticate itself */
    private void notAuthenticated(boolean byPeer) {
        context.observers().publish(Kind.REFUSED, route, "not authenticated");
        if (byPeer) {
            caller.node().reportRefused(PeerRefusal.REFUSED_BY_PEER, dialing.target(), caller.remote());
        } else {
            caller.node().authenticates(dialing.target(), caller.remote());
        }
        caller.notAuthenticated();
    }

    private void confirmed(SimConnection theirs) {
        if (theirs.peerIdentity() == null || caller.node().authenticates(dialing.target(), caller.remote())) {
            caller.confirmed(theirs);
        } else {
            caller.notAuthenticated();
        }
    }

    private void lost() {
        if (!over) {
            timer = context.timeline().timerAt(sentAt + context.tcp().synTimeoutNanos(retries), () -> {
                timer = null;
                route.whenStartIsAwake(this::timeout);
            });
        }
    }

    private void timeout() {
        if (over) {
            return;
        }
        if (retries == context.tcp().mostSynRetries()) {
            over = true;
            context.observers().publish(Kind.TIMED_OUT, route, "no answer to " + (retries + 1) + " SYN");
            caller.gaveUp();
        } else {
            retries++;
            context.observers().publish(Kind.RETRANSMITTED, route, "SYN");
            knock();
        }
    }
}
