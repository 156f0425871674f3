package io.grasp.engine.fairness;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Link;
import io.grasp.util.PeerAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * The origin that is charged for a message or connection: on a link a neighbor's address, because all hosts of a LAN
 * share one /64; beyond the link the network of the address, /64 or IPv4 /24, because one host there can have all of
 * its addresses. A node that relays is charged for what it passes on. A peer that is authenticated is charged by its
 * certificate instead: wherever it connects from it is one source, and peers behind one address are several.
 *
 * <p>It is comparable so that sources whose hash codes collide on purpose cost no more than others in a hash map.
 *
 * @param link the share of the link ({@link Link#share}); {@link #NO_LINK} if it is not known, {@link #THIS_NODE} for
 *     this node's own ASAs. The connections of authenticated peers have no link, because a peer may use several
 * @param high the first 64 bits of the address, IPv4 addresses as IPv4-mapped IPv6 addresses; or of the certificate's
 *     SHA-256 hash
 * @param low the last 64 bits of the address, without the host's part if it is beyond the link; or the next 64 bits of
 *     the hash
 */
public record TrafficSource(int link, long high, long low) implements Comparable<TrafficSource> {
    /** The index that stands for an unknown link. All such sources share what one link has. */
    public static final int NO_LINK = 0;

    /** The index that stands for this node itself. Its ASAs share what one link has. */
    public static final int THIS_NODE = -1;

    private static final int HEX_DIGITS = 16;
    private static final int HEX = 16;
    private static final long MAPPED = 0xffff_0000_0000L;
    private static final long HOST_OF_24 = 0xffL;
    private static final Comparator<TrafficSource> ORDER = Comparator.comparingInt(TrafficSource::link)
            .thenComparingLong(TrafficSource::high)
            .thenComparingLong(TrafficSource::low);

    /** {@return the source that stands for all ASAs of this node} */
    public static TrafficSource ofThisNode() {
        return new TrafficSource(THIS_NODE, 0, 0);
    }

    /** {@return the source of a neighbor on a link with a share, which its address identifies} */
    public static TrafficSource onLink(int link, InetAddress address) {
        return of(link, address, true);
    }

    /**
     * {@return the source of an address beyond a link, which its network identifies}
     *
     * @param link the share of the link that it came on, or {@link #NO_LINK}
     */
    public static TrafficSource beyondLink(int link, InetAddress address) {
        return of(link, address, false);
    }

    /**
     * {@return the source of a neighbor on a link, or of a peer, which its certificate identifies} Two certificates
     * with the same first 128 bits of their hashes would share what one has; such a pair cannot be made.
     *
     * @param link the share of the link that it came on, or {@link #NO_LINK} for a connection
     */
    public static TrafficSource member(int link, PeerIdentity identity) {
        String hash = identity.fingerprint();
        return new TrafficSource(
                link,
                Long.parseUnsignedLong(hash, 0, HEX_DIGITS, HEX),
                Long.parseUnsignedLong(hash, HEX_DIGITS, 2 * HEX_DIGITS, HEX));
    }

    /** {@return the address, or its network if it is beyond the link} Not for the sources of {@link #member}. */
    public InetAddress address() {
        boolean mapped = high == 0 && low >>> Integer.SIZE == MAPPED >>> Integer.SIZE;
        byte[] bytes = mapped
                ? ByteBuffer.allocate(Integer.BYTES).putInt((int) low).array()
                : ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
        try {
            return mapped ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are an address", e);
        }
    }

    private static TrafficSource of(int link, InetAddress address, boolean onLink) {
        InetAddress plain = PeerAddresses.plain(address);
        ByteBuffer bytes = ByteBuffer.wrap(plain.getAddress());
        if (plain instanceof Inet4Address) {
            long ipv4 = Integer.toUnsignedLong(bytes.getInt());
            return new TrafficSource(link, 0, MAPPED | (onLink ? ipv4 : ipv4 & ~HOST_OF_24));
        }
        return new TrafficSource(link, bytes.getLong(), onLink ? bytes.getLong() : 0);
    }

    @Override
    public int compareTo(TrafficSource other) {
        return ORDER.compare(this, other);
    }
}
