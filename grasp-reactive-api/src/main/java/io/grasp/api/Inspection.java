package io.grasp.api;

import io.grasp.api.Cursors.Kind;
import io.grasp.engine.EngineInspection;
import io.grasp.engine.GraspEngine;
import io.grasp.engine.node.PageRange;
import io.grasp.engine.node.PageRange.Slice;
import io.grasp.engine.watch.EventFeeds;
import io.grasp.engine.watch.EventListener;
import io.grasp.engine.watch.EventWatcher;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.ConnectionEntry;
import io.grasp.inspection.DiscoveryEntry;
import io.grasp.inspection.DiscoveryEvent;
import io.grasp.inspection.DropCount;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.FloodEvent;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.LinkEvent;
import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.Page;
import io.grasp.inspection.PageRequest;
import io.grasp.inspection.RelayState;
import io.grasp.inspection.SessionEntry;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.grasp.substrate.Loop;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks into a running node and changes nothing ({@link Grasp#inspection}). Each {@code Mono} is answered on one turn
 * of the node's loop, so what it emits is consistent; it consists of copies. It fails if the node's loop has ended.
 *
 * <p>Lists come in pages of bounded size. To walk over all of them:
 *
 * {@snippet class="io.grasp.snippets.ApiSnippets" region="pages"}
 *
 * <p>An entry that is there during the whole walk comes exactly once, whatever comes and goes between two pages
 * ({@link Page}). A page fails with an {@link io.grasp.inspection.InvalidCursorException} if its cursor is not one of
 * the same list and run of the node.
 */
public final class Inspection {
    private final Loop loop;
    private final GraspEngine engine;
    private final Supplier<NodeStatus> status;
    private final Cursors cursors;

    Inspection(Loop loop, GraspEngine engine, Supplier<NodeStatus> status, int run) {
        this.loop = loop;
        this.engine = engine;
        this.status = status;
        this.cursors = new Cursors(run);
    }

    /**
     * Walks over all pages of a list, one after the other.
     *
     * @param first the request for the first page
     * @param pages the list, such as {@code inspection::sessions}
     * @param <T> the type of its entries
     * @return the entries; the next page is requested when those of the one before have been taken
     */
    public static <T> Flux<T> all(PageRequest first, Function<PageRequest, Mono<Page<T>>> pages) {
        return pages.apply(first)
                .expand(page -> page.next()
                        .map(cursor -> pages.apply(first.after(cursor)))
                        .orElseGet(Mono::empty))
                .concatMapIterable(Page::entries, 1);
    }

    /** {@return the node at the time of subscription} */
    public Mono<NodeStatus> status() {
        return LoopFlux.call(loop, status);
    }

    /**
     * {@return a page of the registered ASAs}
     *
     * @param request which page
     */
    public Mono<Page<AsaEntry>> asas(PageRequest request) {
        return page(Kind.ASAS, request, EngineInspection::asas);
    }

    /**
     * {@return a page of the registered objectives, with their listeners and values}
     *
     * @param request which page
     */
    public Mono<Page<ObjectiveEntry>> objectives(PageRequest request) {
        return page(Kind.OBJECTIVES, request, EngineInspection::objectives);
    }

    /**
     * {@return a page of the discovery cache} Objectives of this node's own ASAs are in {@link #objectives}.
     *
     * @param request which page
     */
    public Mono<Page<DiscoveryEntry>> discoveries(PageRequest request) {
        return page(Kind.DISCOVERIES, request, EngineInspection::discoveries);
    }

    /**
     * {@return a page of the flood cache}
     *
     * @param request which page
     */
    public Mono<Page<FloodEntry>> floods(PageRequest request) {
        return page(Kind.FLOODS, request, EngineInspection::floods);
    }

    /**
     * {@return a page of the sessions in progress, in both roles, with relayed discoveries}
     *
     * @param request which page
     */
    public Mono<Page<SessionEntry>> sessions(PageRequest request) {
        return page(Kind.SESSIONS, request, EngineInspection::sessions);
    }

    /**
     * {@return a page of the connections}
     *
     * @param request which page
     */
    public Mono<Page<ConnectionEntry>> connections(PageRequest request) {
        return page(Kind.CONNECTIONS, request, EngineInspection::connections);
    }

    /**
     * {@return a page of the neighbors that this node has heard of}
     *
     * @param request which page
     */
    public Mono<Page<NeighborEntry>> neighbors(PageRequest request) {
        return page(Kind.NEIGHBORS, request, EngineInspection::neighbors);
    }

    /**
     * {@return a page of the links, and of the interfaces and neighbors that are none, with the reasons}
     *
     * @param request which page
     */
    public Mono<Page<LinkEntry>> links(PageRequest request) {
        return page(Kind.LINKS, request, EngineInspection::links);
    }

    /** {@return the bounds of the node and of its substrate, with what is in use of them} */
    public Mono<List<LimitUse>> limits() {
        return LoopFlux.call(loop, () -> List.copyOf(engine.inspection().limits()));
    }

    /** {@return how often the node has dropped something since its start, for each reason for which it has} */
    public Mono<List<DropCount>> drops() {
        return LoopFlux.call(loop, () -> List.copyOf(engine.inspection().drops()));
    }

    /** {@return what the node relays, and what it remembers to recognize duplicates} */
    public Mono<RelayState> relay() {
        return LoopFlux.call(loop, () -> engine.inspection().relay());
    }

    /**
     * Floods of other nodes as they are processed, and those of this node as they are sent.
     *
     * <p>As all streams of events: it begins with the subscription, completes when the node is closed, and fails if the
     * node already has 256 watchers, or watchers with 16 different options for these events. A watcher without demand
     * holds one batch, and is never waited for: what it misses is counted ({@link EventBatch#skipped}). While there is
     * no watcher, the node makes no events. To watch single events:
     *
     * {@snippet class="io.grasp.snippets.ApiSnippets" region="watch"}
     *
     * @param options which, and how often; message types cannot be chosen
     * @return the floods
     */
    public Flux<EventBatch<FloodEvent>> floodEvents(EventOptions options) {
        requireNoMessageTypes(options);
        return events(options, EventFeeds::watchFloods);
    }

    /**
     * Discoveries as they come in and are sent, and locators as they are found, see {@link #floodEvents}.
     *
     * @param options which, and how often; message types cannot be chosen. Locators are not those of one peer
     * @return what happens
     */
    public Flux<EventBatch<DiscoveryEvent>> discoveryEvents(EventOptions options) {
        requireNoMessageTypes(options);
        return events(options, EventFeeds::watchDiscoveries);
    }

    /**
     * Sessions as they begin and end, in both roles, see {@link #floodEvents}.
     *
     * @param options which, and how often; peers and message types cannot be chosen
     * @return what happens
     */
    public Flux<EventBatch<SessionEvent>> sessionEvents(EventOptions options) {
        requireNoMessageTypes(options);
        require(options.peer().isEmpty(), "the events of sessions cannot be chosen by peer");
        return events(options, EventFeeds::watchSessions);
    }

    /**
     * The moves of negotiations and synchronizations as they are sent and received: requests, offers, waits, ends and
     * values; see {@link #floodEvents}.
     *
     * @param options which, and how often; message types cannot be chosen
     * @return the moves
     */
    public Flux<EventBatch<MoveEvent>> moveEvents(EventOptions options) {
        requireNoMessageTypes(options);
        return events(options, EventFeeds::watchMoves);
    }

    /**
     * Links as they come and go, with failures, warnings, changes of their protection and refused peers, see
     * {@link #floodEvents}.
     *
     * @param options how often; objectives, peers and message types cannot be chosen
     * @return what happens
     */
    public Flux<EventBatch<LinkEvent>> linkEvents(EventOptions options) {
        requireNoMessageTypes(options);
        require(
                options.peer().isEmpty() && options.objective().isEmpty(),
                "the events of links cannot be chosen by peer or objective");
        return events(options, EventFeeds::watchLinks);
    }

    /**
     * All messages as they are sent and received, and what is dropped, see {@link #floodEvents}. If message types are
     * chosen, drops are left out; so they are for one objective, because what was dropped need not be readable.
     *
     * @param options which, and how often
     * @return messages and drops
     */
    public Flux<EventBatch<TraceEvent>> traceEvents(EventOptions options) {
        return events(options, EventFeeds::trace);
    }

    private static void requireNoMessageTypes(EventOptions options) {
        require(options.messageTypes().isEmpty(), "only messages can be chosen by type");
    }

    private static void require(boolean possible, String why) {
        if (!possible) {
            throw new IllegalArgumentException(why);
        }
    }

    /** Begins to watch events of one kind. */
    @FunctionalInterface
    private interface Watching<E> {
        EventWatcher<E> watch(EventFeeds feeds, EventOptions options, EventListener<E> listener);
    }

    private <E> Flux<EventBatch<E>> events(EventOptions options, Watching<E> watching) {
        Objects.requireNonNull(options, "options");
        return LoopFlux.bounded(loop, emitter -> {
            EventWatcher<E> watcher = watching.watch(engine.events(), options, new EventListener<>() {
                @Override
                public void batch(EventBatch<E> batch) {
                    emitter.next(batch);
                }

                @Override
                public void stopped() {
                    emitter.complete();
                }
            });
            emitter.onRequest(watcher::request);
            return watcher;
        });
    }

    private <T> Mono<Page<T>> page(
            Kind kind, PageRequest request, BiFunction<EngineInspection, PageRange, Slice<T>> list) {
        return Mono.defer(() -> {
            PageRange range = cursors.range(kind, request);
            return LoopFlux.call(loop, () -> cursors.page(kind, list.apply(engine.inspection(), range)));
        });
    }
}
