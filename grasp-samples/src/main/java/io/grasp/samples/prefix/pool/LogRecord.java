package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.Prefix;
import io.grasp.util.PrintableText;
import java.time.Instant;
import java.util.Objects;

/**
 * A line of the log of assignments (RFC 8992 sections 3.3 and 4.4).
 *
 * @param number the number of the record; later ones have greater numbers
 * @param at when it happened
 * @param event what happened
 * @param prefix the prefix
 * @param party the peer, or the use if the node uses the prefix itself; empty for seeds
 * @param note the reason, if there is one, otherwise empty
 */
public record LogRecord(long number, Instant at, LogEvent event, Prefix prefix, String party, String note) {
    /** Checks the components. */
    public LogRecord {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(party, "party");
        Objects.requireNonNull(note, "note");
    }

    @Override
    public String toString() {
        return PrintableText.of(at + " " + event + " " + prefix + (party.isEmpty() ? "" : " " + party)
                + (note.isEmpty() ? "" : " (" + note + ")"));
    }
}
