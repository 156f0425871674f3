package io.grasp.substrate.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Elements that are found by a number, in the order in which they were added. While there are few, as at most nodes and
 * links of a large network, they take a fraction of the memory of a map.
 *
 * @param <T> the type of the elements
 */
final class NumberedList<T> {
    private static final int FEW = 8;

    private final ToIntFunction<T> number;
    private final List<T> few = new ArrayList<>(2);
    /** All elements, after there were more than a few for the first time. */
    private @Nullable Map<Integer, T> many;

    /** @param number returns the number by which an element is found */
    NumberedList(ToIntFunction<T> number) {
        this.number = number;
    }

    /** {@return a view of all} */
    Collection<T> all() {
        return many == null ? Collections.unmodifiableList(few) : Collections.unmodifiableCollection(many.values());
    }

    @Nullable
    T get(int wanted) {
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

    /** Adds an element with a number that none of the others has. */
    void add(T element) {
        if (many == null && few.size() == FEW) {
            many = new LinkedHashMap<>();
            for (T each : few) {
                many.put(number.applyAsInt(each), each);
            }
            few.clear();
        }
        if (many == null) {
            few.add(element);
        } else {
            many.put(number.applyAsInt(element), element);
        }
    }

    void remove(T element) {
        if (many == null) {
            few.remove(element);
        } else {
            many.remove(number.applyAsInt(element));
        }
    }
}
