package io.grasp.util;

import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set in insertion order that is usually empty, see {@link LazyMap}. Not thread-safe.
 *
 * @param <E> the type of the elements
 */
public final class LazySet<E> extends AbstractSet<E> {
    private static final int FEW = 4;

    private Set<E> elements = Collections.emptySet();

    /** Makes an empty set. */
    public LazySet() {}

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public boolean contains(@Nullable Object element) {
        return elements.contains(element);
    }

    @Override
    public boolean add(E element) {
        if (elements.isEmpty()) {
            elements = new LinkedHashSet<>(FEW);
        }
        return elements.add(element);
    }

    @Override
    public boolean remove(@Nullable Object element) {
        if (elements.isEmpty()) {
            return false;
        }
        boolean removed = elements.remove(element);
        if (elements.isEmpty()) {
            clear();
        }
        return removed;
    }

    @Override
    public void clear() {
        elements = Collections.emptySet();
    }

    @Override
    public Iterator<E> iterator() {
        return elements.iterator();
    }
}
