package io.grasp.substrate.netty;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.mux.MuxConfig;
import io.grasp.substrate.netty.mux.MuxConnection;
import io.grasp.substrate.netty.mux.MuxListener;
import io.grasp.substrate.netty.mux.MuxRole;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A substrate for tests: each pair of addresses has one TCP connection, which carries the sessions as streams and the
 * multicasts as messages. Nodes find each other in a list that they share.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are seen by the connection
final class MuxOverTcp implements Substrate {
    private final NettyLoop loop;
    private final MuxConfig config;
    private final List<MuxOverTcp> all;
    private final int linkIndex;
    private final Inet6Address linkLocal;
    private final InetAddress address;
    private final Map<InetSocketAddress, MuxConnection> calls = new HashMap<>();
    private final List<MuxConnection> open = new ArrayList<>();
    private final TheLink link = new TheLink();
    private SubstrateListener listener;
    private TcpServerChannel server;
    private boolean closed;

    /** @param all the nodes that have started, changed on the loop only */
    MuxOverTcp(NettyLoop loop, MuxConfig config, List<MuxOverTcp> all) {
        this.loop = loop;
        this.config = config;
        this.all = all;
        try {
            NetworkInterface grasp = NetworkInterface.getByName(TestNetwork.LINK);
            List<InetAddress> addresses = grasp.inetAddresses().toList();
            linkIndex = grasp.getIndex();
            linkLocal = (Inet6Address) addresses.stream()
                    .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
                    .findFirst()
                    .orElseThrow();
            InetAddress global = addresses.stream()
                    .filter(each -> each instanceof Inet6Address && !each.isLinkLocalAddress())
                    .findFirst()
                    .orElseThrow();
            address = InetAddress.getByAddress(global.getAddress()); // without scope
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public void start(SubstrateListener newListener, Completion started) {
        listener = newListener;
        server = new TcpServerChannel();
        loop.events().register(server);
        server.pipeline().addLast(new Acceptor(loop, this::accept, failure -> {}));
        server.bind(new InetSocketAddress("::", 0))
                .addListener(bound -> loop.execute(() -> {
                    if (closed) {
                        started.done(new IOException("closed"));
                        return;
                    }
                    all.add(this);
                    listener.linkUp(link);
                    started.done(bound.cause());
                }));
    }

    @Override
    public Security security() {
        return Security.NONE;
    }

    @Override
    public List<NodeAddress> nodeAddresses() {
        return List.of(new NodeAddress(address, linkIndex, false, false));
    }

    @Override
    public int port() {
        return server.localAddress().getPort();
    }

    private void accept(TcpChannel channel) {
        InetSocketAddress from = channel.remoteAddress();
        if (!listener.serves(scoped(channel.localAddress().getAddress()))) {
            NettyConnection.reset(channel);
            listener.dropped(SubstrateDrop.NOT_SERVED, null, from, null);
            return;
        }
        InetSocketAddress source = new InetSocketAddress(scoped(from.getAddress()), from.getPort());
        new Peer(source).attach(channel, MuxRole.ACCEPTOR);
    }

    private InetAddress scoped(InetAddress plain) {
        return plain.isLinkLocalAddress() ? linkLocalOf(plain) : plain;
    }

    private Inet6Address linkLocalOf(InetAddress plain) {
        try {
            return Inet6Address.getByAddress(null, plain.getAddress(), linkIndex);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Connection connect(Locator locator, int index, ConnectionListener connection) {
        if (!closed && locator instanceof Locator.Ipv6 ipv6) {
            InetSocketAddress to = new InetSocketAddress(scoped(ipv6.address()), ipv6.port());
            return call(to).open(connection, to, null);
        }
        Connection none = new NettyConnection(
                loop,
                new InetSocketAddress(0),
                new FixedDelayTimers(loop, 1),
                MessageCipher.PLAIN,
                () -> {},
                new io.grasp.util.IntrusiveList<>(),
                () -> {});
        ((NettyConnection) none).listener(connection);
        loop.execute(() -> ((NettyConnection) none).refuse(new IOException("no such peer")));
        return none;
    }

    private MuxConnection call(InetSocketAddress to) {
        MuxConnection known = calls.get(to);
        if (known != null && known.isOpen()) {
            return known;
        }
        TcpChannel channel = new TcpChannel();
        loop.events().register(channel);
        MuxConnection made = new Peer(to).attach(channel, MuxRole.INITIATOR);
        calls.put(to, made);
        channel.connect(to).addListener(connected -> {
            if (!connected.isSuccess()) {
                made.abort(connected.cause());
            }
        });
        return made;
    }

    @Override
    public void close(Completion completion) {
        closed = true;
        all.remove(this);
        if (server != null) {
            server.close();
        }
        List.copyOf(open).forEach(MuxConnection::abort);
        loop.executeAfterSelect(() -> loop.executeAfterSelect(() -> completion.done(null)));
    }

    /** The peer at the other end of a connection. */
    private final class Peer implements MuxListener {
        private final InetSocketAddress remote;
        private MuxConnection connection;

        Peer(InetSocketAddress remote) {
            this.remote = remote;
        }

        MuxConnection attach(TcpChannel channel, MuxRole role) {
            connection = MuxConnection.attach(channel, loop, role, config, this, remote, null);
            open.add(connection);
            return connection;
        }

        @Override
        public ConnectionListener accepted(Connection stream) {
            return listener.accepted(stream);
        }

        @Override
        public boolean admits() {
            return !closed;
        }

        @Override
        public boolean message(byte[] message) {
            int port = ((message[0] & 0xFF) << 8) | (message[1] & 0xFF); // of the sender's server, for the reply path
            byte[] bytes = java.util.Arrays.copyOfRange(message, 2, message.length);
            listener.linkMessage(link, bytes, new InBand(connection, new InetSocketAddress(remote.getAddress(), port)));
            return true;
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            open.remove(connection);
            calls.remove(remote, connection);
        }
    }

    private byte[] withPort(byte[] message) {
        byte[] all = new byte[message.length + 2];
        all[0] = (byte) (port() >> 8);
        all[1] = (byte) port();
        System.arraycopy(message, 0, all, 2, message.length);
        return all;
    }

    private final class InBand implements ReplyPath {
        private final MuxConnection connection;
        private final InetSocketAddress source;

        InBand(MuxConnection connection, InetSocketAddress source) {
            this.connection = connection;
            this.source = source;
        }

        @Override
        public InetSocketAddress source() {
            return source;
        }

        @Override
        public Runnable reply(byte[] message, Completion sent) {
            connection.sendMessage(withPort(message), sent);
            return () -> {};
        }
    }

    private final class TheLink implements Link {
        @Override
        public String name() {
            return TestNetwork.LINK;
        }

        @Override
        public int index() {
            return linkIndex;
        }

        @Override
        public InetAddress linkLocalAddress() {
            return linkLocal;
        }

        @Override
        public int maxMulticastBytes() {
            return UNBOUNDED;
        }

        @Override
        public boolean repliesInBand() {
            return true;
        }

        @Override
        public void multicast(byte[] message, Completion sent) {
            if (closed) {
                sent.done(new IOException("closed"));
                return;
            }
            List<MuxOverTcp> neighbors =
                    all.stream().filter(each -> each != MuxOverTcp.this).toList();
            int[] left = {neighbors.size()};
            for (MuxOverTcp neighbor : neighbors) {
                call(new InetSocketAddress(linkLocal, neighbor.port())).sendMessage(withPort(message), failure -> {
                    left[0]--;
                    if (left[0] == 0) {
                        sent.done(failure);
                    }
                });
            }
            if (neighbors.isEmpty()) {
                sent.done(null);
            }
        }
    }
}
