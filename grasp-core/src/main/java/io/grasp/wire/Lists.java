package io.grasp.wire;

import java.util.ArrayList;
import java.util.List;

/** Lists that are nearly always empty or of one element, for which the immutable ones of the JDK are smallest. */
final class Lists {
    private Lists() {}

    /**
     * The list with one more element.
     *
     * @param list what this method returned before, or {@link List#of()}; not to be used any more
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
