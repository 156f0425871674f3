package io.grasp.engine.fairness;

import io.grasp.util.IntrusiveList;
import io.grasp.util.TimerHeap;
import java.util.ArrayList;
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

    private final long capacity;
    private final WhenOwnShareIsUsed own;
    private final Consumer<T> displaced;
    private final Map<Integer, LinkShare> links = new HashMap<>();
    /** The links, the one with the largest share first. */
    private final TimerHeap<Share> byUse = new TimerHeap<>();

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
        return links.computeIfAbsent(source.link(), LinkShare::new).take(source, holder, size);
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
        LinkShare link = links.get(source.link());
        long least = own == WhenOwnShareIsUsed.REPLACE_OLDEST && link == null ? 0 : use(link) + 1;
        LinkShare largest = null;
        for (LinkShare each : links.values()) {
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
        for (SourceShare each : link.sources.values()) {
            if ((most == null || each.used > most.used) && !each.source.equals(source) && others.test(each.source)) {
                most = each;
            }
        }
        SourceShare ofSource = link.sources.get(source);
        if (most != null && use(ofSource) + 1 < most.used
                || own == WhenOwnShareIsUsed.REPLACE_OLDEST && ofSource == null) {
            return most;
        }
        return own == WhenOwnShareIsUsed.REFUSE ? null : ofSource;
    }

    /** Displaces the oldest holder of a source; {@return whether there was one} */
    public boolean displaceOldestOf(TrafficSource source) {
        LinkShare link = links.get(source.link());
        SourceShare share = link == null ? null : link.sources.get(source);
        if (share == null) {
            return false;
        }
        share.giveUpOldest();
        return true;
    }

    /** {@return the share that has to give up a place, or {@code null} if the newcomer has to go} */
    private @Nullable SourceShare victim(TrafficSource source, long size) {
        LinkShare link = links.get(source.link());
        LinkShare largest = (LinkShare) Objects.requireNonNull(byUse.first(), "no place in use");
        if (largest != link && use(link) + size < largest.used) {
            return largest.largest();
        }
        if (link == null) { // it would have the largest share with its first place
            return own == WhenOwnShareIsUsed.REFUSE ? null : largest.largest();
        }
        return victimOf(link, source, size);
    }

    private @Nullable SourceShare victimOf(LinkShare link, TrafficSource source, long size) {
        SourceShare ofSource = link.sources.get(source);
        SourceShare most = link.largest();
        if (most != ofSource && use(ofSource) + size < most.used) {
            return most;
        }
        if (own == WhenOwnShareIsUsed.REFUSE) {
            return null;
        }
        return ofSource == null ? most : ofSource;
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
        LinkShare link = links.get(source.link());
        return link == null ? 0 : use(link.sources.get(source));
    }

    /** {@return the size of the places that the sources of a link have} */
    public long usedOnLink(int link) {
        return use(links.get(link));
    }

    /** {@return a copy of the holders} */
    public List<T> holders() {
        List<T> all = new ArrayList<>();
        links.values()
                .forEach(link -> link.sources
                        .values()
                        .forEach(source -> source.places.all().forEach(place -> all.add(place.holder))));
        return all;
    }

    /** {@return the number of links whose sources have places} */
    public int links() {
        return links.size();
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
        private final Map<TrafficSource, SourceShare> sources = new HashMap<>();
        /** The sources, the one with the largest share first. */
        private final TimerHeap<Share> byUse = new TimerHeap<>();

        LinkShare(int link) {
            this.link = link;
        }

        Place<T> take(TrafficSource source, T holder, long size) {
            SourceShare share = sources.computeIfAbsent(source, key -> new SourceShare(this, key));
            Place<T> place = new Place<>(share, holder, size);
            share.add(size);
            return place;
        }

        SourceShare largest() {
            return (SourceShare) Objects.requireNonNull(byUse.first(), "a link without sources");
        }

        void add(long size) {
            used += size;
            FairPlaces.this.used += size;
            order(FairPlaces.this.byUse);
            if (used == 0) {
                links.remove(link);
            }
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
            order(link.byUse);
            if (used == 0) {
                link.sources.remove(source);
            }
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
