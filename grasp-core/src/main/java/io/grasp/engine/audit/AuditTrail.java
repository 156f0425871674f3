package io.grasp.engine.audit;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Loop;
import io.grasp.util.LazySet;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What a node refuses, for those that watch it. Without a watch, nothing is counted. */
public final class AuditTrail {
    private final Loop loop;
    private final Set<AuditWatch> watches = new LazySet<>();

    public AuditTrail(Loop loop) {
        this.loop = loop;
    }

    /** {@return whether anything needs to be reported to this trail} */
    public boolean isWatched() {
        return !watches.isEmpty();
    }

    /**
     * Begins to report.
     *
     * @param period how often the same source and reason are reported at most, apart from the first report
     * @param listener gets the events, as far as it has requested them
     */
    public AuditWatch watch(Duration period, AuditListener listener) {
        AuditWatch watch = new AuditWatch(loop, period, listener, watches::remove);
        watches.add(watch);
        return watch;
    }

    public void dropped(DropReason reason, TrafficSource source, MessagePath path) {
        each(watch -> watch.dropped(reason, source, path));
    }

    public void contested(String objective, TrafficSource source, MessagePath path) {
        each(watch -> watch.contested(objective, source, path));
    }

    /** The substrate has not authenticated a peer. */
    public void refused(PeerRefusal reason, String detail, TrafficSource source, MessagePath path) {
        each(watch -> watch.refused(reason, detail, source, path));
    }

    private void each(Consumer<AuditWatch> report) {
        List.copyOf(watches).forEach(report); // a listener may cancel a watch
    }

    /** Reports what has been counted, and ends all watches. */
    public void close() {
        List.copyOf(watches).forEach(AuditWatch::stop);
    }
}
