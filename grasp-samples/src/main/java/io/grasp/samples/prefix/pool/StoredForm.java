package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.store.StoreException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Entries and records of the log as the store contains them: one line of JSON each. */
final class StoredForm {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private StoredForm() {}

    private record Entry(String prefix, EntryState state, String party, Instant since, String note) {}

    private record Line(Instant at, LogEvent event, String prefix, String party, String note) {}

    static String of(PoolEntry entry) {
        return JSON.writeValueAsString(
                new Entry(entry.prefix().toString(), entry.state(), entry.party(), entry.since(), entry.note()));
    }

    static String of(LogRecord record) {
        return JSON.writeValueAsString(
                new Line(record.at(), record.event(), record.prefix().toString(), record.party(), record.note()));
    }

    static PoolEntry entry(long id, String stored) {
        try {
            Entry entry = read(stored, Entry.class);
            return new PoolEntry(id, Prefix.parse(entry.prefix), entry.state, entry.party, entry.since, entry.note);
        } catch (JacksonException | IllegalArgumentException e) {
            throw corrupt("entry " + id + " is damaged", e);
        }
    }

    static LogRecord logRecord(long number, String stored) {
        try {
            Line line = read(stored, Line.class);
            return new LogRecord(number, line.at, line.event, Prefix.parse(line.prefix), line.party, line.note);
        } catch (JacksonException | IllegalArgumentException e) {
            throw corrupt("record " + number + " of the log is damaged", e);
        }
    }

    private static <T> T read(String stored, Class<T> type) {
        @Nullable T value = JSON.readValue(stored, type);
        if (value == null) {
            throw new IllegalArgumentException("null");
        }
        return value;
    }

    private static StoreException corrupt(String what, Exception cause) {
        return new StoreException(
                StoreException.Reason.CORRUPT, "the store of prefixes cannot be used: " + what, cause);
    }
}
