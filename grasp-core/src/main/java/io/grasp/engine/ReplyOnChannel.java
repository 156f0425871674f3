package io.grasp.engine;

import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The way back to who has sent a discovery on a connection: the same connection (RFC 8990 section 2.5.4.4). */
record ReplyOnChannel(MessageChannel channel) implements ReplyPath {
    @Override
    public InetSocketAddress source() {
        return channel.connection().remote();
    }

    /** Closes the connection behind what has been sent. */
    void end() {
        channel.close();
    }

    @Override
    public void reply(byte[] message, Completion sent) {
        if (channel.isClosing()) {
            sent.done(new IOException("the connection to " + source() + " is closed"));
        } else {
            channel.connection().send(message, sent);
        }
    }
}
