package io.grasp.engine.fairness;

import io.grasp.util.IntrusiveList;
import io.grasp.util.LazyMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue that serves links in turn, and on each link its sources in turn, so that a source that offers more than its
 * share delays only itself. Bounded: when it is full, the longest queue of the link with the most gives up its oldest
 * element, and a source whose own queue is the longest is refused.
 *
 * @param <T> the type of the elements
 */
public final class FairQueue<T> {
    /** The initial capacity of maps. */
    private static final int FEW = 4;

    private final int capacity;
    private final Consumer<T> displaced;
    /** {@code null} before an element waits: most queues of a large simulated network are not used. */
    private @Nullable FairPlaces<Waiting<T>> places;

    private final Map<Integer, LinkQueue<T>> links = new LazyMap<>();
    private final IntrusiveList<LinkQueue<T>> turns = new IntrusiveList<>();
    private int size;

    /**
     * Makes an empty queue.
     *
     * @param capacity the number of elements that may wait
     * @param displaced receives an element that has to give way to one of another source
     */
    public FairQueue(int capacity, Consumer<T> displaced) {
        this.capacity = capacity;
        this.displaced = displaced;
    }

    private void displace(Waiting<T> waiting) {
        unlink(waiting);
        displaced.accept(waiting.element);
    }

    /** Adds an element at the end of its source's queue; {@return whether there was a place} */
    public boolean offer(TrafficSource source, T element) {
        if (places == null) {
            places = new FairPlaces<>(capacity, FairPlaces.WhenOwnShareIsUsed.REFUSE, this::displace);
        }
        Waiting<T> waiting = new Waiting<>(source, element);
        FairPlaces.Place<Waiting<T>> place = places.take(source, waiting, 1);
        if (place == null) {
            return false;
        }
        waiting.place = place;
        LinkQueue<T> link = links.computeIfAbsent(source.link(), LinkQueue::new);
        if (link.turn == null) {
            link.turn = turns.add(link);
        }
        link.add(waiting);
        size++;
        return true;
    }

    /** {@return the next element in turn, after removing it; {@code null} if none waits} */
    public @Nullable T poll() {
        return poll(link -> true);
    }

    /**
     * {@return the next element in turn, after removing it; {@code null} if none waits} A link that is left out keeps
     * its turn.
     *
     * @param isReady whether elements of a link may be served now
     */
    public @Nullable T poll(IntPredicate isReady) {
        IntrusiveList.Node<LinkQueue<T>> turn = turns.first();
        while (turn != null && !isReady.test(turn.value().index)) {
            turn = turn.next();
        }
        return turn == null ? null : serve(turn.value());
    }

    private T serve(LinkQueue<T> link) {
        Waiting<T> next = link.next();
        unlink(next);
        Objects.requireNonNull(next.place).leave();
        if (link.turn != null) { // elements are left: it waits for its next turn
            link.turn.leave();
            link.turn = turns.add(link);
        }
        return next.element;
    }

    private void unlink(Waiting<T> waiting) {
        LinkQueue<T> link = Objects.requireNonNull(links.get(waiting.source.link()));
        link.remove(waiting);
        size--;
        if (link.sources.isEmpty()) {
            Objects.requireNonNull(link.turn).leave();
            link.turn = null;
            links.remove(link.index);
        }
    }

    /** {@return whether elements of a link wait} */
    public boolean waits(int link) {
        return links.containsKey(link);
    }

    /** {@return the number of waiting elements} */
    public int size() {
        return size;
    }

    private static final class Waiting<T> {
        private final TrafficSource source;
        private final T element;
        private FairPlaces.@Nullable Place<Waiting<T>> place;
        private IntrusiveList.@Nullable Node<Waiting<T>> position;

        Waiting(TrafficSource source, T element) {
            this.source = source;
            this.element = element;
        }
    }

    private static final class LinkQueue<T> {
        private final int index;
        private final Map<TrafficSource, SourceQueue<T>> sources = new HashMap<>(FEW);
        private final IntrusiveList<SourceQueue<T>> turns = new IntrusiveList<>();
        private IntrusiveList.@Nullable Node<LinkQueue<T>> turn;

        LinkQueue(int index) {
            this.index = index;
        }

        void add(Waiting<T> waiting) {
            SourceQueue<T> queue = sources.computeIfAbsent(waiting.source, source -> new SourceQueue<>());
            if (queue.turn == null) {
                queue.turn = turns.add(queue);
            }
            waiting.position = queue.elements.add(waiting);
        }

        /** {@return the element whose turn it is; its source's next turn comes after those of all others} */
        Waiting<T> next() {
            SourceQueue<T> queue = Objects.requireNonNull(turns.first()).value();
            Objects.requireNonNull(queue.turn).leave();
            queue.turn = turns.add(queue);
            return Objects.requireNonNull(queue.elements.first()).value();
        }

        void remove(Waiting<T> waiting) {
            SourceQueue<T> queue = Objects.requireNonNull(sources.get(waiting.source));
            Objects.requireNonNull(waiting.position).leave();
            if (queue.elements.size() == 0) {
                Objects.requireNonNull(queue.turn).leave();
                sources.remove(waiting.source);
            }
        }
    }

    private static final class SourceQueue<T> {
        private final IntrusiveList<Waiting<T>> elements = new IntrusiveList<>();
        private IntrusiveList.@Nullable Node<SourceQueue<T>> turn;
    }
}
