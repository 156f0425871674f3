package io.grasp.api;

import io.grasp.config.AsaLimits;
import io.grasp.config.Limits;
import io.grasp.config.MemoryCheck;
import io.grasp.engine.GraspEngine;
import io.grasp.engine.audit.AuditListener;
import io.grasp.engine.audit.AuditWatch;
import io.grasp.engine.node.Cancellable;
import io.grasp.inspection.NodeStatus;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.MemoryNeed;
import io.grasp.model.NodeLocators;
import io.grasp.model.Security;
import io.grasp.model.SubstrateInfo;
import io.grasp.observe.AuditEvent;
import io.grasp.observe.EngineLoad;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.util.GrowingPauses;
import io.grasp.util.LazySet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * A GRASP node. Its methods may be called on any thread; every signal comes on its loop, which on a real network is one
 * of Reactor's non-blocking threads.
 *
 * <p>An {@link Error} on the loop, such as an {@link OutOfMemoryError}, also one of the virtual machine in a subscriber
 * or handler, ends the node and all others that share the loop: sessions and listeners fail with a
 * {@link GraspException} whose cause is the error, the observer is notified
 * ({@link io.grasp.observe.GraspObserver#nodeFailed}), all ports are released, and {@link #onClose} fails. Exceptions
 * do not end a node; nor does a {@link LinkageError} or {@link StackOverflowError} in an ASA's own code, which fails
 * the session or subscription.
 */
public final class Grasp implements AutoCloseable {
    private static final GrowingPauses PAUSES = new GrowingPauses(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private static final Duration SHORTEST_AUDIT_PERIOD = Duration.ofSeconds(1);
    private static final Duration LONGEST_AUDIT_PERIOD = Duration.ofDays(1);

    private final Loop loop;
    private final GraspEngine engine;
    private final LoopScheduler scheduler;
    private final RandomGenerator random;
    private final Limits limits;
    private final Runnable freeMemory;
    private final @Nullable NodeIdentity identity;
    private final Instant started = Instant.now();
    private final long startedNanos;
    private final Set<Grasp> sharing = new LazySet<>();
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private @Nullable Grasp host;
    private boolean closing;
    private @Nullable GraspException failure;

    private Grasp(
            Loop loop,
            GraspEngine engine,
            RandomGenerator random,
            Limits limits,
            Runnable freeMemory,
            @Nullable NodeIdentity identity) {
        this.loop = loop;
        this.scheduler = new LoopScheduler(loop);
        this.engine = engine;
        this.random = random;
        this.limits = limits;
        this.freeMemory = freeMemory;
        this.identity = identity;
        this.startedNanos = loop.nanoTime();
        engine.onFailure(this::failed);
    }

    /**
     * Starts a node; every subscription starts another one. On the real network this begins with reading files, for
     * example for the seed of the Session IDs: if the subscribing thread must not block ({@code NonBlocking}), a thread
     * of {@link Schedulers#boundedElastic()} reads them.
     *
     * @param config its settings
     * @return the node, when its links are up, or after the longest time that its substrate waits for them, by default
     *     some seconds; fails with {@link GraspErrorCode#NO_SECURITY} if the settings do not say
     *     what protects the links of a real network, so that all operations would fail; if its substrate cannot be
     *     used; or if the process may need more memory than it has and the settings forbid that
     *     ({@link GraspConfig#withMemoryCheck}). Cancelling it closes the node
     */
    public static Mono<Grasp> start(GraspConfig config) {
        return start(config, null);
    }

    private static Mono<Grasp> start(GraspConfig config, @Nullable Loop shared) {
        Mono<Grasp> started = Mono.defer(() -> {
            RandomGenerator random = config.newRandom();
            Substrate substrate = config.newSubstrate(shared);
            GraspEngine engine = new GraspEngine(config.engine(), substrate, random, config.observer());
            return LoopFlux.single(substrate.loop(), new Starting(config, substrate, engine, random));
        });
        return Mono.defer(() -> {
            GraspException refusal = config.neverSecure();
            if (refusal != null) {
                return Mono.error(refusal);
            }
            return config.mayBlock() && Schedulers.isInNonBlockingThread()
                    ? started.subscribeOn(Schedulers.boundedElastic())
                    : started;
        });
    }

    /** A node that is being started; it is closed if the subscriber cancels. */
    private record Starting(GraspConfig config, Substrate substrate, GraspEngine engine, RandomGenerator random)
            implements LoopEmitter.Source<Grasp> {
        @Override
        public Cancellable start(LoopEmitter<Grasp> emitter) {
            Runnable freeMemory = ProcessMemory.add(substrate.loop(), engine.worstCase());
            Completion started = failure -> {
                if (failure == null) {
                    emitter.success(new Grasp(
                            substrate.loop(), engine, random, config.engine().limits(), freeMemory, config.identity()));
                } else {
                    engine.close(closed -> {
                        freeMemory.run();
                        emitter.error(startFailed(failure));
                    });
                }
            };
            GraspException exceeded = checkMemory(ProcessMemory.ofJvm());
            if (exceeded == null) {
                engine.start(started);
            } else {
                started.done(exceeded);
            }
            return () -> engine.close(closed -> freeMemory.run());
        }

        /** {@return the failure if the node must not start} */
        private @Nullable GraspException checkMemory(ProcessMemory memory) {
            MemoryNeed nodes = ProcessMemory.needOfNodes(substrate.loop());
            boolean counts = ProcessMemory.counts(substrate.loop()) && config.memoryCheck() != MemoryCheck.OFF;
            if (!counts || !memory.isExceededBy(nodes)) {
                return null;
            }
            if (config.memoryCheck() == MemoryCheck.REFUSE) {
                return memory.exceededBy(nodes);
            }
            engine.memoryMayBeExceeded(nodes, memory.heapBytes(), memory.directBytes());
            return null;
        }

        @Override
        public void abandoned() {
            try {
                engine.close(Completion.IGNORED);
            } catch (RejectedExecutionException e) {
                // the loop of the node whose loop it should share has ended: nothing was opened
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
     * Starts another instance on this node's loop, with its own links and data, for example a
     * {@linkplain GraspConfig#dull DULL instance} for each link. It is closed before this node, unless it has already
     * been closed.
     *
     * @param config its settings; the substrate that they create must run on this node's loop, as that of
     *     {@link GraspConfig#withNetwork} does
     * @return the instance, when its links are up; fails if this node is closed. Cancelling it closes the instance
     */
    public Mono<Grasp> startOnSharedLoop(GraspConfig config) {
        return start(config, loop).handle((started, sink) -> { // on the loop
            if (closing) {
                started.close(Completion.IGNORED);
                sink.error(LoopScheduler.nodeClosed());
            } else {
                sharing.add(started);
                started.host = this;
                sink.next(started);
            }
        });
    }

    /**
     * Registers an ASA (RFC 8991 {@code register_asa}). It stays registered until it is deregistered or the node is
     * closed. To deregister it after use:
     *
     * {@snippet class="io.grasp.snippets.ApiSnippets" region="registerAsa"}
     *
     * <p>So written, it can be repeated and retried as a whole. Each call is one registration. A further subscription
     * to the same {@code Mono} gets the same ASA while it is registered, and registers a new one after it has been
     * deregistered. A second call with the name fails while the ASA is registered.
     *
     * @param name its name, unique on this node
     * @return the ASA; fails with {@link GraspErrorCode#DUPLICATE_ASA} or {@link GraspErrorCode#ASA_FULL}. If it is
     *     cancelled before it emits the ASA, the ASA is deregistered, unless another subscriber has it or waits for it
     */
    public Mono<Asa> registerAsa(String name) {
        return registerAsa(name, AsaLimits.NONE);
    }

    /**
     * Registers an ASA with bounds of its own, see {@link #registerAsa(String)}. Its
     * {@linkplain Asa#registerSuccessor successors} have the same bounds, each for itself.
     *
     * @param name its name, unique on this node
     * @param asaLimits its bounds
     * @return the ASA
     */
    public Mono<Asa> registerAsa(String name, AsaLimits asaLimits) {
        return LoopFlux.single(
                loop,
                OnceRegistered.asa(
                        () -> engine.registerAsa(name, asaLimits),
                        asa -> new Asa(new AsaContext(asa, loop, limits, scheduler))));
    }

    /**
     * The node's loop as a scheduler, for delays and intervals of an ASA in the node's time:
     * {@code Flux.interval(period, grasp.scheduler())} runs at virtual time on a simulated network. Tasks must not
     * block. Disposing it has no effect.
     *
     * <p>Nothing waits on it after the node is closed. Intervals and delays then fail with a {@link GraspException};
     * other Reactor operators stop waiting at once ({@code bufferTimeout} emits its buffer, {@code timeout} expires);
     * the user's own tasks are dropped. Afterwards, tasks with a delay are refused with a
     * {@link RejectedExecutionException} that has such an exception as its cause, and intervals and delays fail at
     * once.
     *
     * @return the scheduler
     */
    public Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Repeats an operation that failed because of a missing answer or a network failure, after growing pauses: each is
     * a random time between zero and a bound, which is initially 1 s and doubles up to GRASP_DEF_TIMEOUT (RFC 8990
     * sections 2.5.4.3, 2.5.5 and 2.5.6.1). Any other failure, and the last one, is passed on, with the failure of the
     * first try as a suppressed exception ({@link Throwable#getSuppressed}); so is the current failure if the node is
     * closed during a pause. Every try is a new session.
     *
     * {@snippet class="io.grasp.snippets.ApiSnippets" region="backoff"}
     *
     * @param attempts the maximum number of repetitions, not negative
     * @return the argument for {@code retryWhen}; its pauses end on the loop
     */
    public Retry backoff(int attempts) {
        return backoff(attempts, scheduler);
    }

    /**
     * Repeats an operation like {@link #backoff(int)}, on a scheduler: for an ASA that has chosen one
     * ({@link Asa#on}).
     *
     * @param attempts the maximum number of repetitions, not negative
     * @param time the scheduler on which the operation is repeated
     * @return the argument for {@code retryWhen}
     */
    public Retry backoff(int attempts, Scheduler time) {
        if (attempts < 0) {
            throw new IllegalArgumentException("attempts " + attempts + " is negative");
        }
        return new Backoff(attempts, PAUSES, scheduler, random).resumedOn(time);
    }

    /**
     * The time on the node's clock, which is also that of its {@link #scheduler}. Locators and flooded objectives
     * expire by this clock ({@link io.grasp.model.AsaLocator#expires}). May be called on any thread.
     *
     * @return the time since an arbitrary moment; it never decreases
     */
    public Duration now() {
        return Duration.ofNanos(loop.nanoTime());
    }

    /** {@return the protection of the links at the time of subscription} */
    public Mono<Security> security() {
        return LoopFlux.call(loop, engine::security);
    }

    /**
     * The state of the node's own certificate. Changes are reported to the observer
     * ({@link io.grasp.observe.GraspObserver#identityChanged}).
     *
     * @return the state at the time of subscription; empty if the substrate uses no certificate
     */
    public Mono<IdentityStatus> identity() {
        return LoopFlux.single(loop, emitter -> {
            IdentityStatus status = engine.identity();
            if (status == null) {
                emitter.complete();
            } else {
                emitter.success(status);
            }
            return () -> {};
        });
    }

    /** {@return the links that are up at the time of subscription} */
    public Mono<List<LinkInfo>> links() {
        return LoopFlux.call(loop, () -> engine.links().stream().map(Link::info).toList());
    }

    /**
     * The node's port and its locators on each link, from which an ASA can make explicit locators for itself, or tags
     * for its floods.
     *
     * @return the port and locators at the time of subscription
     */
    public Mono<NodeLocators> locators() {
        return LoopFlux.call(loop, engine::locators);
    }

    /**
     * What the node refuses, and what its neighbors disagree about, for a log. An event counts by neighbor and reason;
     * it comes at once the first time, and then once in each period in which there was more. Their number is bounded
     * for each link whatever peers do: then several peers are counted together. Reasons that occur in every network
     * ({@link io.grasp.observe.DropReason#isNormal}) are reported only for a period in which one neighbor caused more
     * than 300 in one second. Without demand, events wait and their counts grow.
     *
     * @param period how long to count, 1 s to 1 day
     * @return the events of the time after the subscription; completes when the node is closed, after the events of the
     *     last period. Cancelling it ends the counting
     * @throws IllegalArgumentException if the period is shorter or longer
     */
    public Flux<AuditEvent> auditEvents(Duration period) {
        if (period.compareTo(SHORTEST_AUDIT_PERIOD) < 0 || period.compareTo(LONGEST_AUDIT_PERIOD) > 0) {
            throw new IllegalArgumentException("the period must be 1 s to 1 day, it is " + period);
        }
        return LoopFlux.bounded(loop, emitter -> {
            AuditWatch watch = engine.audit(period, new AuditListener() {
                @Override
                public void event(AuditEvent event) {
                    emitter.next(event);
                }

                @Override
                public void stopped() {
                    emitter.complete();
                }
            });
            emitter.onRequest(watch::request);
            return watch::cancel;
        });
    }

    /** {@return the view of this node for operators: its state in pages, and events as they happen} */
    public Inspection inspection() {
        return new Inspection(loop, engine, this::status, started.hashCode() ^ Long.hashCode(startedNanos));
    }

    /** {@return actions of operators on this node, such as emptying its caches} */
    public Maintenance maintenance() {
        return new Maintenance(loop, engine, scheduler, identity);
    }

    private NodeStatus status() {
        Duration now = now();
        IdentityStatus ofCertificate = engine.identity();
        SubstrateInfo substrate = engine.inspection().substrate();
        return new NodeStatus(
                Optional.ofNullable(Grasp.class.getPackage().getImplementationVersion()),
                started,
                now.minusNanos(startedNanos),
                now,
                Instant.now(),
                closing,
                substrate.kind(),
                Optional.ofNullable(engine.dullObjectives()),
                engine.security(),
                engine.permitsGrasp(),
                substrate.keyFingerprint(),
                Optional.ofNullable(ofCertificate),
                identity == null ? List.of() : identity.findings(),
                engine.inspection().refused(),
                engine.locators(),
                others().stream().map(Grasp::instance).toList(),
                engine.load(),
                engine.inspection().counts(),
                engine.inspection().totals());
    }

    /** {@return the other nodes on this loop} */
    private List<Grasp> others() {
        List<Grasp> others = new ArrayList<>(sharing);
        if (host != null) {
            others.add(0, host);
            host.sharing.stream().filter(each -> each != this).forEach(others::add);
        }
        return others;
    }

    private NodeStatus.Instance instance() {
        return new NodeStatus.Instance(
                engine.locators().port(),
                engine.inspection().linkNames(),
                Optional.ofNullable(engine.dullObjectives()),
                engine.security());
    }

    /** {@return the node's load at the time of subscription} */
    public Mono<EngineLoad> load() {
        return LoopFlux.call(loop, engine::load);
    }

    /**
     * Closes the node: every session fails, every listener completes, and all ports are released. Closing a closed node
     * does nothing.
     *
     * @return completes when nothing is open any more
     */
    public Mono<Void> closeAsync() {
        return Mono.create(sink -> {
            Runnable close = () -> close(failure -> sink.success());
            try {
                loop.execute(close);
            } catch (RejectedExecutionException e) {
                sink.success(); // the loop has ended, so the node has been closed
            }
        });
    }

    /**
     * Notifies of the node's end, whether it is closed by a call or together with the node whose loop it shares.
     *
     * @return completes when nothing is open any more; on the subscribing thread, because the loop may have ended, if
     *     the node is already closed. Cancelling it does not close the node. If the node has failed, it fails with a
     *     {@link GraspException} whose cause is the {@link Error}
     */
    public Mono<Void> onClose() {
        return closed.asMono();
    }

    /** The node has failed and is being closed, and so are the others on its loop. */
    private void failed(GraspException reason) {
        failure = reason;
        closing = true;
        engine.close(ended -> {
            leaveLoop();
            notifyOfEnd();
            freeMemory.run();
        });
        scheduler.close();
        List.copyOf(sharing).forEach(other -> other.failWith(reason));
        if (host != null) {
            host.failWith(reason);
        }
    }

    /** A simulated loop fails for one node only. */
    private void failWith(GraspException reason) {
        if (reason.getCause() != null) {
            engine.fail(reason.getCause());
        }
    }

    private void leaveLoop() {
        if (host != null) {
            host.sharing.remove(this);
        }
    }

    private void notifyOfEnd() {
        GraspException reason = failure;
        if (reason == null) {
            closed.tryEmitEmpty();
        } else {
            closed.tryEmitError(reason);
        }
    }

    /** Closes the instances that share its loop, and then this node; its loop may end with it. */
    private void close(Completion completion) {
        closing = true;
        List<Grasp> others = List.copyOf(sharing);
        if (others.isEmpty()) {
            engine.close(ended -> {
                freeMemory.run();
                leaveLoop();
                notifyOfEnd(); // first, because what runs on the node is ended by it
                completion.done(ended);
            });
            scheduler.close(); // after the sessions, whose failures are more specific
        } else {
            int[] left = {others.size()};
            others.forEach(other -> other.close(failure -> {
                if (--left[0] == 0) {
                    close(completion);
                }
            }));
        }
    }

    /**
     * Closes the node and waits until it is closed. Not allowed on the loop, which would wait for itself for ever.
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
