package io.grasp.substrate.sim;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.sim.time.Loops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The return path on a stream link: the stream on which the message came. */
record ReplyInBand(
        Attachment here, Attachment origin, @Nullable PeerIdentity neighborIdentity) implements ReplyPath {
    @Override
    public InetSocketAddress source() {
        InetAddress address = SimAddresses.scoped(origin.linkLocalAddress(), here.index());
        return new InetSocketAddress(address, origin.node().port());
    }

    @Override
    public Runnable reply(byte[] message, Completion sent) {
        Loops.requireInLoop(here.node().loop());
        here.link().unicast(here, origin, message, sent);
        return () -> {}; // the stream carries other messages too
    }
}
