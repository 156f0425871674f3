package io.grasp.engine.node;

import io.grasp.util.AddressText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * A page of a list: the entries with the smallest numbers after a number. Neither the list nor its map needs an order.
 *
 * @param after the number after which the page begins, 0 for the first page
 * @param most the maximum number of entries
 * @param valueBytes up to how many bytes of an objective's value are shown
 */
public record PageRange(long after, int most, int valueBytes) {
    /**
     * The entries of a page.
     *
     * @param entries the entries
     * @param last the number of the last one
     * @param more whether others follow
     */
    public record Slice<T>(List<T> entries, long last, boolean more) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * {@return the entries in this range}
     *
     * @param all all entries of the list, in any order
     * @param view makes what the operator sees of an entry
     */
    public <E extends Numbered, T> Slice<T> of(Iterable<? extends E> all, Function<E, T> view) {
        PriorityQueue<E> chosen = new PriorityQueue<>(
                Math.min(most, 64),
                Comparator.comparingLong((E each) -> each.number()).reversed());
        boolean more = false;
        for (E each : all) {
            if (each.number() <= after) {
                continue;
            }
            if (chosen.size() < most) {
                chosen.add(each);
            } else {
                more = true;
                if (each.number() < chosen.element().number()) {
                    chosen.remove();
                    chosen.add(each);
                }
            }
        }
        List<T> entries = new ArrayList<>(chosen.size());
        long last = chosen.isEmpty() ? after : chosen.element().number();
        while (!chosen.isEmpty()) {
            entries.add(view.apply(chosen.remove()));
        }
        Collections.reverse(entries);
        return new Slice<>(entries, last, more);
    }
}
