package io.grasp.substrate.sim;

import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop.Wakeup;
import io.grasp.substrate.sim.Route.Hop;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.Loops;
import io.grasp.substrate.sim.time.NodeLoop;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection.
 *
 * <pre>
 *  connect                 confirmed              close, abort, reset, severed, timed out, crash
 * ---------&gt; OPENING --------------------&gt; OPEN --------------------------------------&gt; ENDED
 *               | close, bytes waiting      ^ then ENDED at once                                  ^
 *               v                           |                                                     |
 *            FLUSHING ----------------------+------- refused, abort, severed, timed out, crash ---+
 *
 *   close of OPEN, if the peer's host keeps its connections:
 *   OPEN ----&gt; DRAINING ---- the peer's end, reset, 1 s, abort, severed, crash ---&gt; ENDED
 * </pre>
 *
 * An accepted end begins as OPEN. An ENDED end answers arrivals with a reset, as TCP does.
 */
final class SimConnection implements Connection, Pipe.Endpoint<Route> {
    /** How long an end waits for a peer that keeps its own, like {@code NettyConfig.closeTimeout}. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final SimNode node;
    private final NodeLoop life;
    private final @Nullable InetAddress local;
    private final InetSocketAddress remote;
    private final boolean linkLocal;
    private final Pipe<Route> out;
    private final SendWindow window;
    private final ReceiveQueue intake;
    private final List<byte[]> unsent = new ArrayList<>(1);
    private final List<Completion> unsentCompletions = new ArrayList<>(1);
    private Route registered;
    private State state;
    private boolean known;
    private @Nullable ConnectionListener listener;
    private @Nullable SimConnection peer;
    private @Nullable PeerIdentity peerIdentity;
    private @Nullable Handshake handshake;
    private @Nullable Wakeup patience;

    private enum State {
        OPENING,
        FLUSHING,
        OPEN,
        DRAINING,
        ENDED
    }

    private SimConnection(
            SimNode node,
            @Nullable InetAddress local,
            InetSocketAddress remote,
            boolean linkLocal,
            Route route,
            State state) {
        this.node = node;
        this.local = local;
        this.life = node.life();
        this.remote = remote;
        this.linkLocal = linkLocal;
        this.out = new Pipe<>(node.context(), route, this);
        this.window = new SendWindow(life);
        this.intake = new ReceiveQueue(life);
        this.registered = Route.none(node);
        this.state = state;
    }

    /** Begins to open a connection. */
    static SimConnection open(SimNode node, InetSocketAddress remote, ResolvedPeer to, ConnectionListener listener) {
        SimConnection ours = new SimConnection(node, to.source(), remote, to.linkLocal(), to.route(), State.OPENING);
        ours.listener = listener;
        ours.known = true;
        ours.register(to.route());
        InetSocketAddress source =
                new InetSocketAddress(to.source(), node.connections().nextEphemeralPort());
        ours.handshake = new Handshake(node.context(), ours, to, source);
        ours.handshake.knock();
        return ours;
    }

    /**
     * Creates a connection that cannot be opened. If the node crashes in the same turn, the listener is not notified.
     */
    static SimConnection fail(
            SimNode node, InetSocketAddress remote, IOException failure, ConnectionListener listener) {
        SimConnection ours = new SimConnection(node, null, remote, false, Route.none(node), State.OPENING);
        ours.listener = listener;
        ours.known = !node.hasCrashed();
        ours.end(failure);
        return ours;
    }

    /** {@return the other end, prepared when the peer answers the SYN; its listener is not notified yet} */
    SimConnection answeredBy(ResolvedPeer to, Route back, InetSocketAddress source) {
        SimConnection theirs = new SimConnection(to.target(), remote.getAddress(), source, linkLocal, back, State.OPEN);
        theirs.peer = this;
        theirs.peerIdentity = back.isSecured() ? node.certificate() : null;
        return theirs;
    }

    /** {@return this node's address; {@code null} if there is no route to the peer} */
    @Nullable
    InetAddress local() {
        return local;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public @Nullable PeerIdentity peerIdentity() {
        return peerIdentity;
    }

    SimNode node() {
        return node;
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        Loops.requireInLoop(life);
        switch (state) {
            case OPENING -> {
                unsent.add(bytes);
                unsentCompletions.add(flushed);
            }
            case OPEN -> {
                transmit(bytes);
                window.whenRoom(flushed);
            }
            case FLUSHING, DRAINING, ENDED ->
                flushed.done(new IOException("the connection to " + AddressText.of(remote) + " is closed"));
        }
    }

    @Override
    public void reading(boolean on) {
        Loops.requireInLoop(life);
        intake.reading(on || state == State.FLUSHING || state == State.DRAINING);
    }

    @Override
    public void close() {
        Loops.requireInLoop(life);
        switch (state) {
            case OPENING -> {
                if (unsent.isEmpty()) {
                    end(null);
                } else {
                    state = State.FLUSHING;
                    intake.reading(true);
                }
            }
            case OPEN -> {
                out.send("end", peer()::ended);
                window.end(null); // everything is in transit
                if (peer().node.keepsConnections()) {
                    drain();
                } else {
                    end(null);
                }
            }
            case FLUSHING, DRAINING, ENDED -> {}
        }
    }

    @Override
    public void abort() {
        Loops.requireInLoop(life);
        switch (state) {
            case OPENING, FLUSHING -> end(null);
            case OPEN, DRAINING -> {
                sendReset();
                out.stop();
                end(null);
            }
            case ENDED -> {}
        }
    }

    /** Waits for the peer, which takes its time. */
    private void drain() {
        state = State.DRAINING;
        intake.reading(true);
        patience = life.wakeAt(life.nanoTime() + CLOSE_TIMEOUT.toNanos(), () -> end(null));
    }

    /** The node's substrate is being closed: closes an open connection gracefully, any other at once. */
    void shutDown() {
        if (state == State.OPEN) {
            close();
        }
        if (state == State.DRAINING) {
            end(null);
        } else if (state != State.ENDED) {
            sever(new IOException("the substrate was closed"));
        }
    }

    /** There is no route to the peer any more. */
    void sever(IOException failure) {
        out.stop();
        if (state != State.ENDED) {
            end(failure);
        }
    }

    /** The link at an attachment has gone, and both ends notice. */
    void severBoth(IOException failure) {
        sever(failure);
        if (peer != null) {
            peer.sever(failure);
        }
    }

    /** The peer no longer accepts this node, whose identity it has known. */
    void refuseByPeer(PeerRefusal reason) {
        if (peer != null && peer.known && !peer.hasEnded()) {
            peer.node.reportRefused(reason, node, peer.remote);
        }
        severBoth(new IOException("the connection between " + node.name() + " and " + AddressText.of(remote)
                + " has ended: the peer is no" + " longer authenticated"));
    }

    /** The node has crashed. */
    void vanish() {
        out.stop();
        leave();
    }

    /** {@return whether it is between link-local addresses, and so cannot take another route} */
    boolean isLinkLocal() {
        return linkLocal;
    }

    /** SYN-ACK has arrived: sends the last step of the handshake, and directly after it the waiting bytes. */
    void confirmed(SimConnection theirs) {
        peer = theirs;
        peerIdentity = theirs.peerIdentity == null ? null : theirs.node.certificate();
        node.context().observers().connected(node.name(), remote);
        boolean closing = state == State.FLUSHING;
        state = State.OPEN;
        out.send("handshake", theirs::accepted);
        unsent.forEach(this::transmit);
        if (closing) {
            close();
        }
        life.run(() -> {
            listener().opened();
            completeUnsent(null);
        });
    }

    void refused() {
        sever(new ConnectException("connection to " + AddressText.of(remote) + " refused"));
    }

    /** One of the two ends does not accept the other one as a member. */
    void notAuthenticated() {
        sever(new ConnectException("connection to " + AddressText.of(remote) + " failed: not authenticated"));
    }

    @Override
    public void gaveUp() {
        sever(new SocketTimeoutException("connection to " + AddressText.of(remote) + " timed out"));
    }

    @Override
    public boolean isPointless() {
        return state == State.ENDED && (peer == null || peer.state == State.ENDED && !peer.life.isDead());
    }

    @Override
    public @Nullable Route reroute() {
        Route current = out.path();
        Route other = linkLocal ? null : RouteSearch.usable(current.from(), current.to());
        if (other != null && state != State.ENDED) {
            unregister();
            register(other);
        }
        return other;
    }

    /** The last step of the handshake has arrived. */
    private void accepted() {
        boolean stranger = peerIdentity != null && (!node.isMember() || node.refusal(peer().node) != null);
        if (stranger || state != State.OPEN || life.isDead() || !node.isRunning()) {
            state = State.ENDED;
            sendReset();
            return;
        }
        register(out.path());
        node.context().observers().publish(Kind.OPENED, peer().out.path(), "port " + remote.getPort());
        known = true;
        life.run(() -> listener = node.accept(this));
    }

    /**
     * Bytes have arrived: if this end is no longer open, they are answered at once; otherwise they wait for the node to
     * process them.
     */
    private void received(byte[] bytes, boolean corrupted) {
        if (hasEnded()) {
            sendReset();
            return;
        }
        node.process(() -> {
            if (!hasEnded()) {
                Kind kind = corrupted ? Kind.DATA_CORRUPTED : Kind.DATA;
                node.context().observers().publish(kind, peer().out.path(), bytes, "");
                intake.take(() -> {
                    listener().received(bytes);
                    peer().window.read(bytes.length);
                });
            }
        });
    }

    private void ended() {
        if (life.isDead()) {
            return;
        }
        node.process(() -> {
            node.context().observers().publish(Kind.FINISHED, peer().out.path(), "");
            if (!hasEnded()) {
                intake.take(listener()::inputEnded);
            }
            if (state == State.DRAINING) {
                end(null);
            }
        });
    }

    private void reset() {
        if (!hasEnded()) {
            node.context().observers().publish(Kind.RESET, peer().out.path(), "");
        }
        sever(new SocketException("connection reset by " + AddressText.of(remote)));
    }

    private boolean hasEnded() {
        return state == State.ENDED || life.isDead();
    }

    private void sendReset() {
        out.sendReset(peer()::reset);
    }

    private void transmit(byte[] bytes) {
        int most = Math.min(node.context().chunkSize(), out.path().segmentSize());
        window.sent(bytes.length);
        int length;
        for (int from = 0; from < bytes.length; from += length) {
            length = Math.min(most, bytes.length - from);
            out.send("data", bytes, from, length, peer()::received);
        }
    }

    private void register(Route route) {
        registered = route;
        for (Hop hop : route.hops()) {
            hop.from().add(this);
            hop.to().add(this);
        }
    }

    private void unregister() {
        for (Hop hop : registered.hops()) {
            hop.from().remove(this);
            hop.to().remove(this);
        }
        registered = Route.none(node);
    }

    /**
     * Ends this end. The listener is notified on a later turn, because its owner may be the caller. An end that has not
     * been accepted yet has no listener.
     */
    private void end(@Nullable IOException failure) {
        leave();
        if (known && !life.isDead()) {
            life.execute(() -> {
                completeUnsent(failure != null ? failure : new IOException("closed before it was open"));
                window.end(
                        failure != null
                                ? failure
                                : new IOException("the connection to " + AddressText.of(remote) + " was aborted"));
                node.connections().remove(this);
                if (listener != null) { // accepting may have failed
                    listener.closed(failure);
                }
            });
        }
    }

    private void leave() {
        state = State.ENDED;
        intake.clear();
        unregister();
        if (handshake != null) {
            handshake.giveUp();
            handshake = null;
        }
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
    }

    private void completeUnsent(@Nullable IOException failure) {
        List<Completion> completions = List.copyOf(unsentCompletions);
        unsent.clear();
        unsentCompletions.clear();
        completions.forEach(completion -> completion.done(failure));
    }

    private SimConnection peer() {
        return Objects.requireNonNull(peer, "a connection that cannot be opened has no peer");
    }

    private ConnectionListener listener() {
        return Objects.requireNonNull(listener, "there is no listener");
    }
}
