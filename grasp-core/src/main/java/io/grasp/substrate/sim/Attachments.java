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
 * The attachments of one node, or of one link, in the order in which they were added. While there are few, as in most
 * places of a large network, they take a fraction of the memory of a map.
 */
final class Attachments {
    private static final int FEW = 8;

    private final ToIntFunction<Attachment> number;
    private final List<Attachment> few = new ArrayList<>(2);
    /** All attachments, after there were more than a few for the first time. */
    private @Nullable Map<Integer, Attachment> many;

    /** @param number returns the number by which an attachment is found */
    Attachments(ToIntFunction<Attachment> number) {
        this.number = number;
    }

    /** {@return a view of all} */
    Collection<Attachment> all() {
        return many == null ? Collections.unmodifiableList(few) : Collections.unmodifiableCollection(many.values());
    }

    @Nullable
    Attachment get(int wanted) {
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

    /** Adds an attachment with a number that none of the others has. */
    void add(Attachment attachment) {
        if (many == null && few.size() == FEW) {
            many = new LinkedHashMap<>();
            for (Attachment each : few) {
                many.put(number.applyAsInt(each), each);
            }
            few.clear();
        }
        if (many == null) {
            few.add(attachment);
        } else {
            many.put(number.applyAsInt(attachment), attachment);
        }
    }

    void remove(Attachment attachment) {
        if (many == null) {
            few.remove(attachment);
        } else {
            many.remove(number.applyAsInt(attachment));
        }
    }
}
