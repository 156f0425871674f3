package io.grasp.substrate.netty;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Security;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * GRASP on a real network: multicasts by UDP over IPv6, everything else by TCP.
 *
 * <p>Each link has a channel that receives what is sent to the group on that interface. One UDP channel sends for all
 * links, from the same port number at which TCP connections are accepted: neighbors reply to a multicast by connecting
 * to the address and port that it came from. The number is the kernel's choice, so that several nodes can share a host;
 * they share the multicast port, and each receives every multicast, also its own.
 *
 * <p>Below is Netty alone. Reactor Netty's connection closes both directions when the peer ends its own, and where
 * half-closure is allowed it does not tell its end; either breaks what a {@link Connection} promises.
 *
 * <p>The links are those that are there when the substrate starts.
 */
public final class NettySubstrate implements Substrate {
    /** How long the list of this node's addresses is good for: reading it takes some 0.1 ms. */
    private static final long ADDRESSES_VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NettyLoop loop;
    private final boolean ownsLoop;
    private final NettyConfig config;
    private final Connections connections;
    private final Links links;
    private final List<Completion> closers = new ArrayList<>();
    private @Nullable SubstrateListener listener;
    private List<InetAddress> addresses = List.of();
    private @Nullable Long addressesReadAt;
    private boolean closing;
    private boolean closed;

    private NettySubstrate(NettyLoop loop, boolean ownsLoop, NettyConfig config) {
        this.loop = loop;
        this.ownsLoop = ownsLoop;
        this.config = config;
        this.connections = new Connections(loop, config);
        this.links = new Links(loop, config, connections);
    }

    /**
     * A substrate on a loop of its own, which ends when the substrate is closed.
     *
     * @param config the settings
     * @return a substrate to be started
     */
    public static NettySubstrate create(NettyConfig config) {
        return new NettySubstrate(NettyLoop.create(), true, config);
    }

    /**
     * A substrate on a loop that stays the caller's.
     *
     * @param loop the loop, perhaps shared with other substrates
     * @param config the settings
     * @return a substrate to be started
     */
    public static NettySubstrate on(NettyLoop loop, NettyConfig config) {
        return new NettySubstrate(loop, false, config);
    }

    @Override
    public NettyLoop loop() {
        return loop;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A chosen link that does not exist fails the start. One that exists and cannot be used is reported as failed,
     * and the others go on.
     */
    @Override
    public void start(SubstrateListener newListener, Completion started) {
        loop.execute(() -> {
            Throwable failure = begin(newListener);
            loop.run(() -> started.done(failure));
        });
    }

    private @Nullable Throwable begin(SubstrateListener newListener) {
        if (listener != null) {
            return new IllegalStateException("the substrate has been started before");
        }
        listener = newListener;
        try {
            if (!closing) {
                links.open(newListener);
            }
        } catch (IOException | RuntimeException e) {
            links.close();
            return e;
        }
        return closing ? new IOException("the substrate is closed") : null;
    }

    @Override
    public Security security() {
        if (links.isNone()) {
            return Security.SECURED;
        }
        return config.assumeSecure ? Security.ASSERTED : Security.NONE;
    }

    /** {@inheritDoc} Those preferred come first. */
    @Override
    public List<InetAddress> addresses() {
        long now = loop.nanoTime();
        if (addressesReadAt == null || now - addressesReadAt >= ADDRESSES_VALID_NANOS) {
            addressesReadAt = now;
            try {
                addresses = Interfaces.read().beyondOneLink();
            } catch (IOException e) {
                // Out of file descriptors, say: what was known a moment ago is the better answer.
                return addresses;
            }
        }
        return addresses;
    }

    @Override
    public int port() {
        return links.port();
    }

    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener connectionListener) {
        InetAddress address = null;
        if (locator instanceof Locator.Ipv6 ipv6) {
            address = ipv6.address();
        } else if (locator instanceof Locator.Ipv4 ipv4) {
            address = ipv4.address();
        }
        Integer port = locator.port();
        if (address == null || port == null) {
            return refuse(locator, connectionListener, locator + " is no IP address; names are not resolved");
        }
        if (address.isLinkLocalAddress() && linkIndex == 0) {
            return refuse(locator, connectionListener, locator + " is link-local, but not told on which link");
        }
        if (links.isNone()) {
            return refuse(locator, connectionListener, locator + " is not in this node, which has no links");
        }
        InetAddress scoped = Interfaces.scoped(address, address.isLinkLocalAddress() ? linkIndex : 0);
        return connections.connect(new InetSocketAddress(scoped, port), connectionListener);
    }

    private Connection refuse(Locator locator, ConnectionListener connectionListener, String why) {
        return connections.refuse(
                InetSocketAddress.createUnresolved(locator.toString(), 0),
                connectionListener,
                GraspException.local(GraspErrorCode.INVALID_LOCATOR, why));
    }

    /**
     * {@inheritDoc} Connections are closed in good order, so that this may take as long as twice the close timeout.
     *
     * @param completion told when nothing is open any more; if the loop belongs to this substrate, as the last thing
     *     that its thread does
     */
    @Override
    public void close(Completion completion) {
        if (closed) {
            completion.done(null);
            return;
        }
        closers.add(completion);
        if (!closing) {
            closing = true;
            links.close();
            connections.close(() -> loop.executeAfterSelect(this::allClosed));
        }
    }

    private void allClosed() {
        if (ownsLoop) {
            loop.close(ended -> tellClosers());
        } else {
            tellClosers();
        }
    }

    private void tellClosers() {
        closed = true;
        closers.forEach(each -> loop.run(() -> each.done(null)));
        closers.clear();
    }
}
