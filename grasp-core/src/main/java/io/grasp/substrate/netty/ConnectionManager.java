package io.grasp.substrate.netty;

import io.grasp.model.SubstrateInfo;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.AddressText;
import io.grasp.util.IntrusiveList;
import io.netty.bootstrap.Bootstrap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The TCP connections of one substrate in both directions: opens, accepts, counts and closes them. */
final class ConnectionManager {
    private final NettyLoop loop;
    private final NettyConfig config;
    private final MessageCipher cipher;
    private final Predicate<InetAddress> served;
    private final Consumer<InetSocketAddress> undecryptable;
    private final FixedDelayTimers connects;
    private final FixedDelayTimers closings;
    private final IntrusiveList<NettyConnection> open = new IntrusiveList<>();
    private int accepted;
    /** The connections for replies, the oldest first. */
    private final IntrusiveList<ReplyConnection> replies = new IntrusiveList<>();
    /** The connections that begin a session in reply to a datagram. */
    private int sessionsInReply;

    /** Whether the number of replies will be checked soon. */
    private boolean bounding;

    private boolean closing;
    private Runnable allGone = () -> {};

    /**
     * @param served whether peers are served at an address of this host
     * @param undecryptable called with a peer that has sent what cannot be decrypted
     */
    ConnectionManager(
            NettyLoop loop,
            NettyConfig config,
            MessageCipher cipher,
            Predicate<InetAddress> served,
            Consumer<InetSocketAddress> undecryptable) {
        this.loop = loop;
        this.config = config;
        this.cipher = cipher;
        this.served = served;
        this.undecryptable = undecryptable;
        this.connects = new FixedDelayTimers(loop, TimeUnit.MILLISECONDS.toNanos(config.connectTimeoutMillis));
        this.closings = new FixedDelayTimers(loop, TimeUnit.MILLISECONDS.toNanos(config.closeTimeoutMillis));
    }

    /** {@return a server that is not yet bound} */
    Bootstrap server(SubstrateListener listener) {
        return new Bootstrap()
                .group(loop.events())
                .channelFactory(TcpServerChannel::new)
                .handler(new Acceptor(loop, channel -> accept(channel, listener), listener::acceptFailed));
    }

    private void accept(TcpChannel channel, SubstrateListener listener) {
        SubstrateDrop refused = refused(channel, listener);
        if (closing || refused != null) {
            InetSocketAddress peer = channel.remoteAddress();
            NettyConnection.reset(channel);
            if (!closing && refused != null) {
                loop.run(() -> listener.dropped(refused, null, peer, null));
            }
            return;
        }
        accepted++;
        NettyConnection connection = create(channel.remoteAddress(), () -> accepted--);
        connection.accepted(channel);
        loop.run(() -> {
            try {
                connection.listener(listener.accepted(connection));
            } catch (Throwable failure) {
                connection.abort(); // nothing else would close it
                throw failure;
            }
        });
    }

    private @Nullable SubstrateDrop refused(TcpChannel channel, SubstrateListener listener) {
        InetSocketAddress local = channel.localAddress();
        if (local == null || !served.test(local.getAddress())) {
            return SubstrateDrop.NOT_SERVED;
        }
        SubstrateDrop full = full();
        InetSocketAddress peer = channel.remoteAddress();
        return full == null || peer != null && madeRoom(peer, full, listener) ? null : full;
    }

    /** {@return the bounds, with what is in use of them} */
    List<SubstrateInfo.Bound> bounds() {
        return List.of(
                new SubstrateInfo.Bound("NettyConfig.maxAcceptedConnections", accepted, config.maxAcceptedConnections),
                new SubstrateInfo.Bound("NettyConfig.maxReplies", replies.size(), config.maxReplies));
    }

    private @Nullable SubstrateDrop full() {
        if (accepted >= config.maxAcceptedConnections) {
            return SubstrateDrop.TOO_MANY_CONNECTIONS;
        }
        return loop.descriptors().leave(config.reservedDescriptors, accepted) ? null : SubstrateDrop.FEW_DESCRIPTORS;
    }

    /** The aborted connection is counted until it is gone, on the next turn of the loop. */
    private boolean madeRoom(InetSocketAddress peer, SubstrateDrop full, SubstrateListener listener) {
        boolean[] made = {false};
        loop.run(() -> made[0] = listener.makesRoom(peer, null, full));
        return made[0];
    }

    Connection connect(InetSocketAddress remote, ConnectionListener listener) {
        return connect(remote, listener, () -> {});
    }

    private NettyConnection connect(InetSocketAddress remote, ConnectionListener listener, Runnable gone) {
        if (closing) {
            return refuse(remote, listener, gone, new IOException("the substrate is closed"));
        }
        NettyConnection connection = create(remote, gone);
        connection.listener(listener);
        // On a later turn, because a connection to this node may open before the call returns.
        loop.execute(() -> connection.open(connects));
        return connection;
    }

    /** {@return a connection that will never open} */
    Connection refuse(InetSocketAddress remote, ConnectionListener listener, Throwable cause) {
        return refuse(remote, listener, () -> {}, cause);
    }

    private NettyConnection refuse(
            InetSocketAddress remote, ConnectionListener listener, Runnable gone, Throwable cause) {
        NettyConnection connection = create(remote, gone);
        connection.listener(listener);
        loop.execute(() -> connection.refuse(cause));
        return connection;
    }

    /** {@return the return path to the sender of a datagram: a connection to the address and port that it came from} */
    ReplyPath replyPath(InetSocketAddress sender) {
        return new ReplyPath() {
            @Override
            public InetSocketAddress source() {
                return sender;
            }

            @Override
            public Runnable reply(byte[] message, Completion sent) {
                return reply(message, sent, () -> {});
            }

            @Override
            public Runnable reply(byte[] message, Completion sent, Runnable gone) {
                return ConnectionManager.this.reply(sender, message, sent, gone);
            }

            @Override
            public Connection open(ConnectionListener listener) {
                sessionsInReply++;
                return connect(sender, listener, () -> sessionsInReply--);
            }
        };
    }

    /** See {@link io.grasp.substrate.Substrate#hasRoomForReply}. */
    boolean hasRoomForReply() {
        return replies.size() < config.maxReplies && hasRoomForSessionInReply();
    }

    /** See {@link io.grasp.substrate.Substrate#hasRoomForSessionInReply}. */
    boolean hasRoomForSessionInReply() {
        return loop.descriptors().leave(config.reservedDescriptors / 2, replies.size() + sessionsInReply);
    }

    private Runnable reply(InetSocketAddress sender, byte[] message, Completion sent, Runnable gone) {
        if (!bounding && !hasRoomForReply()) {
            bounding = true;
            int most = Math.max(1, replies.size());
            // After the tasks in which the engine gives up replies.
            loop.execute(() -> loop.execute(() -> resetBeyond(most)));
        }
        ReplyConnection reply = new ReplyConnection(closings);
        IntrusiveList.Node<ReplyConnection> place = replies.add(reply);
        NettyConnection connection = connect(sender, reply, () -> {
            place.leave();
            loop.run(gone);
        });
        reply.send(connection, message, sent);
        return () -> {
            place.leave();
            connection.abort();
        };
    }

    /** If the caller has given up no replies although there was no room, the oldest go: they have had the most time. */
    private void resetBeyond(int most) {
        bounding = false;
        IntrusiveList.Node<ReplyConnection> oldest = replies.first();
        while (oldest != null && replies.size() > most) {
            oldest.leave();
            oldest.value().abort();
            oldest = replies.first();
        }
    }

    private NettyConnection create(InetSocketAddress remote, Runnable gone) {
        return new NettyConnection(loop, remote, closings, cipher, () -> undecryptable.accept(remote), open, () -> {
            gone.run();
            if (closing && open.size() == 0) {
                closed();
            }
        });
    }

    private void closed() {
        connects.stop();
        closings.stop();
        Runnable done = allGone;
        allGone = () -> {};
        done.run();
    }

    /** Fails the connections whose local addresses have gone from this machine. */
    void lost(Set<LocalAddress> gone) {
        if (gone.isEmpty() || open.size() == 0) {
            return;
        }
        ConnectingAddresses connecting = ConnectingAddresses.read();
        for (NettyConnection connection : open.all()) {
            InetAddress local = connection.local(connecting);
            if (local != null && gone.contains(LocalAddress.of(local))) {
                connection.fail(new LinkLostException("this node no longer has the address " + AddressText.of(local)
                        + " of its connection to " + AddressText.of(connection.remote())));
            }
        }
    }

    /** Closes all connections gracefully and opens no more; {@code done} is called on a later turn of the loop. */
    void close(Runnable done) {
        closing = true;
        allGone = done;
        if (open.size() == 0) {
            loop.execute(this::closed);
            return;
        }
        open.all().forEach(NettyConnection::close);
    }
}
