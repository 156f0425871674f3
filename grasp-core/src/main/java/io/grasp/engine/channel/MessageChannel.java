package io.grasp.engine.channel;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborWriter;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.OpenChannel;
import io.grasp.inspection.ConnectionEntry;
import io.grasp.model.GraspException;
import io.grasp.model.Peer;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.util.FirstBytes;
import io.grasp.util.IntrusiveList;
import io.grasp.util.PeerAddresses;
import io.grasp.util.TlsRecords;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageFramer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a sequence of GRASP messages, which are passed to the handler.
 *
 * <pre>
 *   attach --> OPENING -- opened --> OPEN -----+ a message: to the handler, once it is wanted (pause, resume)
 *                 |                  |  |  ^---+
 *                 |                  |  +-- handlerOfRaw: items of any kind follow, and no messages
 *                 |                  |  +-- closeListening: our direction is closed, messages are still handed on
 *                 |                  |  +-- closeAfterPeer: messages are dropped, the peer or Timeouts.linger closes
 *                 |                  |
 *                 +-- close, abort --+--> CLOSING: nothing more is handed on --> CLOSED: the handler is notified
 *                 +-- closed by the substrate: not opened, broken, ended by the peer --> CLOSED
 * </pre>
 */
public final class MessageChannel implements ConnectionListener, OpenChannel {
    private static final byte[] NOTHING = new byte[0];

    /** Room in an M_INVALID for everything except the copy of the invalid message. */
    private static final int INVALID_OVERHEAD = 16;

    /** The bytes of several messages that may wait to be sent: lawful peers have at most one to read. */
    private static final int MOST_UNSENT = 512;

    /** The messages of one read that are handled at once; others wait for a turn, as one read may contain hundreds. */
    private static final int MOST_AT_ONCE = 4;

    private final EngineContext context;
    private final MessageFramer framer;
    private final MessageDecoder decoder;
    private final @Nullable String localAsa;
    private final IntrusiveList.Node<OpenChannel> place;
    private @Nullable Connection connection;
    private @Nullable String answerer;
    private final Queue<Held> held = new ArrayDeque<>();
    private @Nullable Throwable denied;
    private MessagePath path = MessagePath.LOOPBACK;
    private MessageHandler handler = UnboundHandler.INSTANCE;
    private final long number;
    private final long begunAt;
    private boolean incoming;
    private boolean opened;
    private boolean closing;
    private int maxBytes;
    private boolean paused;
    private boolean reading = true;
    private int unsent;
    private int unsentBytes;
    private boolean cutting;
    private boolean awaitsTurn;
    private boolean closesListening;
    private boolean answered;
    private boolean raw;
    /** Of a connection that a peer has opened, until it is known whether the peer speaks TLS. */
    private @Nullable FirstBytes first;

    private boolean foreign;
    private Runnable unreachable = () -> {};
    private Consumer<String> notListening = objective -> {};
    private Runnable ending = () -> {};
    private Runnable gone = () -> {};
    private Deadlines.@Nullable Deadline linger;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Held(byte[] encoded, Completion flushed) {}

    /** @param localAsa the ASA of this node at the other end, or {@code null} if the other end is another node */
    public MessageChannel(EngineContext context, @Nullable String localAsa) {
        this.context = context;
        this.localAsa = localAsa;
        this.framer = new MessageFramer(context.limits.message());
        this.decoder = new MessageDecoder(context.limits.message());
        this.maxBytes = context.limits.message().maxBytes();
        this.number = context.nextNumber();
        this.begunAt = context.loop.nanoTime();
        this.place = context.channels.add(this);
    }

    /** Binds the channel to a connection that may still be opening. */
    public void attach(Connection newConnection, MessagePath newPath) {
        connection = newConnection;
        path = newPath;
    }

    /** Binds the channel to a connection that is open already. */
    public void attachOpened(Connection newConnection, MessagePath newPath) {
        attach(newConnection, newPath);
        opened = true;
        incoming = true;
        first = new FirstBytes();
        identified();
    }

    /**
     * Sends nothing, and does not open, unless the policy permits the peer to answer for an objective: only an open
     * connection says which node the peer is.
     */
    void requireAnswerer(String objective) {
        answerer = objective;
    }

    /** Notes what the substrate says of the peer, once the connection is open. */
    private void identified() {
        path = new MessagePath(
                path.kind(), path.link(), path.peer(), connection().peerIdentity());
    }

    /** {@return whether the connection is open, or was} */
    public boolean isOpened() {
        return opened;
    }

    /** Sets the maximum message size in both directions. Called between two messages. */
    public void maxBytes(int bytes) {
        if (bytes == maxBytes) {
            return;
        }
        maxBytes = bytes;
        CborLimits limits = context.limits.message().withMaxBytes(bytes);
        framer.limits(limits);
        decoder.limits(limits);
    }

    public int maxBytes() {
        return maxBytes;
    }

    /**
     * Sets the reaction to an unreachable peer.
     *
     * @param whenSo runs if the connection cannot be opened
     */
    void onUnreachable(Runnable whenSo) {
        unreachable = whenSo;
    }

    /**
     * Sets the reaction to a peer where no ASA listens.
     *
     * @param whenSo receives the objective for which no ASA listens
     */
    void onNotListening(Consumer<String> whenSo) {
        notListening = whenSo;
    }

    /** The peer has closed the channel instead of answering a request (RFC 8990 section 2.8.6). */
    public void notListening(String objective) {
        notListening.accept(objective);
    }

    /**
     * Sets an action for the end of the channel.
     *
     * @param whenSo runs before the handler is notified
     */
    public void onGone(Runnable whenSo) {
        gone = whenSo;
    }

    /**
     * Sets an action for the time when this side has no further use for the channel, and waits for the peer.
     *
     * @param whenSo runs once, or not at all
     */
    public void onEnding(Runnable whenSo) {
        ending = whenSo;
    }

    public void handler(MessageHandler newHandler) {
        handler = newHandler;
    }

    /** The session continues without GRASP messages: from now on no GRASP message may be sent. */
    public void handlerOfRaw(MessageHandler newHandler) {
        handler = newHandler;
        raw = true;
    }

    boolean isRaw() {
        return raw;
    }

    public MessagePath path() {
        return path;
    }

    /** {@return the other side, once the channel is open} */
    public Peer peer() {
        if (connection == null) {
            throw new IllegalStateException("the channel has no connection yet");
        }
        InetSocketAddress remote = connection.remote();
        Link link = isLoopback() ? null : context.addresses.linkOf(remote.getAddress());
        return new Peer(
                PeerAddresses.withoutScope(remote.getAddress()),
                remote.getPort(),
                link == null ? "" : link.name(),
                link == null ? 0 : link.index(),
                isLoopback(),
                Optional.ofNullable(path.identity()));
    }

    /** {@return what is charged for the channel, once it is open} */
    public TrafficSource source() {
        if (isLoopback()) {
            return TrafficSource.ofThisNode();
        }
        return context.addresses.sourceOfConnection(connection().remote().getAddress(), path.identity());
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public ConnectionEntry entry() {
        InetSocketAddress remote = connection().remote();
        Link link = isLoopback() || remote.isUnresolved() ? null : context.addresses.linkOf(remote.getAddress());
        ConnectionEntry.State open = raw ? ConnectionEntry.State.RAW : ConnectionEntry.State.OPEN;
        boolean ending = closing || closesListening || linger != null;
        return new ConnectionEntry(
                remote,
                Optional.ofNullable(path.identity()),
                link == null ? "" : link.name(),
                isLoopback(),
                incoming ? ConnectionEntry.Direction.INCOMING : ConnectionEntry.Direction.OUTGOING,
                ending ? ConnectionEntry.State.CLOSING : opened ? open : ConnectionEntry.State.OPENING,
                reading,
                unsent,
                unsentBytes,
                framer.pendingBytes(),
                Duration.ofNanos(context.loop.nanoTime() - begunAt));
    }

    public @Nullable String localAsa() {
        return localAsa;
    }

    public boolean isLoopback() {
        return path.kind() == MessagePath.Kind.LOOPBACK;
    }

    /** Notes that a message of the session other than M_INVALID has come in. */
    public void answered() {
        answered = true;
    }

    public boolean isAnswered() {
        return answered;
    }

    /** Passes on a message that has already been received. */
    public void deliver(GraspMessage message, byte[] encoded) {
        handler.received(message, encoded);
    }

    boolean isClosing() {
        return closing;
    }

    public Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("not attached");
        }
        return connection;
    }

    /**
     * Sends a message, and reports it when the substrate has accepted it.
     *
     * @param flushed called after the report, or with the failure
     */
    public void send(GraspMessage message, byte[] encoded, Completion flushed) {
        write(message, encoded, flushed);
    }

    /** Sends a message that is reported elsewhere. */
    void write(byte[] encoded, Completion flushed) {
        write(null, encoded, flushed);
    }

    private void write(@Nullable GraspMessage reported, byte[] encoded, Completion flushed) {
        unsent++;
        unsentBytes += encoded.length;
        transmit(encoded, failure -> {
            boolean much = isMuchUnsent();
            unsent--;
            unsentBytes -= encoded.length;
            if (reported != null && failure == null) {
                context.sent(reported, encoded, path);
            }
            flushed.done(failure);
            if (much && !isFull() && !paused) {
                resume();
            }
        });
    }

    private void transmit(byte[] encoded, Completion flushed) {
        if (answerer == null) {
            connection().send(encoded, flushed);
        } else {
            held.add(new Held(encoded, flushed));
        }
    }

    /** A peer that does not read our messages is not served until it has: raw sessions have rules of their own. */
    private boolean isFull() {
        return isMuchUnsent() && !raw && handler.mayAnswer();
    }

    private boolean isMuchUnsent() {
        return unsent > 1 && unsentBytes > MOST_UNSENT;
    }

    /**
     * Answers an invalid message (RFC 8990 section 2.8.12) with as much of it as fits. A message without a readable
     * Session ID gets no answer. A DULL instance never answers; it discards silently.
     */
    public void sendInvalid(@Nullable SessionId session, byte[] about) {
        if (session == null || context.dull.isDull()) {
            return;
        }
        int longest = context.limits.message().maxBytes() - INVALID_OVERHEAD;
        CborWriter writer = new CborWriter();
        writer.writeBytes(about.length > longest ? Arrays.copyOf(about, longest) : about);
        byte[] content = writer.toByteArray();
        Invalid message = new Invalid(session, CborItem.wrap(content, 0, content.length));
        send(message, context.encodeUnicast(message), Completion.IGNORED);
    }

    /** Stops passing on input until {@link #resume}, and applies backpressure to the peer. */
    public void pause() {
        paused = true;
        if (!cutting) {
            readIfWanted();
        }
    }

    /** Delivers input again, first the input that arrived meanwhile. The handler may be called within this call. */
    public void resume() {
        paused = false;
        if (!cutting && !closing) {
            cut(NOTHING);
        }
    }

    private void readIfWanted() {
        boolean wanted = !mustWait();
        if (reading != wanted && !closing) {
            reading = wanted;
            connection().reading(reading);
        }
    }

    /** {@return whether the input ends in the middle of a message, or waits for {@link #resume}} */
    public boolean hasPending() {
        return framer.pendingBytes() > 0 || first != null && first.areWaiting();
    }

    /**
     * Closes, but passes on messages that the peer may still have sent: those of each read at once, because reading
     * cannot stop any more.
     */
    public void closeListening() {
        if (!closing) {
            closesListening = true;
            connection().close();
        }
    }

    /** Closes after everything sent is flushed; the handler receives only {@code closed} from now on. */
    @Override
    public void close() {
        if (!closing) {
            closing = true;
            end();
            connection().close();
        }
    }

    private void end() {
        Runnable once = ending;
        ending = () -> {};
        once.run();
    }

    /**
     * Closes after a failure; if the failure says that the peer was not reached, queued messages must never be sent.
     */
    public void closeAfter(GraspException failure) {
        if (failure.isUnreached()) {
            unreachable.run(); // the substrate does not report an abort as a failure
            abort();
        } else {
            close();
        }
    }

    /** Closes at once, without flushing. */
    public void abort() {
        if (!closing) {
            reset();
        }
    }

    /** Closes at once, even if it is being closed. */
    public void reset() {
        closing = true;
        connection().abort();
    }

    /**
     * Ends our use of the channel, but waits a while for the peer to close it: the side that closes first keeps its
     * port in TIME_WAIT.
     */
    public void closeAfterPeer() {
        handler = new AfterSession(this);
        end();
        // Ends the wait for the peer's FIN.
        linger = context.deadlines.in(context.timeouts.linger(), this::close);
    }

    public void drop(DropReason reason) {
        context.drop(reason, path);
    }

    @Override
    public void opened() {
        identified();
        String objective = answerer;
        if (objective != null && !context.policy.permits(path, PeerAction.ANSWER, objective)) {
            drop(DropReason.NOT_AUTHORIZED);
            denied = new IOException("the policy for peers does not permit "
                    + (path.identity() == null
                            ? "a peer without identity"
                            : path.identity().nodeName())
                    + " to answer for this objective");
            reset();
            return;
        }
        opened = true;
        answerer = null;
        for (Held next = held.poll(); next != null; next = held.poll()) {
            connection().send(next.encoded(), next.flushed());
        }
        if (!closing) {
            handler.opened();
        }
    }

    @Override
    public void received(byte[] bytes) {
        if (foreign) {
            return; // counted once
        }
        if (closing) {
            drop(DropReason.NO_SESSION);
            return;
        }
        FirstBytes beginning = first;
        if (beginning == null) {
            cut(bytes);
            return;
        }
        byte[] known = beginning.add(bytes);
        if (beginning.isUncertain()) {
            return;
        }
        first = null;
        foreign = TlsRecords.isHandshake(known);
        if (foreign) {
            drop(DropReason.TLS);
            handler.malformed(new IOException(DropReason.TLS.explanation()), null, NOTHING);
        } else {
            cut(known);
        }
    }

    private void cut(byte[] bytes) {
        cutting = true;
        try {
            framer.feed(bytes);
            int handled = 0;
            for (byte[] next = next(); next != null; next = next()) {
                if (closing) {
                    drop(DropReason.NO_SESSION);
                } else {
                    receive(next);
                    handled++;
                }
                if (handled == MOST_AT_ONCE && !closing && !closesListening && hasPending()) {
                    awaitsTurn = true;
                    context.turns.await(source(), this::takeTurn);
                }
            }
        } catch (CborException e) {
            drop(DropReason.MALFORMED);
            handler.malformed(e, null, bytes);
        } finally {
            cutting = false;
        }
        readIfWanted();
    }

    private byte @Nullable [] next() throws CborException {
        return mustWait() ? null : framer.next();
    }

    private boolean mustWait() {
        return paused || awaitsTurn || isFull();
    }

    private void takeTurn() {
        if (awaitsTurn) { // otherwise it has been closed meanwhile
            awaitsTurn = false;
            cut(NOTHING);
        }
    }

    private void receive(byte[] encoded) {
        if (handler.takesRaw(encoded)) {
            return;
        }
        GraspMessage message;
        try {
            message = decoder.decode(encoded);
        } catch (MalformedMessageException e) {
            drop(DropReason.MALFORMED);
            handler.malformed(e, e.session(), encoded);
            return;
        }
        context.received(message, encoded, path);
        if (!(message instanceof Discovery) && context.dull.onConnection(message) == null) {
            context.options().in(message, encoded, path); // the responder reports the options of discoveries
        }
        handler.received(message, encoded);
    }

    @Override
    public void inputEnded() {
        if (hasPending()) {
            drop(DropReason.MALFORMED);
        }
        if (!closing) {
            handler.inputEnded();
        }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        Throwable failure = denied != null ? denied : cause;
        closing = true;
        takeTurn(); // drops what waits
        if (linger != null) {
            linger.cancel();
        }
        place.leave();
        gone.run();
        if (!opened && failure != null) {
            unreachable.run();
        }
        handler.closed(failure);
        for (Held next = held.poll(); next != null; next = held.poll()) {
            next.flushed()
                    .done(failure != null ? failure : new IOException("the connection was closed before it opened"));
        }
    }

    /** Handles input on a channel whose session has ended. */
    private record AfterSession(MessageChannel channel) implements MessageHandler {
        @Override
        public void received(GraspMessage message, byte[] encoded) {
            channel.drop(DropReason.NO_SESSION);
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
            channel.close();
        }

        @Override
        public void inputEnded() {
            channel.close();
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            // the session has ended already
        }
    }
}
