package io.grasp.substrate.netty;

import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Receives discoveries that are sent to this node alone at GRASP_LISTEN_PORT (RFC 8990 section 2.8.4). Each served
 * address has its own channel: a single channel would receive every multicast a second time, and datagrams to the
 * addresses of other interfaces. If several nodes of a host share an address, Linux delivers a datagram to the one that
 * bound it last.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
final class UnicastReceivers {
    private final NettyLoop loop;
    private final NettyConfig config;
    private final MessageCipher cipher;
    private final ConnectionManager connections;
    private final SubstrateListener listener;
    private final BoundChannels sockets;
    private final Map<LocalAddress, Channel> open = new HashMap<>();

    /** The addresses where no channel can be opened, so that a failure is reported only once. */
    private final Set<LocalAddress> failed = new HashSet<>();

    private boolean closed;

    UnicastReceivers(
            NettyLoop loop,
            NettyConfig config,
            MessageCipher cipher,
            ConnectionManager connections,
            SubstrateListener listener) {
        this.loop = loop;
        this.config = config;
        this.cipher = cipher;
        this.connections = connections;
        this.listener = listener;
        this.sockets = new BoundChannels(loop);
    }

    /**
     * Follows the node's addresses.
     *
     * @param addresses all usable addresses of this host, with the names of their interfaces
     */
    void update(Map<LocalAddress, String> addresses) {
        Map<LocalAddress, String> wanted = new HashMap<>();
        addresses.forEach((address, name) -> {
            if (listener.serves(address.scoped())) {
                wanted.put(address, name);
            }
        });
        failed.retainAll(wanted.keySet());
        for (LocalAddress each : List.copyOf(open.keySet())) {
            Channel channel = wanted.containsKey(each) ? null : open.remove(each);
            if (channel != null) {
                channel.close();
            }
        }
        wanted.forEach((address, name) -> {
            if (!closed && !open.containsKey(address)) {
                tryToOpen(address, name);
            }
        });
    }

    /** Opens the channel of an address again, if it is open, so that it is the last one that was bound there. */
    void reopen(LocalAddress address, String name) {
        Channel channel = open.remove(address);
        if (channel != null) {
            channel.close();
            tryToOpen(address, name);
        }
    }

    private void tryToOpen(LocalAddress address, String name) {
        try {
            open.put(address, open(address, name));
            failed.remove(address);
        } catch (IOException e) {
            if (isThere(address) && failed.add(address)) {
                loop.run(() -> listener.linkFailed(name, e));
            }
        }
    }

    /** Whether an address still exists; if it has gone since the last poll, that is not a failure of its link. */
    private static boolean isThere(LocalAddress address) {
        try {
            return Interfaces.read().local().contains(address);
        } catch (IOException e) {
            return true;
        }
    }

    private Channel open(LocalAddress address, String name) throws IOException {
        boolean ipv4 = address.address() instanceof Inet4Address;
        Channel channel = sockets.bind(
                sockets.datagrams(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                DatagramReceiver.buffers(config.maxDatagramBytes, cipher)),
                new InetSocketAddress(address.scoped(), config.multicastPort));
        channel.pipeline()
                .addLast(new DatagramReceiver(
                        config.maxDatagramBytes, cipher, any -> true, new AtAddress(address, name)));
        return channel;
    }

    void close() {
        closed = true;
        open.clear();
        sockets.close();
    }

    /** Receives the events of one address. */
    private final class AtAddress implements DatagramReceiver.Events {
        private final LocalAddress address;
        private final String name;

        AtAddress(LocalAddress address, String name) {
            this.address = address;
            this.name = name;
        }

        @Override
        public void received(byte[] message, InetSocketAddress from) {
            if (open.containsKey(address)) {
                ReplyPath replyPath = connections.replyPath(from);
                loop.run(() -> listener.unicastMessage(message, replyPath));
            }
        }

        @Override
        public void dropped(SubstrateDrop reason, InetSocketAddress sender) {
            loop.run(() -> listener.dropped(reason, null, sender, null));
        }

        @Override
        public void failed(Throwable cause) {
            if (!loop.failsBy(cause)) {
                loop.run(() -> listener.linkFailed(name, cause));
            }
        }

        @Override
        public void closed() {
            // Only this node closes it: a datagram channel does not end by itself.
        }
    }
}
