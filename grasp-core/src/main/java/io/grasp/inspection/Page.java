package io.grasp.inspection;

import io.grasp.util.AddressText;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A part of a list, as it was on one turn of the node's loop. Entries come in the order in which they were created, and
 * keep their place in it: whatever comes and goes between two pages, an entry that is present from the first page to
 * the last is on exactly one of them. An entry that is renewed, as a flood is that its origin repeats, stays the same
 * entry.
 *
 * @param entries the entries
 * @param next the cursor for the page after this one, see {@link PageRequest#after(String)}; empty if there are no more
 *     entries now
 * @param <T> the type of the entries
 */
public record Page<T>(List<T> entries, Optional<String> next) {
    /** Checks and copies the components. */
    public Page {
        entries = List.copyOf(entries);
        Objects.requireNonNull(next, "next");
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
