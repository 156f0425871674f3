package io.grasp.substrate.netty.member;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.AddressText;
import io.grasp.util.IntrusiveList;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A session whose TLS connection is still being opened, or that waits until the member takes one more session.
 *
 * <pre>
 *  WAITING --- there is a connection, and a place in it ---&gt; forwards everything
 *     |
 *     '-- cannot connect, given up ---&gt; ended
 * </pre>
 */
final class DeferredConnection implements Connection {
    private final NettyLoop loop;
    private final InetSocketAddress remote;
    private final ConnectionListener listener;
    private final Queue<Unsent> unsent = new ArrayDeque<>(1);
    private @Nullable Route route;
    private @Nullable Connection inner;
    private boolean reading = true;
    private boolean closing;
    private boolean ended;
    private @Nullable Throwable ending;
    private IntrusiveList.@Nullable Node<DeferredConnection> place;
    private @Nullable Member member;
    private Runnable again = () -> {};
    private @Nullable FixedDelayTimers closings;
    private IntrusiveList.@Nullable Node<FixedDelayTimers.Timer> timer;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Unsent(byte[] bytes, Completion flushed) {}

    DeferredConnection(NettyLoop loop, InetSocketAddress remote, ConnectionListener listener) {
        this.loop = loop;
        this.remote = remote;
        this.listener = listener;
    }

    /** {@return whether nothing needs the connection any more} */
    boolean isOver() {
        return ended || closing && unsent.isEmpty();
    }

    /** It waits for a connection with the node at a place. */
    void waitsAt(Route place) {
        route = place;
    }

    void stopsWaiting() {
        if (route != null) {
            route.abandoned(this);
        }
    }

    ConnectionListener listener() {
        return listener;
    }

    /**
     * It waits until a member takes one more session.
     *
     * @param newAgain connects it anew, if the member has no connection any more
     * @param newClosings end it if it is closed, but what was sent is not taken in time
     */
    void waitForPlace(Member by, Runnable newAgain, FixedDelayTimers newClosings) {
        place = by.waiting().add(this);
        member = by;
        again = newAgain;
        closings = newClosings;
        closeInTime();
    }

    /** {@return what connects it anew} It waits no more for a place. */
    Runnable leavePlace() {
        if (place != null) {
            place.leave();
            place = null;
            member = null;
        }
        closings = null;
        if (timer != null) {
            timer.leave();
            timer = null;
        }
        return again;
    }

    private void closeInTime() {
        if (closing && closings != null && timer == null) {
            timer = closings.begin(this::closeTimedOut);
        }
    }

    private void closeTimedOut() {
        timer = null;
        if (member != null && member.isAboutToTakeSession()) {
            closeInTime(); // the peer has had no time yet
        } else {
            fail(new IOException("the peer took too long to take what was sent"));
        }
    }

    /** Continues on a connection, whose events the listener gets. */
    void resume(Connection on) {
        leavePlace();
        inner = on;
        if (!reading) {
            on.reading(false);
        }
        for (Unsent each = unsent.poll(); each != null; each = unsent.poll()) {
            on.send(each.bytes, each.flushed);
        }
        if (closing) {
            on.close();
        }
    }

    /** Ends it; not called from within a call of the engine. */
    void fail(@Nullable Throwable failure) {
        if (ended || inner != null) {
            return;
        }
        leavePlace();
        ended = true;
        closing = true;
        ending = failure;
        failUnsent();
        loop.run(() -> listener.closed(failure));
    }

    private void failUnsent() {
        for (Unsent each = unsent.poll(); each != null; each = unsent.poll()) {
            Completion flushed = each.flushed;
            loop.run(() -> flushed.done(whyClosed()));
        }
    }

    @Override
    public InetSocketAddress remote() {
        return inner == null ? remote : inner.remote();
    }

    @Override
    public @Nullable PeerIdentity peerIdentity() {
        return inner == null ? null : inner.peerIdentity();
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (inner != null) {
            inner.send(bytes, flushed);
        } else if (closing) {
            flushed.done(whyClosed());
        } else {
            unsent.add(new Unsent(bytes, flushed));
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (inner != null) {
            inner.reading(on);
        }
    }

    @Override
    public void close() {
        if (inner != null) {
            inner.close();
        } else if (!closing) {
            closing = true;
            if (unsent.isEmpty()) {
                giveUp();
            } else {
                closeInTime();
            }
        }
    }

    @Override
    public void abort() {
        if (inner != null) {
            inner.abort();
        } else {
            closing = true;
            failUnsent();
            giveUp();
        }
    }

    private void giveUp() {
        loop.execute(() -> fail(null));
    }

    private Throwable whyClosed() {
        return ending != null
                ? ending
                : new IOException("the connection to " + AddressText.onThisHost(remote) + " is closed");
    }
}
