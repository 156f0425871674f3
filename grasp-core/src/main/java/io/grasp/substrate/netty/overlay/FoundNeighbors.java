package io.grasp.substrate.netty.overlay;

import io.grasp.substrate.Loop;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The neighbors that sources have found. Any host of a LAN can announce neighbors without a certificate, and with any
 * address of that LAN; a member can announce many that are itself. So one address has few of those that are not needed,
 * and if there are too many, one of these gives way. Needed is the oldest place with each member that this node is
 * connected with. First one gives way that leads to such a member too; then one of a source that has more than the new
 * one's, or one that could not be connected to.
 */
final class FoundNeighbors<C extends FoundNeighbors.Candidate> {
    /** What is not needed at one address. A host has one node, as a rule. */
    static final int MOST_OF_ONE_ADDRESS = 4;

    /** After so many failures another port of the same address is tried instead. */
    static final int GIVEN_UP = 4;

    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** A neighbor, and the attempts to connect to it. */
    interface Candidate {
        /** Begins to try. */
        void begin();

        /** {@return the member that it is, or that serves instead; {@code null} while there is no link with one} */
        @Nullable
        Object member();

        /** {@return how many attempts have failed since the last connection} */
        int failures();

        /** It is no longer wanted. */
        void remove();

        /** Ends all attempts. */
        void close();
    }

    private final class Entry {
        private final HostAndPort place;
        private final InetSocketAddress where;
        private final InetAddress network;
        private final C candidate;
        private final long since = loop.nanoTime();
        private long expires = since;
        private Loop.@Nullable Wakeup expiry;

        Entry(HostAndPort place, InetSocketAddress where, C candidate) {
            this.place = place;
            this.where = where;
            this.network = PeerAddresses.network(where.getAddress());
            this.candidate = candidate;
        }

        boolean hasAddressOf(InetSocketAddress other) {
            return where.getAddress().equals(other.getAddress());
        }

        /** It may be reported again with a shorter time, by a host that has forged its address. */
        void renew(Duration valid) {
            long until = loop.nanoTime() + (valid.compareTo(LONGEST) < 0 ? valid : LONGEST).toNanos();
            if (until - expires > 0) {
                expires = until;
            }
            if (expiry == null && valid.compareTo(LONGEST) < 0) {
                expiry = loop.wakeAt(expires, this::expire);
            }
        }

        private void expire() {
            expiry = null;
            if (expires - loop.nanoTime() > 0) {
                expiry = loop.wakeAt(expires, this::expire);
            } else {
                forget(this);
            }
        }

        /** A new one is given the time for its first attempts. */
        boolean isTried() {
            return loop.nanoTime() - since >= untriedNanos;
        }

        /** {@return of those that are not needed, whether it leads to a member that is connected at another place} */
        boolean isSpare() {
            return candidate.member() != null && isTried();
        }

        /** {@return whether it leads to the same member as another one, and was found before that} */
        boolean isSameBefore(Entry other) {
            long before = other.since - since;
            return candidate.member() == other.candidate.member()
                    && (before > 0 || before == 0 && place.compareTo(other.place) < 0);
        }

        void remove() {
            stopExpiry();
            candidate.remove();
        }

        void close() {
            stopExpiry();
            candidate.close();
        }

        private void stopExpiry() {
            if (expiry != null) {
                expiry.cancel();
                expiry = null;
            }
        }
    }

    private final Loop loop;
    private final int most;
    private final long untriedNanos;
    private final Function<HostAndPort, C> create;
    private final BiConsumer<InetSocketAddress, String> refused;
    private final Map<HostAndPort, Entry> entries = new TreeMap<>();

    /**
     * @param most the maximum number
     * @param untriedNanos for how long a new one does not give way
     * @param create makes a neighbor
     * @param refused receives those that are not tried, or no longer, and one sentence for the operator
     */
    FoundNeighbors(
            Loop loop,
            int most,
            long untriedNanos,
            Function<HostAndPort, C> create,
            BiConsumer<InetSocketAddress, String> refused) {
        this.loop = loop;
        this.most = most;
        this.untriedNanos = untriedNanos;
        this.create = create;
        this.refused = refused;
    }

    private static HostAndPort place(InetSocketAddress neighbor) {
        return HostAndPort.parse(AddressText.of(neighbor)); // with the interface of a link-local address
    }

    /** A neighbor has been found, or again. */
    void found(InetSocketAddress neighbor, Duration valid) {
        HostAndPort place = place(neighbor);
        Entry known = entries.get(place);
        if (known != null) {
            known.renew(valid);
        } else if (makesRoomFor(neighbor)) {
            Entry added = new Entry(place, neighbor, create.apply(place));
            entries.put(place, added);
            added.renew(valid);
            added.candidate.begin();
        }
    }

    private boolean makesRoomFor(InetSocketAddress neighbor) {
        List<Entry> ofAddress = notNeeded();
        ofAddress.removeIf(each -> !each.hasAddressOf(neighbor));
        Entry givesWay;
        if (ofAddress.size() >= MOST_OF_ONE_ADDRESS) {
            givesWay = worst(ofAddress, each -> {
                int failed = each.candidate.failures() >= GIVEN_UP ? 1 : 0;
                return each.isSpare() ? 2 : failed;
            });
        } else if (entries.size() >= most) {
            givesWay = givesWayTo(PeerAddresses.network(neighbor.getAddress()));
        } else {
            return true;
        }
        if (givesWay == null) {
            refused.accept(neighbor, "it was found, but is not tried: too many others were found before");
            return false;
        }
        String why = givesWay.candidate.member() == null
                ? "did not become a neighbor"
                : "leads to a neighbor that was found at another place before";
        forget(givesWay);
        refused.accept(givesWay.where, "it was found, but " + why + ", and gave way to another");
        return true;
    }

    private @Nullable Entry givesWayTo(InetAddress network) {
        List<Entry> candidates = notNeeded();
        long ofNewcomer = 1 + ofNetwork(candidates, network);
        return worst(candidates, each -> {
            long ofItsNetwork = ofNetwork(candidates, each.network);
            boolean mayGo = ofItsNetwork > ofNewcomer || each.candidate.failures() > 0;
            if (each.isSpare()) {
                return Integer.MAX_VALUE;
            }
            return mayGo && each.isTried() ? (int) ofItsNetwork : 0;
        });
    }

    private long ofNetwork(List<Entry> entries, InetAddress network) {
        return entries.stream().filter(each -> each.network.equals(network)).count();
    }

    /** {@return those that are not connected, and all but the oldest of each member} */
    private List<Entry> notNeeded() {
        List<Entry> all = new ArrayList<>(entries.values());
        all.removeIf(each -> each.candidate.member() != null
                && entries.values().stream().noneMatch(other -> other.isSameBefore(each)));
        return all;
    }

    /** {@return the one with the highest rank above 0; of several, the one with the most failures} */
    private @Nullable Entry worst(List<Entry> of, ToIntFunction<Entry> rank) {
        Entry worst = null;
        int highest = 0;
        for (Entry each : of) {
            int ranked = rank.applyAsInt(each);
            boolean isWorse = ranked > highest
                    || worst != null && ranked == highest && each.candidate.failures() > worst.candidate.failures();
            if (isWorse) {
                worst = each;
                highest = ranked;
            }
        }
        return worst;
    }

    /** A neighbor is no longer wanted. */
    void lost(InetSocketAddress neighbor) {
        Entry gone = entries.get(place(neighbor));
        if (gone != null) {
            forget(gone);
        }
    }

    private void forget(Entry entry) {
        entries.remove(entry.place);
        entry.remove();
    }

    /** {@return all that are wanted} */
    List<C> all() {
        return entries.values().stream().map(each -> each.candidate).toList();
    }

    /** Ends all attempts; connections remain. */
    void close() {
        entries.values().forEach(Entry::close);
    }
}
