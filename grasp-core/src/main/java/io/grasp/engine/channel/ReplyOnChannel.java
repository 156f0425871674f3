package io.grasp.engine.channel;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The return path of a discovery that came on a connection: the same connection (RFC 8990 section 2.5.4.4). */
public record ReplyOnChannel(MessageChannel channel, PendingAnswers pending) implements ReplyPath {
    /** Counts the discoveries that came on a connection, and decides when to close it. */
    public interface PendingAnswers {
        /** Responses to a discovery may follow. */
        void answering();

        /** No more responses to that discovery follow. */
        void answered();
    }

    @Override
    public InetSocketAddress source() {
        return channel.connection().remote();
    }

    @Override
    public @Nullable PeerIdentity neighborIdentity() {
        return channel.path().identity();
    }

    /** {@return whether responses can be sent: the connection is open and has not become a raw channel} */
    boolean isUsable() {
        return !channel.isClosing() && !channel.isRaw();
    }

    @Override
    public Runnable reply(byte[] message, Completion sent) {
        if (isUsable()) {
            channel.write(message, sent);
            return channel.connection()::abort; // the peer does not read
        } else {
            String why = channel.isClosing() ? " is closed" : " has become a raw channel";
            sent.done(new IOException("the connection to " + AddressText.of(source()) + why));
            return () -> {};
        }
    }
}
