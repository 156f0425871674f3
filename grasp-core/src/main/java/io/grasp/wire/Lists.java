package io.grasp.wire;

import java.util.ArrayList;
import java.util.List;

/** Builds lists that nearly always have at most one element; the JDK's immutable lists are the smallest for these. */
final class Lists {
    private Lists() {}

    /**
     * The list with one more element.
     *
     * @param list the previous result of this method, or {@link List#of()}; must not be used afterwards
     */
    static <T> List<T> with(List<T> list, T element) {
        if (list.isEmpty()) {
            return List.of(element);
        }
        List<T> longer = list instanceof ArrayList ? list : new ArrayList<>(list);
        longer.add(element);
        return longer;
    }
}
