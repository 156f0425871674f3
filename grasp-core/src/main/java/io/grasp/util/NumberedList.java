package io.grasp.util;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Elements that are found by a number, in the order in which they were added. While there are few, as most nodes have
 * few links, they take a fraction of the memory of a map. Not thread-safe.
 *
 * @param <T> the type of the elements
 */
public final class NumberedList<T> {
    private static final int FEW = 8;

    private final ToIntFunction<T> number;
    /** Immutable. */
    private List<T> few = List.of();
    /** All elements, after there were more than a few for the first time. */
    private @Nullable Map<Integer, T> many;

    /**
     * Makes an empty list.
     *
     * @param number returns the number by which an element is found
     */
    public NumberedList(ToIntFunction<T> number) {
        this.number = number;
    }

    /** {@return a view of all, now and later, for reading only} */
    public Collection<T> all() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<T> iterator() {
                return many == null ? few.iterator() : many.values().iterator();
            }

            @Override
            public int size() {
                return many == null ? few.size() : many.size();
            }
        };
    }

    /**
     * {@return the element with a number, or {@code null} if there is none}
     *
     * @param wanted the number
     */
    public @Nullable T get(int wanted) {
        if (many != null) {
            return many.get(wanted);
        }
        for (int i = 0; i < few.size(); i++) {
            if (number.applyAsInt(few.get(i)) == wanted) {
                return few.get(i);
            }
        }
        return null;
    }

    /**
     * Adds an element.
     *
     * @param element an element with a number that none of the others has
     */
    public void add(T element) {
        if (many == null && few.size() == FEW) {
            many = new LinkedHashMap<>();
            for (T each : few) {
                many.put(number.applyAsInt(each), each);
            }
            few = List.of();
        }
        if (many == null) {
            few = Stream.concat(few.stream(), Stream.of(element)).toList();
        } else {
            many.put(number.applyAsInt(element), element);
        }
    }

    /**
     * Removes an element.
     *
     * @param element the element
     */
    public void remove(T element) {
        if (many == null) {
            few = few.stream().filter(each -> each != element).toList();
        } else {
            many.remove(number.applyAsInt(element));
        }
    }
}
