package io.grasp.substrate.netty.mux;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.AddressText;
import io.grasp.util.IntrusiveList;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection with one peer that carries any number of streams, which either end opens, and link messages outside of
 * them (docs/multiplexing.md). A stream is a {@link Connection}; to open one takes no round trip. A stream that is not
 * read stops its own sender only: each has its own credit, and the connection has none.
 *
 * <pre>
 *               active           close, or the peer's GOAWAY          all ended, DONE of either end
 *    CONNECTING -------> OPEN --------------------------------> ENDING -----------------------------.
 *        |                 |                                     |                                  v
 *        '-----------------'-- abort, violation, silence, reset -'-----------------------------> ENDED
 * </pre>
 *
 * <p>All methods are called on the loop, which is the channel's event loop.
 */
public final class MuxConnection {
    /** What may be on its way on a stream when it is reset, besides its bytes: its end, a reset, and twice credit. */
    private static final int MAX_LATE_FRAMES = 4;

    private final Channel channel;
    private final Loop loop;
    private final MuxConfig config;
    private final MuxListener listener;
    private final InetSocketAddress remote;
    /** Kept, because the system must be asked for the name of a scope. */
    private @Nullable String remoteText;

    private final @Nullable PeerIdentity peer;
    private final StreamNumbers ours;
    private final StreamNumbers theirs;
    private final Map<Integer, MuxStream> opened = new HashMap<>();
    private final Map<Integer, MuxStream> accepted = new HashMap<>();
    private final IntrusiveList<MuxStream> waiting = new IntrusiveList<>();
    private final List<MuxStream> toSignal = new ArrayList<>();
    private final FrameReader reader;
    private final FrameWriter writer = new FrameWriter();
    private final FrameBudget budget;
    private final OpeningPace pace;
    private final Keepalive keepalive;
    private final FixedDelayTimers closings;
    private final List<Completion> closeCompletions = new ArrayList<>();

    // what the peer's preface says; until then, what every end takes
    private int peerWindowBytes = MuxConfig.MIN_WINDOW_BYTES;
    private int peerMaxStreams = MuxConfig.MIN_STREAMS;
    private int peerMaxMessageBytes = Integer.MAX_VALUE;

    private boolean active;
    private boolean writing;
    private boolean writeScheduled;
    private boolean closing;
    private boolean peerIsClosing;
    private boolean doneSent;
    private boolean ended;
    private boolean finished;
    private @Nullable Throwable failure;
    private int live;
    private long lastActivity;

    /** How many streams of this end are open, or wait, whose first frame has not been sent. */
    private int unopened;

    private @Nullable Runnable whenOpened;
    private @Nullable Runnable whenUnused;
    private @Nullable Runnable whenPlaceIsFree;

    /** How many accepted streams have ended for the peer, which may open others instead. */
    private int overForPeer;

    /** How many bytes the peer may send on streams that this end has reset, because it does not know yet. */
    private long discardable;

    /** How many frames without bytes may come on those streams for the same reason. */
    private long lateFrames;

    private long pings;
    private long pongs;
    private long barrier;
    private Loop.@Nullable Wakeup pongTimer;
    private Loop.@Nullable Wakeup prefaceTimer;
    private Loop.@Nullable Wakeup closeTimer;

    private MuxConnection(
            Channel channel,
            Loop loop,
            MuxRole role,
            MuxConfig config,
            MuxListener listener,
            InetSocketAddress remote,
            @Nullable PeerIdentity peer) {
        this.channel = channel;
        this.loop = loop;
        this.config = config;
        this.listener = listener;
        this.remote = remote;
        this.peer = peer;
        this.ours = new StreamNumbers(role, config.streamNumbers);
        this.theirs = new StreamNumbers(role.other(), config.streamNumbers);
        this.reader = new FrameReader(new FrameHandler(), role.other(), config.maxMessageBytes);
        this.budget = new FrameBudget(loop, maxWastedFrames());
        this.pace = new OpeningPace(loop, this::sendAwaitedPing, this::placeIsFree);
        this.keepalive = new Keepalive(loop, config, this::sendPing, this::end);
        this.closings = new FixedDelayTimers(loop, config.closeTimeoutNanos);
        this.lastActivity = loop.nanoTime();
        writer.control(Frames.preface(role, config));
    }

    /**
     * Takes over a channel: it reads and writes frames as the last handler of the channel's pipeline. If the channel is
     * not active yet, streams wait until it is. The channel reads from now on.
     *
     * @param channel the channel, on the event loop that is the loop; handlers for TLS come first, and have completed
     *     their handshake
     * @param loop the loop
     * @param role which end this is
     * @param config the settings
     * @param listener receives the events of the connection
     * @return the connection
     */
    public static MuxConnection attach(
            Channel channel, Loop loop, MuxRole role, MuxConfig config, MuxListener listener) {
        InetSocketAddress remote = (InetSocketAddress)
                Objects.requireNonNull(channel.remoteAddress(), "the channel's remote address is not known");
        return attach(channel, loop, role, config, listener, remote, null);
    }

    /**
     * As {@link #attach(Channel, Loop, MuxRole, MuxConfig, MuxListener)}, with what is known of the peer.
     *
     * @param channel the channel
     * @param loop the loop
     * @param role which end this is
     * @param config the settings
     * @param listener receives the events of the connection
     * @param remote the address of the streams that the peer opens
     * @param peer what the peer's certificate says
     * @return the connection
     */
    public static MuxConnection attach(
            Channel channel,
            Loop loop,
            MuxRole role,
            MuxConfig config,
            MuxListener listener,
            InetSocketAddress remote,
            @Nullable PeerIdentity peer) {
        MuxConnection connection = new MuxConnection(channel, loop, role, config, listener, remote, peer);
        channel.pipeline().addLast(connection.new ChannelHandler());
        if (!channel.isOpen()) {
            connection.later(connection::finish);
        } else if (channel.isActive()) {
            connection.begin();
        }
        return connection;
    }

    /**
     * Opens a stream. If the peer has as many streams of this end as it takes, the stream waits until one of them has
     * ended. If the connection {@linkplain #isOpen takes no more streams}, or too many wait, the stream fails.
     *
     * @param newListener receives the events of the stream
     * @param newRemote the address of the stream's peer
     * @param newPeer the identity of the stream's peer
     * @return the stream
     */
    public Connection open(
            ConnectionListener newListener, InetSocketAddress newRemote, @Nullable PeerIdentity newPeer) {
        MuxStream stream = new MuxStream(this, true, newRemote, newPeer, newListener);
        live++;
        unopened++;
        if (!isOpen()) {
            later(() -> stream.fail(noMoreStreams(), 0));
        } else if (waiting.size() - Math.max(0, freeStreams()) >= config.maxWaitingStreams) {
            later(() -> stream.fail(
                    new MuxOverflowException(
                            waiting.size() + " connections to " + remoteText() + " wait until the peer takes one more"),
                    0));
        } else {
            stream.waitsAt(waiting.add(stream));
            writeSoon();
        }
        return stream;
    }

    /**
     * Opens a stream to the peer of this connection.
     *
     * @param newListener receives the events of the stream
     * @return the stream
     */
    public Connection open(ConnectionListener newListener) {
        return open(newListener, remote, peer);
    }

    /**
     * Sends a message outside of all streams. It waits for the socket in a queue of bounded size.
     *
     * @param message the message, not empty; MUST NOT be changed afterwards
     * @param sent called when the message has been handed to the transport, or with the failure, which is a
     *     {@link MuxOverflowException} if the queue is full or the peer does not take messages of this size; may be
     *     called before this method returns
     */
    public void sendMessage(byte[] message, Completion sent) {
        send(message, false, sent);
    }

    /**
     * As {@link #sendMessage}, but also if the queue is full: for small messages of which few wait at one time.
     *
     * @param message the message, not empty; MUST NOT be changed afterwards
     * @param sent as above
     */
    public void sendControlMessage(byte[] message, Completion sent) {
        send(message, true, sent);
    }

    private void send(byte[] message, boolean always, Completion sent) {
        if (message.length == 0) {
            throw new IllegalArgumentException("the message is empty");
        }
        if (ended || closing) {
            sent.done(closedException());
        } else if (message.length > peerMaxMessageBytes) {
            sent.done(tooLong());
        } else if (!always
                && writer.hasMessages()
                && message.length + FrameWriter.MESSAGE_OBJECT_BYTES
                        > config.messageQueueBytes - writer.messageBytes()) {
            sent.done(new MuxOverflowException(
                    writer.messageBytes() + " bytes of messages to " + remoteText() + " wait already"));
        } else {
            lastActivity = loop.nanoTime();
            writer.message(message, sent);
            writeSoon();
        }
    }

    private MuxOverflowException tooLong() {
        return new MuxOverflowException(
                "the peer " + remoteText() + " takes messages of at most " + peerMaxMessageBytes + " bytes");
    }

    /** {@return whether streams may be opened: the connection has not ended, and neither end is closing it} */
    public boolean isOpen() {
        return !ended && !closing && !peerIsClosing;
    }

    /** {@return the number of streams that have not ended, those that wait included} */
    public int streams() {
        return live;
    }

    /** {@return the number of streams of this end that the peer counts, or will count because they wait here} */
    public int ownStreams() {
        return opened.size() + waiting.size();
    }

    /** {@return how many further streams would not wait if they were opened now} */
    public int freePlaces() {
        return isOpen() ? Math.max(0, freeStreams() - waiting.size()) : 0;
    }

    /** {@return whether this end opens no stream for a while, so that the peer does not take them for a flood} */
    public boolean isPaused() {
        return pace.isPaused();
    }

    /**
     * Sets what to do when {@link #freePlaces} may have become larger, or {@link #ownStreams} smaller.
     *
     * @param task called at once, also from within a call of the engine
     */
    public void whenPlaceIsFree(Runnable task) {
        whenPlaceIsFree = task;
    }

    /**
     * Sets what to do each time the last stream has ended.
     *
     * @param task called on a later turn of the loop, when there is no stream; not after the connection has ended
     */
    public void whenUnused(Runnable task) {
        whenUnused = task;
    }

    /**
     * Does something when all streams that this end has opened so far are known to the peer, or about to be: their
     * first frames go before what is sent then. The caller opens no others meanwhile.
     *
     * @param task called at once if no stream waits; otherwise when none does any more, unless the connection ends
     *     before
     */
    public void whenOpened(Runnable task) {
        if (unopened == 0) {
            task.run();
        } else {
            whenOpened = task;
        }
    }

    /**
     * Whether the connection has been idle.
     *
     * @param nanos a time
     * @return whether there has been no stream and no message since that time ago
     */
    public boolean isIdleFor(long nanos) {
        return live == 0 && !writer.hasMessages() && loop.nanoTime() - lastActivity >= nanos;
    }

    /**
     * Closes the connection gracefully: neither end opens streams any more, and those that are open may end within the
     * close timeout. Then the peer closes the connection, within the same time once more.
     *
     * @param closed called when the connection has ended, after {@link MuxListener#ended}
     */
    public void close(Completion closed) {
        if (finished) {
            later(() -> closed.done(null));
            return;
        }
        closeCompletions.add(closed);
        if (closing || ended) {
            return;
        }
        closing = true;
        if (!active) {
            later(() -> end(null));
            return;
        }
        closeTimer = loop.wakeAt(loop.nanoTime() + config.closeTimeoutNanos, this::streamsTimedOut);
        control(Frames.goAway(theirs.last(), 0, 0));
        later(() -> {
            failWaiting();
            endIfDone();
        });
    }

    /** Ends the connection at once, as a failure that the peer notices. */
    public void abort() {
        abort(null);
    }

    /**
     * Ends the connection at once, as a failure that the peer notices.
     *
     * @param cause the reason, which the listeners of the streams and of the connection get; {@code null} if this end
     *     just gives it up
     */
    public void abort(@Nullable Throwable cause) {
        if (ended) {
            return;
        }
        resetOnClose();
        endLater(cause);
    }

    private void resetOnClose() {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException closed) {
            // the connection has failed already, or was not opened
        }
    }

    // ---- what streams call

    MuxConfig config() {
        return config;
    }

    /** {@return the address of the peer, for messages to people} */
    String remoteText() {
        String known = remoteText;
        if (known == null) {
            known = AddressText.onThisHost(remote);
            remoteText = known;
        }
        return known;
    }

    FrameWriter writer() {
        return writer;
    }

    FixedDelayTimers closings() {
        return closings;
    }

    private int maxWastedFrames() {
        return config.wastedFramesPerSecond + config.maxStreams;
    }

    /** @param credit what the peer may have sent on the stream before it gets the frame, in bytes */
    void sendReset(int number, int code, int credit) {
        long others = maxWastedFrames() - 1L;
        discardable = Math.min(discardable, others * config.windowBytes) + credit;
        lateFrames = Math.min(lateFrames, others * MAX_LATE_FRAMES) + MAX_LATE_FRAMES;
        control(Frames.reset(number, code));
        if (ours.owns(number) && !ended) {
            pace.wasted();
        }
    }

    /** The stream's first frame is about to be sent. */
    void hasOpened(MuxStream stream) {
        toSignal.add(stream);
        noLongerUnopened();
    }

    /** A stream of this end has ended before its first frame was sent. */
    void hasNotOpened() {
        noLongerUnopened();
    }

    private void noLongerUnopened() {
        unopened--;
        Runnable task = whenOpened;
        if (unopened == 0 && task != null) {
            whenOpened = null;
            task.run();
        }
    }

    /** The listener of a stream is being notified of its end. */
    void hasEnded(MuxStream stream) {
        live--;
        lastActivity = loop.nanoTime();
        if (closing) {
            later(this::endIfDone);
        } else if (live == 0 && whenUnused != null) {
            later(this::signalUnused);
        }
    }

    private void signalUnused() {
        Runnable task = whenUnused;
        if (task != null && live == 0 && !ended) {
            call(task);
        }
    }

    void overForPeer(int more) {
        overForPeer += more;
    }

    /** The number of a stream is free. */
    void forget(MuxStream stream) {
        if (stream.number() != 0) {
            (stream.isOurs() ? opened : accepted).remove(stream.number());
        }
        if (stream.isOurs()) {
            placeIsFree();
        }
    }

    /** The peer may take one more stream. */
    private void placeIsFree() {
        if (waiting.size() > 0) {
            writeSoon();
        }
        Runnable task = whenPlaceIsFree;
        if (task != null && !ended) {
            task.run();
        }
    }

    /** Runs a callback of the user. Its exception does not affect the connection; its error ends the loop. */
    void call(Runnable callback) {
        try {
            callback.run();
        } catch (Exception exception) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, exception);
        } catch (Error error) {
            failLoop(error);
        }
    }

    private void failLoop(Error error) {
        later(() -> {
            throw error;
        });
    }

    /** Runs a task outside of all calls of the engine. */
    void later(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException loopHasEnded) {
            task.run(); // Netty closes the channels of a loop that has ended, outside of all calls
        }
    }

    // ---- writing

    /** Writes what waits, together with all else that is sent in this turn of the loop. */
    void writeSoon() {
        if (!writeScheduled && !writing && active && !ended) {
            writeScheduled = true;
            later(() -> {
                writeScheduled = false;
                write();
            });
        }
    }

    private void control(byte[] frame) {
        if (ended || doneSent) {
            return;
        }
        if (writer.control(frame)) {
            writeSoon();
        } else {
            later(() -> violated(new MuxProtocolException(
                    MuxViolation.REPLIES_NOT_READ, "the peer does not read, but makes this end send replies")));
        }
    }

    private void write() {
        if (writing || !active || ended) {
            return;
        }
        writing = true;
        try {
            openWaiting();
            while (!ended && !writer.isEmpty() && channel.isWritable()) {
                writeBatch();
            }
        } finally {
            writing = false;
        }
        signalOpened();
        endIfDone();
    }

    /**
     * Writes frames. What listeners send or close when they are notified goes along: the end of a direction needs no
     * write, and no TLS record, of its own.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // its listener handles the failure
    private void writeBatch() {
        ByteBuf out = channel.alloc().ioBuffer(Frames.MAX_PAYLOAD / 4, Integer.MAX_VALUE);
        try {
            do {
                List<Completion> handedOver = new ArrayList<>();
                writer.fill(out, handedOver);
                for (Completion each : handedOver) {
                    call(() -> each.done(null));
                }
                openWaiting();
            } while (!ended && !writer.isEmpty() && out.readableBytes() < FrameWriter.BATCH_BYTES);
        } catch (Throwable thrown) {
            out.release();
            throw thrown;
        }
        if (ended) {
            out.release();
            return;
        }
        channel.writeAndFlush(out).addListener(written -> {
            if (!written.isSuccess()) {
                end(written.cause());
            }
        });
    }

    private void openWaiting() {
        for (IntrusiveList.Node<MuxStream> first = waiting.first();
                first != null && freeStreams() > 0 && hasNumber();
                first = waiting.first()) {
            int number = ours.next();
            opened.put(number, first.value());
            first.value().opens(number, ours.positionOf(number), peerWindowBytes);
        }
    }

    /** {@return how many streams the peer takes now} */
    private int freeStreams() {
        return pace.isPaused() ? 0 : peerMaxStreams - opened.size();
    }

    private boolean hasNumber() {
        if (!ours.needsPing()) {
            return true;
        }
        if (barrier == 0) {
            barrier = sendAwaitedPing();
        }
        return false;
    }

    /** {@return what the peer sends back} */
    private long sendPing() {
        pings++;
        control(Frames.ping(pings, 0));
        return pings;
    }

    /** {@return what the peer sends back} It must do so in time, because streams wait for that. */
    private long sendAwaitedPing() {
        awaitPong();
        return sendPing();
    }

    private void awaitPong() {
        if (pongTimer == null) {
            long nanos = config.keepaliveNanos + config.keepaliveTimeoutNanos;
            pongTimer = loop.wakeAt(
                    loop.nanoTime() + nanos,
                    () -> end(new SocketTimeoutException("the peer has not answered a PING within "
                            + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms")));
        }
    }

    private void signalOpened() {
        if (!toSignal.isEmpty()) {
            List<MuxStream> now = List.copyOf(toSignal);
            toSignal.clear();
            now.forEach(MuxStream::signalOpened);
        }
    }

    // ---- beginning and ending

    private void begin() {
        active = true;
        channel.config().setAutoRead(true);
        keepalive.start();
        prefaceTimer = loop.wakeAt(
                loop.nanoTime() + config.prefaceTimeoutNanos,
                () -> end(new SocketTimeoutException("the peer has sent nothing within "
                        + TimeUnit.NANOSECONDS.toMillis(config.prefaceTimeoutNanos)
                        + " ms after the TLS handshake: it does not answer, or the path drops large packets (compare"
                        + " the MTU of both sides, and let firewalls pass ICMPv6 Packet Too Big)")));
        writeSoon();
    }

    private void failWaiting() {
        waiting.all().forEach(stream -> stream.fail(noMoreStreams(), 0));
    }

    private void streamsTimedOut() {
        closeTimer = null;
        failWaiting();
        IOException late = new IOException("the connection was closed, and the stream did not end in time");
        all().forEach(stream -> stream.fail(late, Frames.CANCELLED));
        sendDone();
    }

    /** Ends a connection that is being closed when its last stream has ended and everything is on its way. */
    private void endIfDone() {
        if (closing && !doneSent && !ended && live == 0 && !writer.hasMessages()) {
            sendDone();
        }
    }

    private void sendDone() {
        if (doneSent || ended) {
            return;
        }
        doneSent = true;
        stopCloseTimer();
        closeTimer = loop.wakeAt(loop.nanoTime() + config.closeTimeoutNanos, () -> end(null));
        writer.last(Frames.goAway(theirs.last(), 0, Frames.DONE));
        writeSoon();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the connection ends whether or not the peer gets the frame
    private void violated(MuxProtocolException violation) {
        if (ended) {
            return;
        }
        if (active && channel.isWritable()) {
            byte[] frame = Frames.goAway(theirs.last(), violation.violation().code(), Frames.DONE);
            channel.writeAndFlush(channel.alloc().buffer(frame.length).writeBytes(frame));
        }
        end(violation);
    }

    /** Ends the connection. Not called from within a call of the engine. */
    private void end(@Nullable Throwable cause) {
        if (ended) {
            return;
        }
        stop(cause);
        endStreams();
        close();
    }

    private void endLater(@Nullable Throwable cause) {
        stop(cause);
        later(() -> {
            endStreams();
            close();
        });
    }

    private void stop(@Nullable Throwable cause) {
        ended = true;
        failure = cause;
        keepalive.stop();
        pace.stop();
        closings.stop();
        stopCloseTimer();
        stopPrefaceTimer();
        stopPongTimer();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its closing
    private void close() {
        channel.close();
    }

    private void endStreams() {
        Throwable cause = failure == null ? closedException() : failure;
        all().forEach(stream -> stream.fail(cause, 0));
        waiting.all().forEach(stream -> stream.fail(cause, 0));
        writer.dropMessages().forEach(sent -> call(() -> sent.done(cause)));
    }

    private List<MuxStream> all() {
        List<MuxStream> all = new ArrayList<>(opened.values());
        all.addAll(accepted.values());
        return all;
    }

    /** The channel has closed. */
    private void finish() {
        if (finished) {
            return;
        }
        end(doneSent ? null : new IOException("the peer " + remoteText() + " has closed the connection"));
        finished = true;
        call(() -> listener.ended(failure));
        for (Completion closed : closeCompletions) {
            call(() -> closed.done(null));
        }
        closeCompletions.clear();
    }

    private void stopCloseTimer() {
        if (closeTimer != null) {
            closeTimer.cancel();
            closeTimer = null;
        }
    }

    private void stopPrefaceTimer() {
        if (prefaceTimer != null) {
            prefaceTimer.cancel();
            prefaceTimer = null;
        }
    }

    private void stopPongTimer() {
        if (pongTimer != null) {
            pongTimer.cancel();
            pongTimer = null;
        }
    }

    private IOException closedException() {
        return new IOException("the connection to " + remoteText() + " is closed");
    }

    private MuxResetException noMoreStreams() {
        return new MuxResetException("the connection to " + remoteText() + " takes no more streams");
    }

    /** Handles what the peer has sent. */
    private final class FrameHandler implements FrameReader.Handler {
        private @Nullable MuxStream current;
        private boolean currentEnds;

        @Override
        public void preface(int windowBytes, int maxStreams, int maxMessageBytes) throws MuxProtocolException {
            stopPrefaceTimer();
            int more = windowBytes - peerWindowBytes;
            peerWindowBytes = windowBytes;
            peerMaxStreams = maxStreams;
            peerMaxMessageBytes = maxMessageBytes;
            for (MuxStream stream : opened.values()) {
                stream.credit(more);
            }
            writer.maxMessageBytes(maxMessageBytes).forEach(sent -> call(() -> sent.done(tooLong())));
            writeSoon();
        }

        @Override
        public void dataBegins(int number, int flags, int length) throws MuxProtocolException {
            current = (flags & Frames.OPEN) != 0 ? accept(number) : find(number);
            currentEnds = (flags & Frames.END) != 0;
            if (current != null) {
                current.dataBegins(length);
            }
            if (current == null && length > 0 && length <= discardable) {
                discardable -= length;
            } else if (current == null && (flags & Frames.OPEN) == 0) {
                if (length > 0 || !isLate()) {
                    budget.waste("data of a stream that has ended");
                }
            } else if (length == 0 && (flags & (Frames.OPEN | Frames.END)) == 0) {
                budget.waste("empty data");
            }
        }

        /** {@return whether a frame was perhaps on its way when this end reset its stream} */
        private boolean isLate() {
            boolean late = lateFrames > 0;
            if (late) {
                lateFrames--;
            }
            return late;
        }

        private @Nullable MuxStream accept(int number) throws MuxProtocolException {
            if (!theirs.owns(number) || accepted.containsKey(number) || !theirs.follows(number)) {
                throw new MuxProtocolException(
                        MuxViolation.BAD_STREAM, "the peer opens stream " + Integer.toUnsignedString(number));
            }
            theirs.use(number);
            if (accepted.size() - overForPeer >= config.maxStreams || closing || !admits()) {
                budget.waste("a stream that is refused");
                sendReset(number, Frames.REFUSED, config.windowBytes);
                return null;
            }
            MuxStream stream = new MuxStream(MuxConnection.this, false, remote, peer, null);
            accepted.put(number, stream);
            live++;
            stream.opens(number, theirs.positionOf(number), peerWindowBytes);
            call(() -> stream.listener(listener.accepted(stream)));
            if (!stream.hasListener()) {
                stream.fail(closedException(), Frames.CANCELLED);
            }
            return stream;
        }

        private boolean admits() {
            boolean[] admitted = new boolean[1];
            call(() -> admitted[0] = listener.admits());
            return admitted[0];
        }

        /** {@return the stream; {@code null} if it has ended} */
        private @Nullable MuxStream find(int number) throws MuxProtocolException {
            StreamNumbers numbers = ours.owns(number) ? ours : theirs;
            MuxStream stream = (numbers == ours ? opened : accepted).get(number);
            if (stream == null && !(numbers.owns(number) && numbers.wasUsed(number))) {
                throw new MuxProtocolException(
                        MuxViolation.BAD_STREAM,
                        "a frame on stream " + Integer.toUnsignedString(number) + ", which was never opened");
            }
            return stream;
        }

        @Override
        public boolean takesData() {
            return current != null && current.takesData();
        }

        @Override
        public void data(byte[] bytes) {
            if (current != null) {
                current.received(bytes);
            }
        }

        @Override
        public void dataEnds() {
            if (current != null && currentEnds) {
                current.peerEnds();
            }
            current = null;
        }

        @Override
        public void reset(int number, int code) throws MuxProtocolException {
            MuxStream stream = find(number);
            if (stream == null ? !isLate() : !stream.isOurs()) {
                budget.waste("a reset");
            }
            if (stream != null && stream.isOurs() && code == Frames.REFUSED) {
                pace.wasted();
            }
            if (stream != null) {
                stream.resetByPeer(code);
            }
        }

        @Override
        public void credit(int number, int bytes) throws MuxProtocolException {
            if (bytes <= 0) {
                throw new MuxProtocolException(
                        MuxViolation.BAD_CREDIT, Integer.toUnsignedString(bytes) + " bytes of credit");
            }
            MuxStream stream = find(number);
            if (stream == null ? !isLate() : bytes < Frames.MIN_CREDIT) {
                budget.waste("credit");
            }
            if (stream != null) {
                stream.credit(bytes);
            }
        }

        @Override
        public void message(byte[] message) throws MuxProtocolException {
            lastActivity = loop.nanoTime();
            boolean[] useful = new boolean[1];
            call(() -> useful[0] = listener.message(message));
            if (!useful[0]) {
                budget.waste("a message");
            }
        }

        @Override
        public void ping(long token, boolean comesBack) throws MuxProtocolException {
            if (!comesBack) {
                budget.waste("a ping");
                control(Frames.ping(token, Frames.ACK));
                return;
            }
            if (token <= pongs || token > pings) {
                budget.waste("an answer to no ping");
                return;
            }
            pongs = token;
            stopPongTimer();
            pace.cameBack(token);
            if (barrier != 0 && token >= barrier) {
                barrier = 0;
                ours.pingCameBack(opened.keySet());
                writeSoon();
            }
            if (barrier != 0 || pace.awaitsPing()) {
                awaitPong();
            }
        }

        @Override
        public void goAway(int lastStream, int code, boolean done) throws MuxProtocolException {
            budget.waste("a GOAWAY");
            if (code != 0) {
                end(new IOException(
                        "the peer " + remoteText() + " ended the connection because of " + MuxViolation.text(code)));
                return;
            }
            failUnseen(lastStream);
            if (done) {
                end(null);
            } else if (!peerIsClosing) {
                peerIsClosing = true;
                failWaiting();
                call(listener::goingAway);
            }
        }

        /** The peer has processed nothing of the streams that were opened after its last one. */
        private void failUnseen(int lastStream) throws MuxProtocolException {
            if (lastStream != 0 && !(ours.owns(lastStream) && ours.wasUsed(lastStream))) {
                throw new MuxProtocolException(
                        MuxViolation.BAD_STREAM,
                        "GOAWAY with stream " + Integer.toUnsignedString(lastStream) + ", which was never opened");
            }
            long position = ours.positionOf(lastStream);
            Collection<MuxStream> unseen = opened.values().stream()
                    .filter(stream -> stream.position() > position)
                    .toList();
            unseen.forEach(stream -> stream.fail(noMoreStreams(), 0));
        }

        @Override
        public void ignored() throws MuxProtocolException {
            budget.waste("of an unknown type");
        }

        @Override
        public boolean hasEnded() {
            return ended;
        }
    }

    /** The last handler of the channel. */
    private final class ChannelHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (!active && !ended) {
                begin();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object received) {
            ByteBuf bytes = (ByteBuf) received;
            try {
                if (!ended) {
                    keepalive.heard();
                    reader.read(bytes);
                }
            } catch (MuxProtocolException violation) {
                violated(violation);
            } finally {
                bytes.release();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (channel.isWritable() && !writing && !ended) {
                later(MuxConnection.this::write);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                finishInput();
            } else {
                context.fireUserEventTriggered(event);
            }
        }

        private void finishInput() {
            end(doneSent ? null : new IOException("the peer " + remoteText() + " has closed the connection"));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            finishInput();
            context.fireChannelInactive();
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext context) {
            finish();
            context.fireChannelUnregistered();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof Error error) {
                failLoop(error);
            }
            end(cause);
        }
    }
}
