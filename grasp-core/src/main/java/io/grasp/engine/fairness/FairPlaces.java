package io.grasp.engine.fairness;

import io.grasp.util.IntrusiveList;
import io.grasp.util.TimerHeap;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The places of one resource, or its bytes, divided between links, and on each link between its sources (max-min fair).
 * Everything is free for the first that needs it. When nothing is left, a holder whose link, or on the same link whose
 * source, has more than the newcomer would have gives up its oldest place. So each link gets what it asks for up to an
 * equal share, and no source can take that from it, however many places or addresses it uses.
 *
 * @param <T> the type of the holders of places
 */
public final class FairPlaces<T> {
    /** The rule if nothing is left and no other source has more than the newcomer's would have. */
    public enum WhenOwnShareIsUsed {
        /** The newcomer is refused. */
        REFUSE,
        /** The newcomer replaces the oldest of its own source. */
        REPLACE_OLDEST
    }

    /** The initial capacity of maps: most nodes have few links, and most links few neighbors. */
    private static final int FEW = 4;

    private final long capacity;
    private final WhenOwnShareIsUsed own;
    private final Consumer<T> displaced;
    /** The link with places in use, as long as it is the only one. */
    private @Nullable LinkShare onlyLink;
    /** The links, if several have had places in use at a time. */
    private @Nullable Links severalLinks;

    private long used;

    /**
     * Makes free places.
     *
     * @param capacity the size of all places together
     * @param displaced receives the holder of a place that was given up; it is called after the place has been freed,
     *     and must not take a place itself
     */
    public FairPlaces(long capacity, WhenOwnShareIsUsed own, Consumer<T> displaced) {
        this.capacity = capacity;
        this.own = own;
        this.displaced = displaced;
    }

    /**
     * Takes a place.
     *
     * @param size its size, above 0
     * @return the place, or {@code null} if the source gets none
     */
    public @Nullable Place<T> take(TrafficSource source, T holder, long size) {
        if (size > capacity) {
            return null;
        }
        while (used + size > capacity) {
            SourceShare victim = victim(source, size);
            if (victim == null) {
                return null;
            }
            victim.giveUpOldest();
        }
        LinkShare known = link(source.link());
        LinkShare link = known == null ? newLink(source.link()) : known;
        return link.take(source, holder, size);
    }

    private @Nullable LinkShare link(int link) {
        if (severalLinks != null) {
            return severalLinks.shares.get(link);
        }
        return onlyLink != null && onlyLink.link == link ? onlyLink : null;
    }

    private LinkShare newLink(int link) {
        LinkShare share = new LinkShare(link);
        if (severalLinks == null && onlyLink == null) {
            onlyLink = share;
            return share;
        }
        if (severalLinks == null) {
            severalLinks = new Links();
            severalLinks.add(Objects.requireNonNull(onlyLink));
            onlyLink = null;
        }
        severalLinks.shares.put(link, share);
        return share;
    }

    /** The use of a link has changed. */
    private void order(LinkShare share) {
        if (severalLinks == null) {
            if (share.used == 0) {
                onlyLink = null;
            }
            return;
        }
        share.order(severalLinks.byUse);
        if (share.used == 0) {
            severalLinks.shares.remove(share.link);
            if (severalLinks.shares.isEmpty()) {
                severalLinks = null;
            }
        }
    }

    private Collection<LinkShare> linkShares() {
        if (severalLinks != null) {
            return severalLinks.shares.values();
        }
        return onlyLink == null ? List.of() : List.of(onlyLink);
    }

    /** {@return whether a source would get a place of size 1} */
    public boolean hasRoomFor(TrafficSource source) {
        return used < capacity || used > 0 && victim(source, 1) != null;
    }

    /** As {@link #displaceFor(TrafficSource, IntPredicate, Predicate)}, of any source of the newcomer's link. */
    public boolean displaceFor(TrafficSource source, IntPredicate others) {
        return displaceFor(source, others, any -> true);
    }

    /**
     * Displaces the holder that would have to go for a newcomer of a source, without taking a place: when something
     * else than places has run out.
     *
     * @param others the links, apart from the newcomer's, whose holders may be displaced
     * @param neighbors the sources of the newcomer's link, apart from itself, whose holders may be displaced
     * @return whether there was one
     */
    public boolean displaceFor(TrafficSource source, IntPredicate others, Predicate<TrafficSource> neighbors) {
        LinkShare link = link(source.link());
        long least = own == WhenOwnShareIsUsed.REPLACE_OLDEST && link == null ? 0 : use(link) + 1;
        LinkShare largest = null;
        for (LinkShare each : linkShares()) {
            if (each != link
                    && each.used > Math.max(least, largest == null ? 0 : largest.used)
                    && others.test(each.link)) {
                largest = each;
            }
        }
        SourceShare victim;
        if (largest != null) {
            victim = largest.largest();
        } else {
            victim = link == null ? null : victimOf(link, source, neighbors);
        }
        if (victim == null) {
            return false;
        }
        victim.giveUpOldest();
        return true;
    }

    private @Nullable SourceShare victimOf(LinkShare link, TrafficSource source, Predicate<TrafficSource> others) {
        SourceShare ofAll = victimOf(link, source, 1);
        if (ofAll == null || ofAll.source.equals(source) || others.test(ofAll.source)) {
            return ofAll;
        }
        SourceShare most = null;
        for (SourceShare each : link.shares()) {
            if ((most == null || each.used > most.used) && !each.source.equals(source) && others.test(each.source)) {
                most = each;
            }
        }
        SourceShare ofSource = link.find(source);
        if (most != null && use(ofSource) + 1 < most.used
                || own == WhenOwnShareIsUsed.REPLACE_OLDEST && ofSource == null) {
            return most;
        }
        return own == WhenOwnShareIsUsed.REFUSE ? null : ofSource;
    }

    /** Displaces the oldest holder of a source; {@return whether there was one} */
    public boolean displaceOldestOf(TrafficSource source) {
        LinkShare link = link(source.link());
        SourceShare share = link == null ? null : link.find(source);
        if (share == null) {
            return false;
        }
        share.giveUpOldest();
        return true;
    }

    /** {@return the share that has to give up a place, or {@code null} if the newcomer has to go} */
    private @Nullable SourceShare victim(TrafficSource source, long size) {
        LinkShare link = link(source.link());
        LinkShare largest = largestLink();
        if (largest != link && use(link) + size < largest.used) {
            return largest.largest();
        }
        if (link == null) { // it would have the largest share with its first place
            return own == WhenOwnShareIsUsed.REFUSE ? null : largest.largest();
        }
        return victimOf(link, source, size);
    }

    private @Nullable SourceShare victimOf(LinkShare link, TrafficSource source, long size) {
        SourceShare ofSource = link.find(source);
        SourceShare most = link.largest();
        if (most != ofSource && use(ofSource) + size < most.used) {
            return most;
        }
        if (own == WhenOwnShareIsUsed.REFUSE) {
            return null;
        }
        return ofSource == null ? most : ofSource;
    }

    private LinkShare largestLink() {
        Share largest = severalLinks == null ? onlyLink : severalLinks.byUse.first();
        return (LinkShare) Objects.requireNonNull(largest, "no place in use");
    }

    private long use(@Nullable Share share) {
        return share == null ? 0 : share.used;
    }

    /** {@return the size of all places in use} */
    public long used() {
        return used;
    }

    /** {@return the size of the places that a source has} */
    public long used(TrafficSource source) {
        LinkShare link = link(source.link());
        return link == null ? 0 : use(link.find(source));
    }

    /** {@return the size of the places that the sources of a link have} */
    public long usedOnLink(int link) {
        return use(link(link));
    }

    /** {@return the number of links whose sources have places} */
    public int links() {
        return linkShares().size();
    }

    /** A place that is in use. */
    public static final class Place<T> {
        private final T holder;
        private final long size;
        /** {@code null} after the place has been left: its holder may exist for much longer. */
        private FairPlaces<T>.@Nullable SourceShare share;

        private IntrusiveList.@Nullable Node<Place<T>> position;

        private Place(FairPlaces<T>.SourceShare share, T holder, long size) {
            this.share = share;
            this.holder = holder;
            this.size = size;
            this.position = share.places.add(this);
        }

        /** {@return the holder, also after the place has been left} */
        public T holder() {
            return holder;
        }

        /** Makes this the youngest place of its source. */
        public void renew() {
            if (share != null && position != null) {
                position.leave();
                position = share.places.add(this);
            }
        }

        /** Frees the place. A second call does nothing. */
        public void leave() {
            FairPlaces<T>.SourceShare held = share;
            if (held != null && position != null) {
                position.leave();
                position = null;
                share = null;
                held.add(-size);
            }
        }
    }

    /** The share of a link or of a source. */
    private abstract class Share extends TimerHeap.Timer {
        long used;

        /** The heap orders by the smallest number first. */
        final void order(TimerHeap<Share> heap) {
            if (used == 0) {
                heap.cancel(this);
            } else {
                heap.arm(this, -used);
            }
        }
    }

    private final class LinkShare extends Share {
        private final int link;
        /** The source, as long as there was only one, as on a link between two nodes. */
        private @Nullable SourceShare only;
        /** The sources, after there were several. */
        private @Nullable Sources several;

        LinkShare(int link) {
            this.link = link;
        }

        @Nullable
        SourceShare find(TrafficSource source) {
            if (several != null) {
                return several.shares.get(source);
            }
            return only != null && only.source.equals(source) ? only : null;
        }

        Collection<SourceShare> shares() {
            if (several != null) {
                return several.shares.values();
            }
            return only == null ? List.of() : List.of(only);
        }

        Place<T> take(TrafficSource source, T holder, long size) {
            SourceShare known = find(source);
            SourceShare share = known == null ? newShare(source) : known;
            Place<T> place = new Place<>(share, holder, size);
            share.add(size);
            return place;
        }

        private SourceShare newShare(TrafficSource source) {
            SourceShare share = new SourceShare(this, source);
            if (several == null && only == null) {
                only = share;
                return share;
            }
            if (several == null) {
                several = new Sources();
                several.add(Objects.requireNonNull(only));
                only = null;
            }
            several.shares.put(source, share);
            return share;
        }

        /** The use of a source has changed. */
        void order(SourceShare share) {
            if (several != null) {
                share.order(several.byUse);
                if (share.used == 0) {
                    several.shares.remove(share.source);
                }
            } else if (share.used == 0) {
                only = null;
            }
        }

        SourceShare largest() {
            Share largest = several == null ? only : several.byUse.first();
            return (SourceShare) Objects.requireNonNull(largest, "a link without sources");
        }

        void add(long size) {
            used += size;
            FairPlaces.this.used += size;
            FairPlaces.this.order(this);
        }
    }

    /** The links, if there are several. */
    private final class Links {
        private final Map<Integer, LinkShare> shares = new HashMap<>(FEW);
        /** The one with the largest share first. */
        private final TimerHeap<Share> byUse = new TimerHeap<>();

        /** Adds a link whose places are in use. */
        void add(LinkShare share) {
            shares.put(share.link, share);
            share.order(byUse);
        }
    }

    /** The sources of a link. */
    private final class Sources {
        private final Map<TrafficSource, SourceShare> shares = new HashMap<>(FEW);
        /** The one with the largest share first. */
        private final TimerHeap<Share> byUse = new TimerHeap<>();

        /** Adds a source whose places are in use. */
        void add(SourceShare share) {
            shares.put(share.source, share);
            share.order(byUse);
        }
    }

    private final class SourceShare extends Share {
        private final LinkShare link;
        private final TrafficSource source;
        private final IntrusiveList<Place<T>> places = new IntrusiveList<>();

        SourceShare(LinkShare link, TrafficSource source) {
            this.link = link;
            this.source = source;
        }

        void add(long size) {
            used += size;
            link.order(this);
            link.add(size);
        }

        void giveUpOldest() {
            Place<T> oldest = Objects.requireNonNull(places.first(), "a share without places")
                    .value();
            oldest.leave();
            displaced.accept(oldest.holder);
        }
    }
}
