package io.grasp.substrate.netty.acp;

import io.grasp.model.AddressInfo;
import io.grasp.model.AddressInfo.Use;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.InterfaceInfo.State;
import io.grasp.substrate.Loop;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The links of one substrate. They follow the interfaces each time these are polled. The states of each interface of
 * the Autonomic Control Plane:
 *
 * <pre>
 *             up, with a link-local address, and the port is free: linkUp
 *  MISSING ---------------------------------------------------------------&gt; UP
 *          &lt;---------------------------------------------------------------
 *             gone, down, or another address: linkDown
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
final class AcpLinks {
    /** A new address cannot be used while it is checked for duplicates; only then is the failure worth a report. */
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final int LINK_LOCAL_PREFIX = 64;

    /** The maximum number of neighbors in the description of a link. */
    private static final int NEIGHBORS_IN_WORDS = 8;

    private static final long ACCEPT_REST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NettyLoop loop;
    private final AcpConfig config;
    private final SubstrateListener listener;
    private final Predicate<InetAddress> served;
    private final InstanceId instance;
    private final IntSupplier port;
    private final Runnable firstReports;
    private final Map<String, AcpLink> open = new LinkedHashMap<>();
    private final Map<String, Failure> failures = new TreeMap<>();
    private @Nullable HostInterfaces seen;
    private int waitingForReports;
    /** The number of open connections that neighbors have opened. */
    private int ofNeighbors;

    private boolean closed;

    /** Why an interface cannot be a link, and since when. */
    private static final class Failure {
        final String why;
        final long since;
        boolean reported;

        Failure(String why, long since) {
            this.why = why;
            this.since = since;
        }
    }

    /**
     * @param served whether peers are served at an address of this host
     * @param port returns the port of the node, 0 for any free one
     * @param firstReports called when the neighbors of all links are known, as far as they are at first
     */
    AcpLinks(
            NettyLoop loop,
            AcpConfig config,
            SubstrateListener listener,
            Predicate<InetAddress> served,
            InstanceId instance,
            IntSupplier port,
            Runnable firstReports) {
        this.loop = loop;
        this.config = config;
        this.listener = listener;
        this.served = served;
        this.instance = instance;
        this.port = port;
        this.firstReports = firstReports;
    }

    /** {@return whether each link knows its neighbors, as far as they are known at first} */
    boolean knowNeighbors() {
        return waitingForReports == 0;
    }

    /** Closes the links that have gone or changed, and opens those that can be opened. */
    void update(HostInterfaces now) {
        if (closed) {
            return;
        }
        seen = now;
        for (AcpLink link : List.copyOf(open.values())) {
            if (!config.includes(link.name()) || !now.identities(link.name()).contains(link.at())) {
                lost(link);
            }
        }
        List<String> wanted = new ArrayList<>(now.names(config::includes));
        wanted.addAll(config.missing(now.up().keySet()));
        failures.keySet().retainAll(wanted);
        for (String name : wanted) {
            if (!closed && !open.containsKey(name)) {
                tryToOpen(name, now);
            }
        }
    }

    private void lost(AcpLink link) {
        open.remove(link.name());
        link.close(false, () -> {});
        loop.run(() -> listener.linkDown(link));
    }

    private static String whyNotUsable(String name, HostInterfaces now) {
        if (now.up().containsKey(name)) {
            return "interface " + name + " has no link-local IPv6 address: add one, for example with"
                    + " ip -6 address add fe80::1/64 dev " + name;
        }
        return "no interface " + name + " is up: create it, or set it up; it is used as soon as it is there";
    }

    private void tryToOpen(String name, HostInterfaces now) {
        List<VirtualInterface> identities = now.identities(name);
        IOException failure = new IOException(whyNotUsable(name, now));
        for (VirtualInterface each : identities) {
            try {
                open(each);
                failures.remove(name);
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        String why = String.valueOf(failure.getMessage());
        Failure known = failures.get(name);
        if (known == null || !known.why.equals(why)) {
            known = new Failure(why, loop.nanoTime());
            failures.put(name, known);
        }
        if (!known.reported && (identities.isEmpty() || loop.nanoTime() - known.since >= CHECK_NANOS)) {
            known.reported = true;
            IOException cause = failure;
            loop.run(() -> listener.linkFailed(name, cause));
        }
    }

    private void open(VirtualInterface at) throws IOException {
        Accepting accepting = new Accepting();
        Channel server = bind(new InetSocketAddress(at.linkLocalAddress(), port.getAsInt()), accepting);
        int bound = ((InetSocketAddress) server.localAddress()).getPort();
        waitingForReports++;
        AcpLink link = new AcpLink(loop, config, at, server, bound, listener, instance, this::reported);
        accepting.link = link;
        server.closeFuture().addListener(closed -> accepting.endRest());
        open.put(at.name(), link);
        loop.run(() -> listener.linkUp(link));
        link.open();
    }

    private void reported() {
        waitingForReports--;
        if (waitingForReports == 0) {
            firstReports.run();
        }
    }

    private Channel bind(InetSocketAddress address, Accepting accepting) throws IOException {
        ChannelFuture registered = new Bootstrap()
                .group(loop.events())
                .channelFactory(NioServerSocketChannel::new)
                .option(ChannelOption.SO_REUSEADDR, true)
                // The next one sees how many descriptors those before it have left.
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1))
                .handler(accepting)
                .register();
        require(registered, "open a socket");
        Channel channel = registered.channel();
        loop.track(channel);
        require(channel.bind(address), "bind to " + AddressText.onThisHost(address));
        return channel;
    }

    /** Throws if an operation failed: on the channel's own loop NIO has registered and bound when the calls return. */
    private static void require(ChannelFuture operation, String what) throws IOException {
        if (!operation.isSuccess()) {
            Throwable cause = operation.cause();
            if (operation.channel().isRegistered()) {
                operation.channel().close();
            }
            throw new IOException("cannot " + what + ": " + (cause == null ? "not done" : cause.getMessage()), cause);
        }
    }

    /** Handles what a server accepts. */
    private final class Accepting extends ChannelInboundHandlerAdapter {
        private @Nullable AcpLink link;
        private Loop.@Nullable Wakeup rest;

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            SocketChannel channel = (SocketChannel) accepted;
            AcpLink on = link;
            if (!loop.events().register(channel).isSuccess()) {
                return; // Netty has closed it
            }
            InetSocketAddress local = channel.localAddress();
            InetSocketAddress peer = channel.remoteAddress();
            if (on == null || local == null || !served.test(local.getAddress())) {
                refuse(channel, peer, SubstrateDrop.NOT_SERVED);
            } else if (!loop.descriptors().leave(config.reservedDescriptors, ofNeighbors)) {
                refuse(channel, peer, SubstrateDrop.FEW_DESCRIPTORS);
            } else {
                ofNeighbors++;
                channel.closeFuture().addListener(gone -> ofNeighbors--);
                on.accepted(channel);
            }
        }

        private void refuse(SocketChannel channel, @Nullable InetSocketAddress peer, SubstrateDrop reason) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
            loop.run(() -> listener.dropped(reason, null, peer, null));
        }

        /** Waits a moment if a connection cannot be accepted, for example because no file descriptors are left. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (loop.failsBy(cause)) {
                return;
            }
            loop.run(() -> listener.acceptFailed(cause));
            Channel server = context.channel();
            server.config().setAutoRead(false);
            endRest();
            if (server.isOpen()) {
                rest = loop.wakeAt(
                        loop.nanoTime() + ACCEPT_REST_NANOS,
                        () -> server.config().setAutoRead(true));
            }
        }

        private void endRest() {
            if (rest != null) {
                rest.cancel();
                rest = null;
            }
        }
    }

    /** {@return the links as an operator sees them, and the interfaces that are none} */
    List<InterfaceInfo> describe() {
        List<InterfaceInfo> all = new ArrayList<>();
        Map<String, List<VirtualInterface>> up = seen == null ? Map.of() : seen.up();
        Set<String> names = new TreeSet<>(up.keySet());
        names.addAll(failures.keySet());
        names.addAll(open.keySet());
        for (String name : names) {
            AcpLink link = open.get(name);
            Failure failure = failures.get(name);
            List<VirtualInterface> known = up.getOrDefault(name, List.of());
            if (link != null) {
                all.add(new InterfaceInfo(
                        name, link.index(), State.UP, describe(link.neighbors()), addresses(known, link)));
            } else if (failure != null) {
                State state = !known.isEmpty() ? State.FAILED : up.containsKey(name) ? State.NO_ADDRESS : State.DOWN;
                all.add(new InterfaceInfo(name, indexOf(known), state, failure.why, addresses(known, null)));
            } else {
                all.add(new InterfaceInfo(
                        name,
                        indexOf(known),
                        State.NOT_CHOSEN,
                        "interface " + name + " is not one of the Autonomic Control Plane",
                        addresses(known, null)));
            }
        }
        return all;
    }

    private static int indexOf(List<VirtualInterface> known) {
        return known.isEmpty() ? 0 : known.get(0).index();
    }

    private static List<AddressInfo> addresses(List<VirtualInterface> known, @Nullable AcpLink link) {
        return known.stream()
                .map(each -> new AddressInfo(
                        PeerAddresses.withoutScope(each.linkLocalAddress()), LINK_LOCAL_PREFIX, use(each, link)))
                .toList();
    }

    private static Use use(VirtualInterface each, @Nullable AcpLink link) {
        if (link == null) {
            return Use.NOT_A_LINK;
        }
        return link.at().equals(each) ? Use.LINK : Use.OTHER_LINK_LOCAL;
    }

    private static String describe(List<AcpNeighbor> neighbors) {
        if (neighbors.isEmpty()) {
            return "no neighbor is known";
        }
        List<String> first = neighbors.stream()
                .limit(NEIGHBORS_IN_WORDS)
                .map(each -> AddressText.of(each.address())
                        + (each.connected() ? " connected" : " not connected")
                        + (each.connected() || each.failure() == null ? "" : ": " + each.failure()))
                .toList();
        int others = neighbors.size() - first.size();
        return String.join("; ", first) + (others == 0 ? "" : "; and " + others + " more");
    }

    /** {@return what is known about the neighbors on all links} */
    List<AcpNeighbor> neighbors() {
        List<AcpNeighbor> all = new ArrayList<>();
        open.values().forEach(link -> all.addAll(link.neighbors()));
        return List.copyOf(all);
    }

    /**
     * Closes all links; none is reported down.
     *
     * @param gone called when all connections have ended, on a later turn of the loop
     */
    void close(Runnable gone) {
        closed = true;
        List<AcpLink> closing = List.copyOf(open.values());
        open.clear();
        if (closing.isEmpty()) {
            loop.execute(gone);
            return;
        }
        int[] left = {closing.size()};
        closing.forEach(link -> link.close(true, () -> {
            if (--left[0] == 0) {
                gone.run();
            }
        }));
    }

    /** Ends all links at once, after the loop has failed. */
    void abandon() {
        closed = true;
        for (AcpLink link : List.copyOf(open.values())) {
            loop.run(() -> link.close(false, () -> {}));
        }
        open.clear();
    }
}
