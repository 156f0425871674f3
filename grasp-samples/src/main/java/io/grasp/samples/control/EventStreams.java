package io.grasp.samples.control;

import io.grasp.api.Grasp;
import io.grasp.api.Inspection;
import io.grasp.host.AsaHost;
import io.grasp.inspection.DiscoveryEvent;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.FloodEvent;
import io.grasp.inspection.LinkEvent;
import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * The events of a node as server-sent events. Clients with equal options share a feed, whose batches are encoded once.
 * A client is never waited for: while the network does not take what it has, it gets nothing further, and then the
 * number of events that it has missed. All methods are called on the loop of the servers.
 */
final class EventStreams {
    /** The maximum number of clients, apart from those of traces. */
    static final int MOST_CLIENTS = 100;

    /** The maximum number of clients that trace. */
    static final int MOST_TRACES = 4;

    private static final int MOST_BATCH_BYTES = 128 * 1024;

    private final Scheduler scheduler;
    private final Duration heartbeat;
    private final Map<Key, Feed<?>> feeds = new HashMap<>();
    private int clients;
    private int traces;

    /**
     * No streams yet.
     *
     * @param scheduler the only thread of the servers' loop
     * @param heartbeat the time between two comments
     */
    EventStreams(Scheduler scheduler, Duration heartbeat) {
        this.scheduler = scheduler;
        this.heartbeat = heartbeat;
    }

    /**
     * A kind of events.
     *
     * @param path the end of its path
     * @param filters the names of the parameters that choose events, besides those that all kinds have
     * @param watch watches them
     * @param encoder writes the members of an event
     * @param <E> the type of the events
     */
    record Kind<E>(String path, Set<String> filters, Watch<E> watch, BiConsumer<JsonWriter, E> encoder) {
        static final Kind<FloodEvent> FLOODS =
                ofNode("floods", Set.of("objective", "peer"), Inspection::floodEvents, EventJson::flood);
        static final Kind<DiscoveryEvent> DISCOVERIES =
                ofNode("discoveries", Set.of("objective", "peer"), Inspection::discoveryEvents, EventJson::discovery);
        static final Kind<SessionEvent> SESSIONS =
                ofNode("sessions", Set.of("objective"), Inspection::sessionEvents, EventJson::session);
        static final Kind<MoveEvent> MOVES =
                ofNode("moves", Set.of("objective", "peer"), Inspection::moveEvents, EventJson::move);
        static final Kind<LinkEvent> LINKS = ofNode("links", Set.of(), Inspection::linkEvents, EventJson::link);
        static final Kind<TraceEvent> TRACE =
                ofNode("trace", Set.of("objective", "peer", "type"), Inspection::traceEvents, EventJson::trace);
        static final Kind<HostedEvent> HOSTED =
                new Kind<>("hosted", Set.of(), Watched::hostedEvents, EventJson::hosted);

        static final List<Kind<?>> ALL = List.of(FLOODS, DISCOVERIES, SESSIONS, MOVES, LINKS, TRACE, HOSTED);

        private static <E> Kind<E> ofNode(
                String path,
                Set<String> filters,
                BiFunction<Inspection, EventOptions, Flux<EventBatch<E>>> watch,
                BiConsumer<JsonWriter, E> encoder) {
            return new Kind<>(
                    path, filters, (watched, options) -> watch.apply(watched.grasp.inspection(), options), encoder);
        }
    }

    /** Watches events of one kind. */
    @FunctionalInterface
    interface Watch<E> {
        Flux<EventBatch<E>> events(Watched watched, EventOptions options);
    }

    /**
     * What is watched.
     *
     * @param grasp the node
     * @param host the host of its ASAs, {@code null} if there is none
     */
    record Watched(Grasp grasp, @Nullable AsaHost host) {
        Flux<EventBatch<HostedEvent>> hostedEvents(EventOptions options) {
            return host == null
                    ? grasp.onClose().thenMany(Flux.<EventBatch<HostedEvent>>empty())
                    : HostedEvents.of(grasp, host, options);
        }
    }

    private record Key(Kind<?> kind, EventOptions options) {}

    /**
     * Begins to watch for a client.
     *
     * @throws Problem if there are too many already
     */
    <E> Client join(Watched watched, Kind<E> kind, EventOptions options, Channel channel) {
        boolean isTrace = kind.equals(Kind.TRACE);
        if (isTrace && traces >= MOST_TRACES) {
            throw Problem.tooMany(MOST_TRACES, "clients that trace");
        }
        if (!isTrace && clients >= MOST_CLIENTS) {
            throw Problem.tooMany(MOST_CLIENTS, "clients that watch");
        }
        Key key = new Key(kind, options);
        Feed<?> feed = feeds.get(key);
        if (feed == null) {
            Feed<E> begun = new Feed<>(key, kind.encoder());
            feeds.put(key, begun);
            begun.start(kind.watch().events(watched, options));
            feed = begun;
        }
        Client client = new Client(feed, channel, isTrace);
        feed.clients.add(client);
        count(isTrace, 1);
        return client;
    }

    private void count(boolean trace, int change) {
        if (trace) {
            traces += change;
        } else {
            clients += change;
        }
    }

    /** The events of one kind for clients with equal options. */
    private final class Feed<E> {
        private final Key key;
        private final BiConsumer<JsonWriter, E> encoder;
        private final Set<Client> clients = new LinkedHashSet<>();
        private final Disposable.Composite work = Disposables.composite();
        private @Nullable Throwable failure;
        private boolean complete;

        Feed(Key key, BiConsumer<JsonWriter, E> encoder) {
            this.key = key;
            this.encoder = encoder;
        }

        void start(Flux<EventBatch<E>> events) {
            work.add(events.publishOn(scheduler, 1).subscribe(this::batch, this::failed, this::completed));
            long period = heartbeat.toMillis();
            work.add(scheduler.schedulePeriodically(
                    () -> toAll(SseFrame.COMMENT, 0), period, period, TimeUnit.MILLISECONDS));
        }

        private void batch(EventBatch<E> batch) {
            for (EventJson.Batch part : EventJson.batches(batch, encoder, MOST_BATCH_BYTES)) {
                toAll(SseFrame.of("batch", part.json()), part.events());
            }
        }

        private void toAll(SseFrame frame, long events) {
            for (Client client : List.copyOf(clients)) {
                client.offer(frame, events);
            }
        }

        private void failed(Throwable reason) {
            failure = reason;
            completed();
        }

        private void completed() {
            complete = true;
            List.copyOf(clients).forEach(Client::complete);
        }

        private void leave(Client client) {
            if (clients.remove(client) && clients.isEmpty()) {
                feeds.remove(key, this);
                work.dispose();
            }
        }
    }

    /** A client that watches. */
    final class Client {
        private final Feed<?> feed;
        private final Channel channel;
        private final boolean trace;
        private @Nullable FluxSink<SseFrame> sink;
        private long missed;

        private Client(Feed<?> feed, Channel channel, boolean trace) {
            this.feed = feed;
            this.channel = channel;
            this.trace = trace;
        }

        /**
         * {@return its events, after a comment; to be subscribed to once} It completes when the node is closed.
         *
         * @throws Problem if the node cannot be watched
         */
        Flux<SseFrame> frames() {
            if (feed.failure != null) {
                throw Problem.notWatched(feed.failure);
            }
            return Flux.push(this::attach, FluxSink.OverflowStrategy.BUFFER);
        }

        private void attach(FluxSink<SseFrame> to) {
            sink = to;
            to.next(SseFrame.COMMENT);
            if (feed.complete) {
                to.complete();
            }
        }

        private void offer(SseFrame frame, long events) {
            FluxSink<SseFrame> to = sink;
            if (to == null || !channel.isWritable() || to.requestedFromDownstream() < 2) {
                missed += events;
                return;
            }
            if (missed > 0) {
                to.next(SseFrame.of("batch", EventJson.skipped(missed)));
                missed = 0;
            }
            to.next(frame);
        }

        private void complete() {
            if (sink != null) {
                sink.complete();
            }
        }

        /** Ends watching. */
        void leave() {
            feed.leave(this);
            count(trace, -1);
        }
    }
}
