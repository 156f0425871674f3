package io.grasp.engine.audit;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.AuditEvent;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Loop;
import io.grasp.util.Demand;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts by source and cause, and reports the counts: the first time at once, and then once in each period in which
 * there were more. Whatever peers do, the number of reports is bounded: beyond {@link #TALLIES} of a link, further
 * sources are counted together, and no more than {@link #AT_ONCE} reports of a link are made before the end of the
 * period. Without demand, reports wait, and their counts grow.
 *
 * <p>{@linkplain DropReason#isNormal Normal} causes have tallies of their own, as many. They are reported only at the
 * end of a period in which one source had more than {@link #NORMAL_IN_A_SECOND}; otherwise they are forgotten then.
 *
 * <p>A tally is IDLE while nothing is counted, COUNTING until the end of the period, and DUE until there is demand:
 *
 * <pre>
 *   (new) -- first count, few reports of the link so far ----------------------.
 *     '----- first count, otherwise ------------> COUNTING -- period ends --> DUE
 *                                                    ^                         |
 *   (removed) &lt;-- period ends -- IDLE -- count ------'                         |
 *                                  ^---------------------- reported ------------'
 * </pre>
 */
public final class AuditWatch {
    static final int TALLIES = 64;
    static final int AT_ONCE = 8;

    /** What one neighbor lawfully causes in a second: a relay passes on bursts of 200 messages, and then 100/s. */
    static final int NORMAL_IN_A_SECOND = 300;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Loop loop;
    private final Duration period;
    private final AuditListener listener;
    private final Consumer<AuditWatch> ended;
    private final Map<Integer, LinkTallies> links = new HashMap<>();
    private final Map<Integer, LinkTallies> normal = new HashMap<>();
    private final Queue<Tally> due = new ArrayDeque<>();
    private final Demand demand = new Demand();
    private Loop.@Nullable Wakeup periodEnd;
    private boolean reporting;
    private boolean cancelled;

    AuditWatch(Loop loop, Duration period, AuditListener listener, Consumer<AuditWatch> ended) {
        this.loop = loop;
        this.period = period;
        this.listener = listener;
        this.ended = ended;
    }

    /** Adds demand for events. */
    public void request(long more) {
        demand.add(more);
        report();
    }

    /** Ends the watch: the listener is not called again. */
    public void cancel() {
        cancelled = true;
        ended.accept(this);
        links.clear();
        normal.clear();
        due.clear();
        if (periodEnd != null) {
            periodEnd.cancel();
            periodEnd = null;
        }
    }

    /** Reports what is left, as far as there is demand, and ends the watch. */
    void stop() {
        endPeriod();
        if (!cancelled) {
            cancel();
            listener.stopped();
        }
    }

    void dropped(DropReason reason, TrafficSource source, MessagePath path) {
        count(source, new Cause(reason, null), "", path);
    }

    void contested(String objective, TrafficSource source, MessagePath path) {
        count(source, Cause.CONTESTED, objective, path);
    }

    void refused(PeerRefusal reason, String detail, TrafficSource source, MessagePath path) {
        count(source, new Cause(null, reason), detail, path);
    }

    /** @param detail a text that only the latest report of the cause needs */
    private void count(TrafficSource source, Cause cause, String detail, MessagePath path) {
        if (cancelled) {
            return;
        }
        (cause.isNormal() ? normal : links)
                .computeIfAbsent(source.link(), link -> new LinkTallies())
                .tally(source, cause)
                .count(detail, path);
        if (periodEnd == null) {
            beginPeriod();
        }
        report();
    }

    private void beginPeriod() {
        periodEnd = loop.wakeAt(loop.nanoTime() + period.toNanos(), this::periodEnded);
    }

    private void periodEnded() {
        periodEnd = null;
        endPeriod();
        if (!links.isEmpty() || !normal.isEmpty()) {
            beginPeriod();
        }
    }

    private void endPeriod() {
        links.values().removeIf(LinkTallies::endPeriod);
        normal.values().removeIf(LinkTallies::endPeriod);
        report();
    }

    private void report() {
        if (reporting) {
            return; // the listener has requested more, or caused a further drop
        }
        reporting = true;
        while (demand.isAny() && !due.isEmpty()) {
            demand.take();
            listener.event(due.remove().event());
        }
        reporting = false;
    }

    /** The tallies of one link. */
    private final class LinkTallies {
        private final Map<Key, Tally> tallies = new TreeMap<>();
        private int atOnce;

        Tally tally(TrafficSource source, Cause cause) {
            Key key = new Key(source, cause);
            Tally known = tallies.get(key);
            if (known != null) {
                return known;
            }
            boolean own = tallies.size() < TALLIES;
            Key counted = own ? key : new Key(new TrafficSource(source.link(), 0, 0), cause);
            return tallies.computeIfAbsent(
                    counted, added -> new Tally(cause, own, !cause.isNormal() && atOnce++ < AT_ONCE));
        }

        /** {@return whether nothing is left} */
        boolean endPeriod() {
            atOnce = 0;
            tallies.values().removeIf(Tally::endPeriod);
            return tallies.isEmpty();
        }
    }

    /** What one source, or several, caused since the last report. */
    private final class Tally {
        private final Cause cause;
        private final boolean ofOneSource;
        private boolean atOnce;
        private long count;
        private long since;
        private MessagePath path = MessagePath.SOME_LINK;
        private String detail = "";
        private boolean isDue;
        private long secondBegan;
        private int inSecond;
        /** Whether there were more in one second of this period than normal. */
        private boolean isStorm;

        Tally(Cause cause, boolean ofOneSource, boolean atOnce) {
            this.cause = cause;
            this.ofOneSource = ofOneSource;
            this.atOnce = atOnce;
            this.secondBegan = loop.nanoTime();
        }

        void count(String latest, MessagePath from) {
            if (count++ == 0) {
                since = loop.nanoTime();
            }
            measure();
            detail = latest;
            path = ofOneSource ? from : new MessagePath(from.kind(), from.link(), null);
            if (atOnce) {
                atOnce = false;
                makeDue();
            }
        }

        private void measure() {
            long now = loop.nanoTime();
            if (now - secondBegan >= SECOND) {
                secondBegan = now;
                inSecond = 0;
            }
            inSecond++;
            isStorm |= inSecond > NORMAL_IN_A_SECOND;
        }

        /** {@return whether nothing was counted that is or will be reported} */
        boolean endPeriod() {
            if (cause.isNormal() && !isStorm && !isDue) {
                return true;
            }
            isStorm = false;
            if (count > 0) {
                makeDue();
            }
            return count == 0;
        }

        private void makeDue() {
            if (!isDue) {
                isDue = true;
                due.add(this);
            }
        }

        AuditEvent event() {
            Duration passed = Duration.ofNanos(loop.nanoTime() - since);
            long counted = count;
            count = 0;
            isDue = false;
            if (cause.refused != null) {
                return new AuditEvent.Refused(cause.refused, detail, path, counted, passed);
            }
            return cause.dropped == null
                    ? new AuditEvent.Contested(detail, path, counted, passed)
                    : new AuditEvent.Dropped(cause.dropped, path, counted, passed);
        }
    }

    /** Why something was dropped or a peer refused; neither for contested floods. */
    private record Cause(
            @Nullable DropReason dropped, @Nullable PeerRefusal refused) implements Comparable<Cause> {
        private static final Cause CONTESTED = new Cause(null, null);
        private static final Comparator<Cause> ORDER = Comparator.comparing(
                        Cause::dropped, Comparator.nullsFirst(Comparator.<DropReason>naturalOrder()))
                .thenComparing(Cause::refused, Comparator.nullsFirst(Comparator.<PeerRefusal>naturalOrder()));

        boolean isNormal() {
            return dropped != null && dropped.isNormal();
        }

        @Override
        public int compareTo(Cause other) {
            return ORDER.compare(this, other);
        }
    }

    private record Key(TrafficSource source, Cause cause) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::source).thenComparing(Key::cause);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }
}
