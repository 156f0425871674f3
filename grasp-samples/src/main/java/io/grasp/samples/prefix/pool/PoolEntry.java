package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.Prefix;
import io.grasp.util.PrintableText;
import java.time.Instant;
import java.util.Objects;

/**
 * A prefix that a node knows.
 *
 * @param id the number of the entry
 * @param prefix the prefix
 * @param state what it is to the node
 * @param party the peer, or the use if it is {@link EntryState#ASSIGNED}; empty if it is free or a seed
 * @param since since when
 * @param note why there is doubt; otherwise empty
 */
public record PoolEntry(long id, Prefix prefix, EntryState state, String party, Instant since, String note) {
    /** Checks the components. */
    public PoolEntry {
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(party, "party");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(note, "note");
    }

    @Override
    public String toString() {
        return PrintableText.of(prefix + " " + state + (party.isEmpty() ? "" : " " + party)
                + (note.isEmpty() ? "" : " (" + note + ")"));
    }
}
