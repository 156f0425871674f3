package io.grasp.neighbors;

import io.grasp.api.Grasp;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.substrate.Completion;
import io.grasp.substrate.netty.overlay.NeighborSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Keeps one DULL instance after the other running, until it is ended:
 *
 * <pre>
 *  begin ---&gt; STARTING --- started ---&gt; RUNNING --- end ---&gt; CLOSING --- closed ---&gt; ENDED
 *                ^ \                      /
 *          pause |  ------ failed --------
 *                |     v
 *               PAUSING --- end ---&gt; ENDED
 * </pre>
 *
 * <p>An end during the start closes the instance when it has started.
 */
final class NeighborSearch implements NeighborSource.Search {
    private final DullNeighborSource source;
    private final NeighborSource.Neighbors neighbors;
    private final Scheduler pauses;
    private final String name;
    private final Sinks.Empty<Void> ending = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean isEnding;

    NeighborSearch(DullNeighborSource source, NeighborSource.Neighbors neighbors, Scheduler pauses) {
        this.source = source;
        this.neighbors = neighbors;
        this.pauses = pauses;
        this.name = "finding neighbors on " + source.link();
    }

    void begin() {
        Disposable unused = Mono.defer(this::runInstance)
                .onErrorResume(this::pause)
                .repeat(() -> !isEnding)
                .subscribe(never -> {}, ended::tryEmitError, ended::tryEmitEmpty);
    }

    private Mono<Void> runInstance() {
        LinkSearch search = new LinkSearch(name, neighbors);
        return Mono.usingWhen(
                Grasp.start(source.instance().withAdditionalObserver(search)),
                instance -> search.run(instance).takeUntilOther(ending.asMono()),
                Grasp::closeAsync);
    }

    private Mono<Void> pause(Throwable failure) {
        neighbors.failed(
                name,
                failure instanceof GraspException
                        ? failure
                        : GraspException.local(GraspErrorCode.UNSPECIFIED, "cannot start: " + failure.getMessage())
                                .causedBy(failure));
        return Mono.delay(source.retry(), pauses)
                .takeUntilOther(ending.asMono())
                .then();
    }

    @Override
    public void end(Completion completion) {
        isEnding = true;
        ending.tryEmitEmpty();
        Disposable unused = ended.asMono().subscribe(never -> {}, completion::done, () -> completion.done(null));
    }
}
