package io.grasp.benchmarks.memory;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A substrate without a network: input is passed in by methods, and output is counted. */
public final class NoOpSubstrate implements Substrate {
    /** The port that peers would connect to. */
    public static final int PORT = 7000;

    private final ManualLoop loop = new ManualLoop();
    private final List<NoOpLink> links = new ArrayList<>();
    private final List<NodeAddress> addresses = List.of(new NodeAddress(address(0xfd, 1), 0, false, false));
    private @Nullable SubstrateListener listener;
    private @Nullable NoOpConnection lastOpened;
    private byte[] lastReply = {};
    private long replies;

    /** @param linkCount the number of links */
    public NoOpSubstrate(int linkCount) {
        for (int i = 1; i <= linkCount; i++) {
            links.add(new NoOpLink(i, address(0xfe, i)));
        }
    }

    /**
     * An address for tests.
     *
     * @param first 0xfd for a unique local address, 0xfe for a link-local one
     * @param number its last part
     * @return the address
     */
    public static Inet6Address address(int first, int number) {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) first;
        bytes[1] = (byte) (first == 0xfe ? 0x80 : 0);
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[15 - i] = (byte) (number >>> (8 * i));
        }
        try {
            return Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }

    @Override
    public ManualLoop loop() {
        return loop;
    }

    /** {@return its links} */
    public List<NoOpLink> links() {
        return links;
    }

    /** {@return the connection opened last} */
    public NoOpConnection lastOpened() {
        if (lastOpened == null) {
            throw new IllegalStateException("no connection was opened");
        }
        return lastOpened;
    }

    /** {@return the number of replies sent to multicasts} */
    public long replies() {
        return replies;
    }

    /** {@return the last reply sent} */
    public byte[] lastReply() {
        return lastReply;
    }

    /**
     * Receives a multicast.
     *
     * @param link the link it comes on
     * @param message its bytes
     */
    public void multicast(NoOpLink link, byte[] message) {
        listener().linkMessage(link, message, new Counting(new InetSocketAddress(address(0xfe, 0xffff), PORT + 1)));
    }

    /**
     * Accepts a connection of a peer.
     *
     * @param peer the peer's address
     * @return the connection
     */
    public NoOpConnection accept(InetSocketAddress peer) {
        NoOpConnection connection = new NoOpConnection(peer);
        connection.listener(listener().accepted(connection));
        return connection;
    }

    private SubstrateListener listener() {
        if (listener == null) {
            throw new IllegalStateException("not started");
        }
        return listener;
    }

    @Override
    public void start(SubstrateListener newListener, Completion started) {
        listener = newListener;
        links.forEach(newListener::linkUp);
        started.done(null);
    }

    @Override
    public Security security() {
        return Security.SECURED;
    }

    @Override
    public List<NodeAddress> nodeAddresses() {
        return addresses;
    }

    @Override
    public int port() {
        return PORT;
    }

    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener connectionListener) {
        Locator.Ipv6 ipv6 = (Locator.Ipv6) locator;
        NoOpConnection connection = new NoOpConnection(new InetSocketAddress(ipv6.address(), ipv6.port()));
        connection.listener(connectionListener);
        lastOpened = connection;
        loop.execute(connectionListener::opened);
        return connection;
    }

    @Override
    public void close(Completion closed) {
        closed.done(null);
    }

    private final class Counting implements ReplyPath {
        private final InetSocketAddress source;

        Counting(InetSocketAddress source) {
            this.source = source;
        }

        @Override
        public InetSocketAddress source() {
            return source;
        }

        @Override
        public Runnable reply(byte[] message, Completion sent) {
            replies++;
            lastReply = message;
            sent.done(null);
            return () -> {};
        }
    }
}
