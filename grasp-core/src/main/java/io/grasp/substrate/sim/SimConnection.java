package io.grasp.substrate.sim;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection.
 *
 * <pre>
 *  connect                 confirmed              close, abort, reset, severed
 * ---------&gt; OPENING --------------------&gt; OPEN ------------------------------&gt; ENDED
 *               | close, bytes waiting      ^ then ENDED at once                  ^
 *               v                           |                                     |
 *            FLUSHING ----------------------+------- refused, abort, severed -----+
 * </pre>
 *
 * The end that this node accepts begins as OPEN. What reaches an ENDED end is answered as TCP does, with a reset.
 */
final class SimConnection implements Connection {
    private final SimNode node;
    private final InetSocketAddress remote;
    private final Pipe out;
    private final List<byte[]> unsent = new ArrayList<>();
    private final List<Completion> unsentCompletions = new ArrayList<>();
    private State state;
    private @Nullable ConnectionListener listener;
    private @Nullable SimConnection peer;

    private enum State {
        OPENING,
        FLUSHING,
        OPEN,
        ENDED
    }

    private SimConnection(SimNode node, InetSocketAddress remote, Route route, State state) {
        this.node = node;
        this.remote = remote;
        this.out = new Pipe(node.network(), route);
        this.state = state;
    }

    /** A connection that begins to open. */
    static SimConnection open(SimNode node, InetSocketAddress remote, Dialing to, ConnectionListener listener) {
        SimConnection ours = new SimConnection(node, remote, to.route(), State.OPENING);
        InetSocketAddress source = new InetSocketAddress(to.source(), node.nextEphemeralPort());
        SimConnection theirs = new SimConnection(to.target(), source, to.route(), State.OPEN);
        ours.listener = listener;
        ours.peer = theirs;
        theirs.peer = ours;
        ours.out.send(() -> theirs.out.send(to.target().accepts(to.port()) ? ours::confirmed : ours::refused));
        return ours;
    }

    /** A connection that cannot be opened. */
    static SimConnection fail(
            SimNode node, InetSocketAddress remote, IOException failure, ConnectionListener listener) {
        SimConnection ours = new SimConnection(node, remote, Route.NONE, State.OPENING);
        ours.listener = listener;
        ours.end(failure);
        return ours;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        Loops.requireInLoop(node.loop());
        switch (state) {
            case OPENING -> {
                unsent.add(bytes);
                unsentCompletions.add(flushed);
            }
            case OPEN -> {
                transmit(bytes);
                flushed.done(null);
            }
            case FLUSHING, ENDED -> flushed.done(new IOException("the connection to " + remote + " is closed"));
        }
    }

    @Override
    public void close() {
        Loops.requireInLoop(node.loop());
        switch (state) {
            case OPENING -> {
                if (unsent.isEmpty()) {
                    end(null);
                } else {
                    state = State.FLUSHING;
                }
            }
            case OPEN -> {
                out.send(peer()::ended);
                end(null);
            }
            case FLUSHING, ENDED -> {}
        }
    }

    @Override
    public void abort() {
        Loops.requireInLoop(node.loop());
        switch (state) {
            case OPENING, FLUSHING -> end(null);
            case OPEN -> {
                out.send(peer()::reset);
                end(null);
            }
            case ENDED -> {}
        }
    }

    /** The node's substrate is closed: in good order if the connection is open, else at once. */
    void shutDown() {
        if (state == State.OPEN) {
            close();
        } else {
            sever(new IOException("the substrate was closed"));
        }
    }

    /** There is no way to the peer any more. */
    void sever(IOException failure) {
        if (state != State.ENDED) {
            end(failure);
        }
    }

    boolean runsOver(Attachment attachment) {
        return out.route().uses(attachment);
    }

    /** SYN-ACK: the last step of the handshake goes out, and right behind it what was waiting. */
    private void confirmed() {
        if (state == State.ENDED) {
            return;
        }
        boolean closing = state == State.FLUSHING;
        state = State.OPEN;
        out.send(peer()::accepted);
        unsent.forEach(this::transmit);
        if (closing) {
            close();
        }
        listener().opened();
        completeUnsent(null);
    }

    private void refused() {
        sever(new ConnectException("connection to " + remote + " refused"));
    }

    /** The handshake's last step has come. */
    private void accepted() {
        if (node.isRunning()) {
            listener = node.accept(this);
        } else {
            state = State.ENDED;
            out.send(peer()::reset);
        }
    }

    private void received(byte[] bytes) {
        if (state == State.ENDED) {
            out.send(peer()::reset);
        } else {
            listener().received(bytes);
        }
    }

    private void ended() {
        if (state != State.ENDED) {
            listener().inputEnded();
        }
    }

    private void reset() {
        sever(new SocketException("connection reset by " + remote));
    }

    private void transmit(byte[] bytes) {
        int length;
        for (int from = 0; from < bytes.length; from += length) {
            length = Math.min(node.network().chunkSize(), bytes.length - from);
            byte[] chunk = Arrays.copyOfRange(bytes, from, from + length);
            out.send(() -> peer().received(chunk));
        }
    }

    /** Ends this end. The listener is told on a later turn: this may be a call that the listener's owner makes. */
    private void end(@Nullable IOException failure) {
        state = State.ENDED;
        node.loop().execute(() -> {
            completeUnsent(failure != null ? failure : new IOException("closed before it was open"));
            node.forget(this);
            listener().closed(failure);
        });
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
        return Objects.requireNonNull(listener, "nobody listens");
    }
}
