package io.grasp.engine.watch;

import io.grasp.engine.node.Deadlines;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.model.SessionId;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Loop;
import io.grasp.util.EventCollector;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one kind for all watchers with the same options. An event is made once, and each watcher gets a
 * reference to the batch that it is in. Collecting takes 10 ms, and longer if the period since the last batch has not
 * passed.
 */
final class Feed<E> {
    /** The sessions about an objective that are remembered, for their messages that do not name it. */
    private static final int MOST_SESSIONS = 1024;

    private final EventOptions options;
    private final EventCollector<E> collector;
    private final Deadlines.Deadline collecting;
    private final Consumer<Feed<E>> unwatched;
    private final @Nullable String objective;
    private final @Nullable InetAddress peer;
    private final Set<SessionId> sessions = new LinkedHashSet<>();
    private List<EventWatcher<E>> watchers = List.of();

    /** @param unwatched called when the last watcher has gone */
    Feed(Loop loop, Deadlines deadlines, EventOptions options, Consumer<Feed<E>> unwatched) {
        this.options = options;
        this.collector = new EventCollector<>(
                loop::nanoTime, options.eventsPerSecond(), options.period(), EventOptions.GATHERING);
        this.unwatched = unwatched;
        this.objective = options.objective().orElse(null);
        this.peer = options.peer().map(PeerAddresses::plain).orElse(null);
        this.collecting = deadlines.unarmed(this::hand);
    }

    EventOptions options() {
        return options;
    }

    int watchers() {
        return watchers.size();
    }

    EventWatcher<E> add(EventListener<E> listener) {
        EventWatcher<E> watcher = new EventWatcher<>(this, listener);
        List<EventWatcher<E>> more = new ArrayList<>(watchers);
        more.add(watcher);
        watchers = List.copyOf(more);
        return watcher;
    }

    void remove(EventWatcher<E> watcher) {
        List<EventWatcher<E>> fewer = new ArrayList<>(watchers);
        if (fewer.remove(watcher)) {
            watchers = List.copyOf(fewer);
            if (fewer.isEmpty()) {
                collecting.cancel();
                unwatched.accept(this);
            }
        }
    }

    /** {@return whether an event is of interest, by its objective and path} */
    boolean isFor(@Nullable String about, @Nullable SessionId session, @Nullable MessagePath path) {
        return (objective == null || isAbout(about, session)) && (peer == null || path != null && isWith(path));
    }

    private boolean isAbout(@Nullable String about, @Nullable SessionId session) {
        if (about == null) {
            return session != null && sessions.contains(session);
        }
        boolean fits = about.equals(objective);
        if (fits && session != null && sessions.add(session) && sessions.size() > MOST_SESSIONS) {
            Iterator<SessionId> oldest = sessions.iterator();
            oldest.next();
            oldest.remove();
        }
        return fits;
    }

    private boolean isWith(MessagePath path) {
        InetSocketAddress other = path.peer();
        return other != null
                && other.getAddress() != null
                && PeerAddresses.plain(other.getAddress()).equals(peer);
    }

    /** {@return whether an event of interest may be added; otherwise it is counted as skipped} */
    boolean hasRoom() {
        if (!collector.isCollecting()) {
            collecting.arm(collector.begin());
        }
        return collector.hasRoom();
    }

    /** Adds an event for which there is room. */
    void add(E event) {
        collector.add(event);
    }

    /** Hands what was collected to the watchers. */
    private void hand() {
        EventBatch<E> batch = collector.take(EventBatch::new);
        for (EventWatcher<E> each : watchers) {
            each.batch(batch);
        }
    }

    /** The node has been closed: hands out what is left, and ends. */
    void close() {
        if (collector.isCollecting()) {
            collecting.cancel();
            hand();
        }
        List<EventWatcher<E>> all = watchers;
        watchers = List.of();
        all.forEach(EventWatcher::stopped);
    }
}
