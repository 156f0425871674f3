package io.grasp.engine.node;

import io.grasp.substrate.Link;
import io.grasp.util.NumberedList;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The links that are up, and their shares. */
final class LinkTable {
    private final NumberedList<Link> byIndex = new NumberedList<>(Link::index);
    /** One link of each share. */
    private final NumberedList<Link> byShare = new NumberedList<>(Link::share);

    private final Collection<Link> all = byIndex.all();

    /** {@return a view of the links, now and later} */
    Collection<Link> all() {
        return all;
    }

    @Nullable
    Link get(int index) {
        return byIndex.get(index);
    }

    void add(Link link) {
        remove(link.index());
        byIndex.add(link);
        if (byShare.get(link.share()) == null) {
            byShare.add(link);
        }
    }

    void remove(int index) {
        Link gone = byIndex.get(index);
        if (gone == null) {
            return;
        }
        byIndex.remove(gone);
        if (byShare.get(gone.share()) == gone) {
            byShare.remove(gone);
            all.stream()
                    .filter(other -> other.share() == gone.share())
                    .findFirst()
                    .ifPresent(byShare::add);
        }
    }

    /** {@return whether a link with a share is up} */
    boolean hasShare(int share) {
        return byShare.get(share) != null;
    }

    /** {@return a view of the shares of the links, now and later} */
    Collection<Integer> shares() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<Integer> iterator() {
                return byShare.all().stream().map(Link::share).iterator();
            }

            @Override
            public int size() {
                return byShare.all().size();
            }
        };
    }
}
