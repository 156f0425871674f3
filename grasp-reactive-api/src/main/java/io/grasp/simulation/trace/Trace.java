package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimObserver;
import io.grasp.util.PrintableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The record of a simulated network: its last events, and a hash over all events. Two runs have the same hash exactly
 * when all their events were the same, in the same order.
 *
 * <p>An event is hashed when it happens and printed only when its line is requested. Lines and hash depend only on the
 * events: not on the JDK, the locale, the time zone or the platform's line separator. The hash changes when the
 * simulator describes the same events differently.
 *
 * <p>Not thread-safe: use it on the network's loop, or while that does not run.
 */
public final class Trace implements SimObserver {
    /** The default number of kept events, see {@link #keeping}. */
    public static final int DEFAULT_KEPT = 100_000;

    private static final int TIME_DIGITS = 9;

    private final int limit;
    private final Deque<SimEvent> kept = new ArrayDeque<>();
    private final EventDigest digest = new EventDigest();
    private long count;

    private Trace(int limit) {
        this.limit = limit;
    }

    /** {@return an empty trace that keeps the last {@value #DEFAULT_KEPT} events} */
    public static Trace create() {
        return keeping(DEFAULT_KEPT);
    }

    /**
     * Creates a trace that keeps another number of events.
     *
     * @param events how many of the last events are kept; with 0 there is only the hash
     * @return the empty trace
     * @throws IllegalArgumentException if the number is negative
     */
    public static Trace keeping(int events) {
        if (events < 0) {
            throw new IllegalArgumentException("cannot keep " + events + " events");
        }
        return new Trace(events);
    }

    /** Records an event. Its bytes are kept, not copied. */
    @Override
    public void happened(SimEvent event) {
        digest.add(Objects.requireNonNull(event, "event"));
        count++;
        kept.addLast(event);
        if (kept.size() > limit) {
            kept.removeFirst();
        }
    }

    /** {@return the total number of events} */
    public long count() {
        return count;
    }

    /** {@return the number of events that are no longer kept, which are the oldest} */
    public long dropped() {
        return count - kept.size();
    }

    /** {@return a copy of the kept events, in order} */
    public List<SimEvent> events() {
        return List.copyOf(kept);
    }

    /**
     * The events that are kept, as text: time in seconds, kind, nodes, link, the message in diagnostic notation
     * (RFC 8949 section 8), and the detail after a {@code #}. Bytes that are not a message are printed in hex with the
     * reason.
     *
     * @return a line for each event, without its end
     */
    public List<String> lines() {
        return kept.stream().map(Trace::line).toList();
    }

    /**
     * The hash of all events so far, including those that are no longer kept.
     *
     * @return SHA-256 over an exact binary encoding of each event, as 64 lower-case hex digits
     */
    public String hash() {
        return digest.hex();
    }

    /** {@return the kept events as a chart} */
    public SequenceChart chart() {
        return SequenceChart.of(events());
    }

    /**
     * Writes the lines, each ended by a line feed. If events were dropped, the first line says how many.
     *
     * @param out the destination
     * @throws IOException if writing fails
     */
    public void write(Appendable out) throws IOException {
        if (dropped() > 0) {
            out.append("# events not kept: ").append(Long.toString(dropped())).append('\n');
        }
        for (SimEvent event : kept) {
            out.append(line(event)).append('\n');
        }
    }

    /** {@return the text that {@link #write} writes} */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        try {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static String line(SimEvent event) {
        String time = ChartText.seconds(event.at(), TIME_DIGITS);
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%17s  %-14s", time, event.kind()));
        if (!event.from().isEmpty() || !event.to().isEmpty()) {
            line.append("  ").append(name(event.from()));
        }
        if (!event.to().isEmpty()) {
            line.append(" -> ").append(name(event.to()));
        }
        if (!event.link().isEmpty()) {
            line.append(" on ").append(name(event.link()));
        }
        if (event.bytes().length > 0) {
            line.append("  ").append(Payload.of(event.bytes()).notation());
        }
        if (!event.detail().isEmpty()) {
            line.append("  # ").append(PrintableText.of(event.detail()));
        }
        return line.toString().stripTrailing();
    }

    private static String name(String name) {
        return name.isEmpty() ? "?" : PrintableText.of(name);
    }
}
