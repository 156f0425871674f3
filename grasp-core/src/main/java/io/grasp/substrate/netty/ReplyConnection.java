package io.grasp.substrate.netty;

import io.grasp.substrate.Completion;
import io.grasp.substrate.ConnectionListener;
import io.grasp.util.IntrusiveList;
import org.jspecify.annotations.Nullable;

/**
 * A connection for one message to a node that has asked by multicast, which is to close it first. The side that does
 * keeps its port in TIME_WAIT: the asker's is the one that all answers come to, ours would be another one for each
 * answer, until there are none left that the system finds without searching, on the loop.
 */
final class ReplyConnection implements ConnectionListener {
    private final FixedDelayTimers waits;
    private @Nullable NettyConnection connection;
    private IntrusiveList.@Nullable Link<?> patience;

    /** @param waits as long as the asker may take, from when the connection is open */
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
        // nobody answers a reply
    }

    @Override
    public void inputEnded() {
        close();
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
