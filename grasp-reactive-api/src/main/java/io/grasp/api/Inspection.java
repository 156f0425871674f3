package io.grasp.api;

import io.grasp.api.Cursors.Kind;
import io.grasp.engine.EngineInspection;
import io.grasp.engine.GraspEngine;
import io.grasp.engine.node.PageRange;
import io.grasp.engine.node.PageRange.Slice;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.ConnectionEntry;
import io.grasp.inspection.DiscoveryEntry;
import io.grasp.inspection.DropCount;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.Page;
import io.grasp.inspection.PageRequest;
import io.grasp.inspection.RelayState;
import io.grasp.inspection.SessionEntry;
import io.grasp.substrate.Loop;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Looks into a running node and changes nothing ({@link Grasp#inspection}). Each {@code Mono} is answered on one turn of
 * the node's loop, so what it emits is consistent; it consists of copies. It fails if the node's loop has ended.
 *
 * <p>Lists come in pages of bounded size. To walk over all of them:
 *
 * {@snippet class="io.grasp.snippets.InspectionSnippets" region="pages"}
 *
 * <p>An entry that is there during the whole walk comes exactly once, whatever comes and goes between two pages
 * ({@link Page}). A page fails with an {@link io.grasp.inspection.InvalidCursorException} if its cursor is not one of the
 * same list and run of the node.
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

    private <T> Mono<Page<T>> page(
            Kind kind, PageRequest request, BiFunction<EngineInspection, PageRange, Slice<T>> list) {
        return Mono.defer(() -> {
            PageRange range = cursors.range(kind, request);
            return LoopFlux.call(loop, () -> cursors.page(kind, list.apply(engine.inspection(), range)));
        });
    }
}
