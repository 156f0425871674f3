package io.grasp.substrate.netty.mux;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.IntrusiveList;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream.
 *
 * <pre>
 *              number, OPEN sent         END sent, peer's END
 *    WAITING --------------------> OPEN ----------------------> ENDED
 *       |                           |  '-- RESET, by either end ---^
 *       '-- closed or aborted       |                              |
 *           before it was opened    '-- END sent, but the peer's   |
 *             --> ENDED                 does not come in time      |
 *                                         --> LINGERING -----------'
 *                                             peer's END or RESET, or data, which is answered by RESET
 * </pre>
 *
 * <p>The listener is notified of the end in LINGERING already. Until the peer has ended its direction, the stream keeps
 * its number, and counts against the limit of streams.
 */
final class MuxStream implements Connection {
    private enum State {
        WAITING,
        OPEN,
        LINGERING,
        ENDED
    }

    /**
     * Bytes to send.
     *
     * @param bytes the bytes
     * @param flushed called when the last of them has been handed to the transport
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte[] bytes, Completion flushed) {}

    private static final byte[] NOTHING = {};

    private final MuxConnection connection;
    private final boolean isOurs;
    private final InetSocketAddress remote;
    private final @Nullable PeerIdentity peer;
    private @Nullable ConnectionListener listener;
    private State state = State.WAITING;
    private int number;
    private long position;

    // our direction
    private final Queue<Piece> unsent = new ArrayDeque<>(1);
    private long unsentBytes;
    private int sentOfPiece;
    private long credit;
    private boolean openSent;
    private boolean closing;
    private boolean endSent;
    private boolean endFlushed;
    private IntrusiveList.@Nullable Node<MuxStream> place;

    // the peer's direction
    private byte[] unread = NOTHING;
    private int unreadBytes;
    private int receivable;
    private int consumed;
    private boolean reading = true;
    private boolean peerEnded;
    private IntrusiveList.@Nullable Node<MuxStream> creditPlace;

    private boolean openedSignalled;
    private boolean inputEndedSignalled;
    private boolean isOverForPeer;
    private IntrusiveList.@Nullable Node<FixedDelayTimers.Timer> timer;

    MuxStream(
            MuxConnection connection,
            boolean isOurs,
            InetSocketAddress remote,
            @Nullable PeerIdentity peer,
            @Nullable ConnectionListener listener) {
        this.connection = connection;
        this.isOurs = isOurs;
        this.remote = remote;
        this.peer = peer;
        this.listener = listener;
    }

    // ---- what the connection calls

    void waitsAt(IntrusiveList.Node<MuxStream> waiting) {
        place = waiting;
    }

    /** The stream has its number: one of ours may now be sent, one of the peer's has come. */
    void opens(int newNumber, long newPosition, int newCredit) {
        leave();
        number = newNumber;
        position = newPosition;
        state = State.OPEN;
        credit = newCredit;
        receivable = connection.config().windowBytes;
        openSent = !isOurs;
        openedSignalled = !isOurs;
        if (isOurs) {
            readyIfNeeded();
        }
    }

    void listener(ConnectionListener newListener) {
        listener = newListener;
    }

    boolean hasListener() {
        return listener != null;
    }

    int number() {
        return number;
    }

    long position() {
        return position;
    }

    boolean isOurs() {
        return isOurs;
    }

    /** {@return whether the listener has not been notified of the end, and will be} */
    boolean isLive() {
        return state == State.WAITING || state == State.OPEN;
    }

    /** {@return whether the peer's bytes are wanted} */
    boolean takesData() {
        return state == State.OPEN;
    }

    void signalOpened() {
        if (!openedSignalled && state == State.OPEN) {
            openedSignalled = true;
            signal(ConnectionListener::opened);
        }
    }

    /** The peer has sent a DATA frame. */
    void dataBegins(int length) throws MuxProtocolException {
        if (peerEnded) {
            throw new MuxProtocolException(MuxViolation.DATA_AFTER_END, "data after the end of stream " + numberText());
        }
        if (length > receivable) {
            throw new MuxProtocolException(
                    MuxViolation.CREDIT_EXCEEDED,
                    length + " bytes on stream " + numberText() + ", whose credit is " + receivable);
        }
        receivable -= length;
        if (state == State.LINGERING && length > 0) {
            end();
            connection.sendReset(number, Frames.CLOSED, receivable);
        }
    }

    void received(byte[] bytes) {
        if (reading && unreadBytes == 0) {
            report(bytes);
        } else {
            keep(bytes);
        }
        deliver();
    }

    /** Keeps bytes until they are read, in one array: many small ones would need far more memory than the window. */
    private void keep(byte[] bytes) {
        int needed = unreadBytes + bytes.length;
        if (needed > unread.length) {
            unread = Arrays.copyOf(unread, Math.min(2 * needed, connection.config().windowBytes));
        }
        System.arraycopy(bytes, 0, unread, unreadBytes, bytes.length);
        unreadBytes = needed;
    }

    private byte[] takeUnread() {
        byte[] all = unreadBytes == unread.length ? unread : Arrays.copyOf(unread, unreadBytes);
        dropUnread();
        return all;
    }

    private void dropUnread() {
        unread = NOTHING;
        unreadBytes = 0;
    }

    private void report(byte[] bytes) {
        signalOpened();
        consume(bytes.length);
        signal(to -> to.received(bytes));
    }

    void peerEnds() {
        peerEnded = true;
        noteIfOverForPeer();
        if (state == State.LINGERING) {
            end();
        } else {
            deliver();
        }
    }

    /** Notifies the listener of the bytes received, as long as it reads. */
    private void deliver() {
        signalOpened();
        if (reading && state == State.OPEN && unreadBytes > 0) {
            report(takeUnread());
        }
        if (reading && state == State.OPEN && peerEnded && !inputEndedSignalled) {
            inputEndedSignalled = true;
            signal(ConnectionListener::inputEnded);
        }
        endIfBothHave();
    }

    private void consume(int bytes) {
        consumed += bytes;
        if (consumed >= connection.config().windowBytes / 2 && !peerEnded && creditPlace == null) {
            creditPlace = connection.writer().creditOf(this);
            connection.writeSoon();
        }
    }

    void writeCredit(ByteBuf out) {
        leaveCredits();
        Frames.header(out, Frames.CREDIT, 0, Frames.CREDIT_BYTES, number);
        out.writeInt(consumed);
        receivable += consumed;
        consumed = 0;
    }

    /** The peer takes more bytes. */
    void credit(int bytes) throws MuxProtocolException {
        credit += bytes;
        if (credit > Integer.MAX_VALUE) {
            throw new MuxProtocolException(MuxViolation.BAD_CREDIT, "too much credit on stream " + numberText());
        }
        readyIfNeeded();
    }

    private void readyIfNeeded() {
        if (place == null && wantsToWrite()) {
            place = connection.writer().dataOf(this);
            connection.writeSoon();
        }
    }

    private boolean wantsToWrite() {
        return state == State.OPEN
                && !endSent
                && (!openSent || (credit > 0 && !unsent.isEmpty()) || (closing && unsentBytes == 0));
    }

    /** Writes one frame. */
    void writeData(ByteBuf out, List<Completion> handedOver) {
        leave();
        int length = (int) Math.min(Math.min(Frames.MAX_PAYLOAD, credit), unsentBytes);
        boolean end = closing && length == unsentBytes;
        int flags = (openSent ? 0 : Frames.OPEN) | (end ? Frames.END : 0);
        if (length > 0 || flags != 0) {
            Frames.header(out, Frames.DATA, flags, length, number);
        }
        takeUnsent(out, length, handedOver);
        credit -= length;
        if (!openSent) {
            openSent = true;
            connection.hasOpened(this);
        }
        if (closing && length > 0 && !end) {
            begin(); // the peer reads: it gets the whole time for the next bytes, however many there are
        }
        if (end) {
            endSent = true;
            noteIfOverForPeer();
            handedOver.add(failure -> endFlushed());
        }
        readyIfNeeded();
    }

    private void takeUnsent(ByteBuf out, int length, List<Completion> handedOver) {
        int toTake = length;
        unsentBytes -= length;
        for (Piece first = unsent.peek(); first != null; first = unsent.peek()) {
            int part = Math.min(toTake, first.bytes.length - sentOfPiece);
            out.writeBytes(first.bytes, sentOfPiece, part);
            toTake -= part;
            sentOfPiece += part;
            if (sentOfPiece < first.bytes.length) {
                return;
            }
            unsent.remove();
            sentOfPiece = 0;
            handedOver.add(first.flushed);
        }
    }

    /** The peer may open another stream as soon as both directions have ended, even if ours is not flushed here. */
    private void noteIfOverForPeer() {
        if (endSent && peerEnded && !isOurs && state == State.OPEN) {
            isOverForPeer = true;
            connection.overForPeer(1);
        }
    }

    private void endFlushed() {
        endFlushed = true;
        if (state == State.OPEN) {
            endIfBothHave();
        }
        if (state == State.OPEN) {
            begin();
        }
    }

    private void endIfBothHave() {
        if (state == State.OPEN && endFlushed && inputEndedSignalled) {
            end();
            signalClosed(null);
        }
    }

    private void begin() {
        stopTimer();
        timer = connection.closings().begin(this::closeTimedOut);
    }

    /** The peer has taken too long, either to read what was sent or to end its direction. */
    private void closeTimedOut() {
        timer = null;
        if (state == State.OPEN && endFlushed) {
            state = State.LINGERING;
            dropUnread();
            leaveAll();
            connection.hasEnded(this);
            signalClosed(null);
        } else if (state == State.WAITING && connection.isPaused()) {
            begin(); // the peer has had no time yet
        } else if (isLive()) {
            fail(new IOException("the peer took too long to read what was sent"), Frames.CANCELLED);
        }
    }

    /** The peer has aborted or refused the stream. */
    void resetByPeer(int code) {
        if (state == State.LINGERING) {
            end();
            return;
        }
        String what = (code == Frames.REFUSED ? " has refused" : " has reset") + " the connection";
        fail(new MuxResetException("the peer " + connection.remoteText() + what), 0);
    }

    /**
     * Ends the stream because of a failure. Not called from within a call of the engine.
     *
     * @param code of the RESET that the peer gets, 0 for none
     */
    void fail(Throwable failure, int code) {
        if (!isLive()) {
            end();
            return;
        }
        boolean known = openSent;
        end();
        if (known && code != 0) {
            connection.sendReset(number, code, receivable);
        }
        failUnsent(failure);
        signalClosed(failure);
    }

    /** Nothing of the stream is left but what the listener has yet to be notified of. */
    private void end() {
        if (state == State.ENDED) {
            return;
        }
        boolean live = isLive();
        state = State.ENDED;
        closing = true;
        dropUnread();
        leaveAll();
        if (isOverForPeer) {
            connection.overForPeer(-1);
        }
        connection.forget(this);
        if (isOurs && !openSent) {
            connection.hasNotOpened();
        }
        if (live) {
            connection.hasEnded(this);
        }
    }

    private void leaveAll() {
        stopTimer();
        leave();
        leaveCredits();
    }

    private void leave() {
        if (place != null) {
            place.leave();
            place = null;
        }
    }

    private void leaveCredits() {
        if (creditPlace != null) {
            creditPlace.leave();
            creditPlace = null;
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.leave();
            timer = null;
        }
    }

    private void failUnsent(Throwable failure) {
        unsentBytes = 0;
        for (Piece piece = unsent.poll(); piece != null; piece = unsent.poll()) {
            Completion flushed = piece.flushed;
            connection.call(() -> flushed.done(failure));
        }
    }

    private void signalClosed(@Nullable Throwable failure) {
        signal(to -> to.closed(failure));
    }

    private void signal(Consumer<ConnectionListener> signal) {
        ConnectionListener to = listener;
        if (to != null) {
            connection.call(() -> signal.accept(to));
        }
    }

    private String numberText() {
        return Integer.toUnsignedString(number);
    }

    // ---- what the engine calls

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public @Nullable PeerIdentity peerIdentity() {
        return peer;
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (closing) {
            flushed.done(closedException());
            return;
        }
        unsent.add(new Piece(bytes, flushed));
        unsentBytes += bytes.length;
        readyIfNeeded();
    }

    @Override
    public void reading(boolean on) {
        boolean resumes = !reading && on;
        reading = on || closing;
        if (resumes) {
            connection.later(this::deliver);
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        if (!reading) {
            reading = true;
            connection.later(this::deliver);
        }
        if (isLive() && !openSent && unsent.isEmpty()) {
            end();
            connection.later(() -> signalClosed(null));
        } else {
            begin();
            readyIfNeeded();
        }
    }

    @Override
    public void abort() {
        if (!isLive()) {
            return;
        }
        boolean known = openSent;
        end();
        if (known) {
            connection.sendReset(number, Frames.CANCELLED, receivable);
        }
        failUnsent(closedException());
        connection.later(() -> signalClosed(null));
    }

    private IOException closedException() {
        return new IOException("the connection to " + connection.remoteText() + " is closed");
    }
}
