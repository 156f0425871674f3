package io.grasp.api;

import io.grasp.config.Limits;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.GraspEngine;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.NodeLocators;
import io.grasp.model.Security;
import io.grasp.observe.EngineLoad;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * A GRASP node. Its methods may be called on any thread; every signal comes on its loop, which is a non-blocking
 * thread of Reactor's on a real network.
 */
public final class Grasp implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Loop loop;
    private final GraspEngine engine;
    private final LoopScheduler scheduler;
    private final RandomGenerator random;
    private final Limits limits;
    private final Set<Grasp> beside = new LinkedHashSet<>();
    private Runnable gone = () -> {};
    private boolean closing;

    private Grasp(Loop loop, GraspEngine engine, RandomGenerator random, Limits limits) {
        this.loop = loop;
        this.scheduler = new LoopScheduler(loop);
        this.engine = engine;
        this.random = random;
        this.limits = limits;
    }

    /**
     * Starts a node; every subscription starts another. On the real network that begins with reading files, for the
     * seed of the Session IDs for one: if the subscribing thread must not block ({@code NonBlocking}), a thread of
     * {@link Schedulers#boundedElastic()} does it.
     *
     * @param config its settings
     * @return the node, when its links are up; fails if its substrate cannot be used. Cancelling it closes the node
     */
    public static Mono<Grasp> start(GraspConfig config) {
        return start(config, null);
    }

    private static Mono<Grasp> start(GraspConfig config, @Nullable Loop beside) {
        Mono<Grasp> started = Mono.defer(() -> {
            RandomGenerator random = config.newRandom();
            Substrate substrate = config.newSubstrate(beside);
            GraspEngine engine = new GraspEngine(config.engine(), substrate, random, config.observer());
            return LoopFlux.single(substrate.loop(), new Starting(config, substrate.loop(), engine, random));
        });
        return Mono.defer(() -> config.mayBlock() && Schedulers.isInNonBlockingThread()
                ? started.subscribeOn(Schedulers.boundedElastic())
                : started);
    }

    /** A node that is being started, and closed if nobody waits for it any more. */
    private record Starting(GraspConfig config, Loop loop, GraspEngine engine, RandomGenerator random)
            implements LoopFlux.Source<Grasp> {
        @Override
        public Cancellable start(LoopEmitter<Grasp> emitter) {
            engine.start(failure -> {
                if (failure == null) {
                    emitter.success(
                            new Grasp(loop, engine, random, config.engine().limits()));
                } else {
                    engine.close(closed -> emitter.error(startFailed(failure)));
                }
            });
            return () -> engine.close(closed -> {});
        }

        @Override
        public void abandoned() {
            try {
                engine.close(closed -> {});
            } catch (RejectedExecutionException e) {
                // the loop of the node that it was to run beside has ended: nothing was opened
            }
        }
    }

    private static Throwable startFailed(Throwable failure) {
        return failure instanceof GraspException
                ? failure
                : GraspException.transport(
                        GraspErrorCode.UNSPECIFIED, "cannot start: " + failure.getMessage(), failure);
    }

    /**
     * Starts another instance on this node's loop, with links and data of its own: a {@linkplain GraspConfig#dull DULL
     * instance} for each link, say. It is closed before this node, if it has not been closed by then.
     *
     * @param config its settings; a substrate that these make must run on the loop of this node's, as those of
     *     {@link GraspConfig#withNetwork} do
     * @return the instance, when its links are up; fails if this node is closed. Cancelling it closes the instance
     */
    public Mono<Grasp> startBeside(GraspConfig config) {
        return start(config, loop).handle((started, sink) -> { // on the loop
            if (closing) {
                started.close(Completion.IGNORED);
                sink.error(LoopScheduler.nodeClosed());
            } else {
                beside.add(started);
                started.gone = () -> beside.remove(started);
                sink.next(started);
            }
        });
    }

    /**
     * Registers an ASA (RFC 8991 {@code register_asa}). It stays registered until it is deregistered or the node is
     * closed; what ends with the use of an ASA is
     *
     * <pre>{@code Mono.usingWhen(grasp.registerAsa(name), asa -> use(asa), Asa::deregister)}</pre>
     *
     * @param name its name, unique on this node
     * @return the ASA; fails with {@link GraspErrorCode#DUPLICATE_ASA} or {@link GraspErrorCode#ASA_FULL}. Cancelling
     *     it before the ASA has come deregisters that
     */
    public Mono<Asa> registerAsa(String name) {
        return LoopFlux.single(loop, emitter -> {
            EngineAsa asa = engine.registerAsa(name);
            emitter.success(new Asa(asa, loop, limits));
            return asa::abandon;
        });
    }

    /**
     * The node's loop as a scheduler, for what an ASA does at the node's time: {@code Flux.interval(period,
     * grasp.scheduler())} beats at virtual time on a simulated network. Tasks must not block. Disposing of it does
     * nothing.
     *
     * <p>Nothing waits on it beyond the node's close. Intervals and delays fail with a {@link GraspException}; what
     * other operators of Reactor wait for comes at once ({@code bufferTimeout} gives its buffer, {@code timeout} is
     * over); the user's own tasks are dropped. From then on tasks with a delay are refused with a {@link
     * RejectedExecutionException} that has such an exception as its cause, and intervals and delays fail at once.
     *
     * @return the scheduler
     */
    public Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Repeats an operation that failed for silence or the network's sake, after pauses that grow: each is drawn by
     * chance between nothing and a bound, which is 1 s at first and doubles up to GRASP_DEF_TIMEOUT (RFC 8990 sections
     * 2.5.4.3, 2.5.5 and 2.5.6.1). Any other failure, and the last one, is passed on as it is; so is the failure whose
     * pause the node's close cuts short. Every try is a new session.
     *
     * <pre>{@code asa.synchronize(objective, timeout).retryWhen(grasp.backoff(5))}</pre>
     *
     * @param attempts how often the operation is repeated at most, not negative
     * @return what {@code retryWhen} takes; its pauses end on the loop
     */
    public Retry backoff(int attempts) {
        if (attempts < 0) {
            throw new IllegalArgumentException("attempts " + attempts + " is negative");
        }
        return new Backoff(attempts, FIRST_PAUSE, LONGEST_PAUSE, scheduler, random);
    }

    /** {@return the protection of the links when it is asked for} */
    public Mono<Security> security() {
        return LoopFlux.call(loop, engine::security);
    }

    /** {@return the links that can be used when it is asked for} */
    public Mono<List<LinkInfo>> links() {
        return LoopFlux.call(loop, () -> engine.links().stream().map(Link::info).toList());
    }

    /**
     * The node's port and its locators on each link: from them an ASA makes explicit locators for itself, or the tags
     * of what it floods.
     *
     * @return all of it as it is at one moment, when it is asked for
     */
    public Mono<NodeLocators> locators() {
        return LoopFlux.call(loop, engine::locators);
    }

    /** {@return what the node has under way when it is asked for} */
    public Mono<EngineLoad> load() {
        return LoopFlux.call(loop, engine::load);
    }

    /**
     * Closes the node: every session fails, every listener completes, every port is free. Closing a closed node does
     * nothing.
     *
     * @return completes when nothing is open any more
     */
    public Mono<Void> closeAsync() {
        return Mono.create(sink -> {
            Runnable close = () -> close(failure -> sink.success());
            try {
                loop.execute(close);
            } catch (RejectedExecutionException e) {
                sink.success(); // the loop has ended, which it does only after the node has been closed
            }
        });
    }

    /** Closes what runs beside it, and then this node: its loop may end with it. */
    private void close(Completion closed) {
        closing = true;
        List<Grasp> others = List.copyOf(beside);
        if (others.isEmpty()) {
            engine.close(failure -> {
                gone.run();
                closed.done(failure);
            });
            scheduler.close(); // after the sessions, whose failures say more
        } else {
            int[] left = {others.size()};
            others.forEach(other -> other.close(failure -> {
                if (--left[0] == 0) {
                    close(closed);
                }
            }));
        }
    }

    /**
     * Closes the node and waits for it; not on the loop, where waiting for itself would never end.
     *
     * @throws IllegalStateException if called on the loop
     */
    @Override
    public void close() {
        if (loop.inLoop()) {
            throw new IllegalStateException("close() blocks, and must not be called on the loop: use closeAsync()");
        }
        closeAsync().block();
    }
}
