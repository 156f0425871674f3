package io.grasp.engine.node;

import io.grasp.engine.node.PageRange.Slice;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LimitUse.Unit;
import io.grasp.inspection.NeighborEntry;
import io.grasp.model.MessageInfo;
import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.util.LazyMap;
import io.grasp.util.PeerAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The neighbors that this node has heard of, for the operator. Those heard of last are remembered: if there are too
 * many, the link with the most loses the one that has been silent for the longest time. A message of a known one
 * costs a search by its address, and no memory.
 */
public final class Neighbors {
    private final Loop loop;
    private final int most;
    private final BiPredicate<Integer, InetAddress> isThisHost;
    /** By the shares of links. */
    private final Map<Integer, Map<InetAddress, Neighbor>> onLinks = new LazyMap<>();

    private int size;
    private long created;

    /** @param isThisHost whether this host has an address on the link with an index now; 0 for an unknown link */
    Neighbors(Loop loop, int most, BiPredicate<Integer, InetAddress> isThisHost) {
        this.loop = loop;
        this.most = most;
        this.isThisHost = isThisHost;
    }

    /**
     * A neighbor has sent a message.
     *
     * @param link the link that it came on, {@code null} if that is not known
     */
    public void heard(
            @Nullable Link link, InetSocketAddress source, @Nullable PeerIdentity identity, MessageInfo message) {
        InetAddress address = source.getAddress();
        if (address == null || most == 0) {
            return;
        }
        int share = link == null ? 0 : link.share();
        Map<InetAddress, Neighbor> onLink = onLinks.get(share);
        if (onLink == null) {
            onLink = new TreeMap<>(Neighbors::compare);
            onLinks.put(share, onLink);
        }
        Neighbor neighbor = onLink.get(address);
        long now = loop.nanoTime();
        if (neighbor == null) {
            size++;
            neighbor = new Neighbor(++created, unscoped(address), now);
            onLink.put(neighbor.address, neighbor);
        }
        neighbor.link = link == null ? "" : link.name();
        neighbor.linkIndex = link == null ? 0 : link.index();
        neighbor.port = source.getPort();
        neighbor.identity = identity;
        neighbor.type = message.type();
        neighbor.typeName = message.typeName();
        neighbor.messages++;
        neighbor.lastHeard = now;
        if (size > most) {
            removeOldest();
        }
    }

    /** {@return the address itself if it has no scope: a simulated network has each address once} */
    private static InetAddress unscoped(InetAddress address) {
        boolean scoped = address instanceof Inet6Address ipv6 && ipv6.getScopeId() != 0;
        return scoped ? PeerAddresses.withoutScope(address) : address;
    }

    /**
     * Orders addresses without an allocation, unless their hash codes are the same: peers can have any number of such
     * addresses.
     */
    private static int compare(InetAddress one, InetAddress other) {
        int byHash = Integer.compare(one.hashCode(), other.hashCode());
        return byHash != 0 || one.equals(other) ? byHash : PeerAddresses.compare(one, other);
    }

    private void removeOldest() {
        Map<InetAddress, Neighbor> largest = Map.of();
        for (Map<InetAddress, Neighbor> onLink : onLinks.values()) {
            if (onLink.size() > largest.size()) {
                largest = onLink;
            }
        }
        Neighbor oldest = null;
        for (Neighbor each : largest.values()) {
            if (oldest == null || each.lastHeard - oldest.lastHeard < 0) {
                oldest = each;
            }
        }
        if (oldest != null) {
            largest.remove(oldest.address);
            size--;
        }
    }

    /** Forgets the neighbors on links with a share, which have gone. */
    void forget(int share) {
        Map<InetAddress, Neighbor> gone = onLinks.remove(share);
        size -= gone == null ? 0 : gone.size();
    }

    /** Forgets a neighbor on all links; {@return on how many it was} */
    public int forget(InetAddress address) {
        int known = 0;
        for (Map<InetAddress, Neighbor> onLink : onLinks.values()) {
            known += onLink.remove(address) == null ? 0 : 1;
        }
        size -= known;
        return known;
    }

    /** {@return the number of neighbors} */
    public int size() {
        return size;
    }

    /** {@return how many of them are other nodes of this host} */
    public int ofThisHost() {
        int count = 0;
        for (Map<InetAddress, Neighbor> onLink : onLinks.values()) {
            for (Neighbor each : onLink.values()) {
                count += isThisHost.test(each.linkIndex, each.address) ? 1 : 0;
            }
        }
        return count;
    }

    /** Reports the bound, and what is used of it. */
    void limits(Consumer<LimitUse> uses) {
        uses.accept(new LimitUse("Limits.neighbors", size, most, Unit.COUNT));
    }

    /** {@return a page of the neighbors} */
    public Slice<NeighborEntry> entries(PageRange range) {
        long now = loop.nanoTime();
        List<Neighbor> all = new ArrayList<>();
        onLinks.values().forEach(onLink -> all.addAll(onLink.values()));
        return range.of(all, neighbor -> neighbor.entry(now, isThisHost.test(neighbor.linkIndex, neighbor.address)));
    }

    private static final class Neighbor implements Numbered {
        private final long number;
        private final InetAddress address;
        private final long firstHeard;
        private String link = "";
        private int linkIndex;
        private int port;
        private @Nullable PeerIdentity identity;
        private int type;
        private String typeName = "";
        private long messages;
        private long lastHeard;

        Neighbor(long number, InetAddress address, long firstHeard) {
            this.number = number;
            this.address = address;
            this.firstHeard = firstHeard;
        }

        @Override
        public long number() {
            return number;
        }

        NeighborEntry entry(long now, boolean thisHost) {
            return new NeighborEntry(
                    link,
                    linkIndex,
                    address,
                    thisHost,
                    Optional.ofNullable(identity),
                    port,
                    type,
                    typeName,
                    messages,
                    Duration.ofNanos(now - firstHeard),
                    Duration.ofNanos(now - lastHeard));
        }
    }
}
