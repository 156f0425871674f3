package io.grasp.substrate.netty;

import io.grasp.substrate.Completion;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.IntrusiveList;
import org.jspecify.annotations.Nullable;

/**
 * A connection for one reply to the node that sent the multicast; that node closes the connection first. The side that
 * closes first keeps its port in TIME_WAIT. On the receiver that is one port for all replies. Here it would be another
 * port for each reply, until the system has to search for a free one, which blocks the loop.
 */
final class ReplyConnection implements ConnectionListener {
    private final FixedDelayTimers waits;
    private @Nullable NettyConnection connection;
    private IntrusiveList.@Nullable Node<?> patience;

    /** @param waits timers with the time that the receiver may take, from when the connection is open */
    ReplyConnection(FixedDelayTimers waits) {
        this.waits = waits;
    }

    void send(NettyConnection to, byte[] message, Completion sent) {
        connection = to;
        to.send(message, sent);
    }

    @Override
    public void opened() {
        patience = waits.begin(this::close);
    }

    @Override
    public void received(byte[] bytes) {
        // a reply gets no answer
    }

    @Override
    public void inputEnded() {
        close();
    }

    void abort() {
        if (connection != null) {
            connection.abort();
        }
    }

    private void close() {
        if (connection != null) {
            connection.close();
        }
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        if (patience != null) {
            patience.leave();
        }
    }
}
