package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The log of assignments, of bounded length, and its changes since the last {@link #keep}. */
final class AssignmentLog {
    private static final Duration LONGEST_FORECAST = Duration.ofDays(36_525);

    private final int most;
    private final NavigableMap<Long, LogRecord> records = new TreeMap<>();
    private final UndoLog<LogRecord> undo = new UndoLog<>();

    AssignmentLog(int most) {
        this.most = most;
    }

    void read(SortedMap<Long, String> stored) {
        stored.forEach((number, line) -> records.put(number, StoredForm.logRecord(number, line)));
    }

    void add(Instant at, LogEvent event, Prefix prefix, String party, String note) {
        long number = records.isEmpty() ? 1 : records.lastKey() + 1;
        undo.add(number, Optional.empty());
        records.put(number, new LogRecord(number, at, event, prefix, party, note));
        while (records.size() > most) {
            LogRecord oldest = records.pollFirstEntry().getValue();
            undo.add(oldest.number(), Optional.of(oldest));
        }
    }

    void keep() {
        undo.clear();
    }

    /** {@return the number of changes, for {@link #rollBack}} */
    int changes() {
        return undo.size();
    }

    /** Takes back all changes but the first ones. */
    void rollBack(int kept) {
        undo.undo(
                kept,
                (number, before) ->
                        before.ifPresentOrElse(line -> records.put(number, line), () -> records.remove(number)));
    }

    Map<Long, String> added() {
        Map<Long, String> lines = new HashMap<>();
        undo.changed(records).forEach((number, line) -> lines.put(number, StoredForm.of(line)));
        return lines;
    }

    Set<Long> trimmed() {
        return undo.removed(records);
    }

    SortedMap<Long, String> stored() {
        SortedMap<Long, String> lines = new TreeMap<>();
        records.forEach((number, line) -> lines.put(number, StoredForm.of(line)));
        return lines;
    }

    List<LogRecord> after(long number, int count) {
        return records.tailMap(number, false).values().stream().limit(count).toList();
    }

    Forecast forecast(AddressFamily family, BigInteger free, Instant now, Duration window) {
        Instant begin = now.minus(window);
        if (!records.isEmpty() && records.firstEntry().getValue().at().isAfter(begin)) {
            begin = records.firstEntry().getValue().at();
        }
        double seconds = Duration.between(begin, now).toMillis() / 1000.0;
        BigInteger consumed = BigInteger.ZERO;
        for (LogRecord line : records.descendingMap().values()) {
            if (line.at().isBefore(begin)) {
                break;
            }
            if (line.prefix().family() == family) {
                consumed = consumed.add(line.prefix()
                        .size()
                        .multiply(BigInteger.valueOf(line.event().consumption())));
            }
        }
        if (consumed.signum() <= 0 || seconds <= 0) {
            return new Forecast(family, free, 0, Optional.empty());
        }
        double perSecond = consumed.doubleValue() / seconds;
        double exhausted = free.doubleValue() / perSecond;
        return new Forecast(
                family,
                free,
                perSecond,
                exhausted > LONGEST_FORECAST.toSeconds()
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(Math.round(exhausted * 1000))));
    }
}
