package io.grasp.host;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.host.HostException.Kind;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.NodeLocators;
import io.grasp.model.ObjectiveValue;
import io.grasp.util.FailureText;
import io.grasp.util.TokenBucket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * One start of one version of an ASA. Its state is confined to the node's loop; what the ASA does happens on its
 * thread.
 *
 * <pre>
 *   begin --&gt; STARTING -- ready --------------------------&gt; OPERATIONAL -- drain --&gt; DRAINING
 *                |-- drain -----------------------------------------------------------^ |
 *                |                                              |                       | done, or too late
 *                '-- it fails, it ends by itself, not ready ----+-- blocked, unhealthy -+--&gt; ENDED
 * </pre>
 */
final class RunningAsa implements HostContext {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    /** How long the end of a host or its node waits for the thread of an ASA that has ended. */
    static final Duration THREAD_ENDS_WITHIN = Duration.ofSeconds(1);

    private static final int MOST_TEXT = 1000;
    private static final int BURST_OF_REPORTS = 100;
    private static final int REPORTS_PER_SECOND = 10;
    private static final Duration BETWEEN_COUNTS_OF_REPORTS = Duration.ofSeconds(1);
    private static final int BURST_OF_FAILURES = 10;
    private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(10);

    /** What the host learns of it, on the loop. */
    interface Listener {
        /** It can be used. */
        void operational(RunningAsa asa);

        /**
         * It has ended, and holds nothing any more, but perhaps its thread; if it has blocked that, perhaps also what
         * it releases when its task returns.
         *
         * @param failure why, {@code null} if it was stopped or has ended by itself
         */
        void ended(RunningAsa asa, @Nullable HostException failure);

        /**
         * A handler of it has failed on one session or message; it goes on.
         *
         * @param failure what has failed
         */
        void handlerFailed(RunningAsa asa, String failure);

        /** It has something to say. */
        void reported(RunningAsa asa, HostEvent event);

        /** An error of the virtual machine has happened on its thread; called there. */
        void failed(VirtualMachineError error);
    }

    private enum Phase {
        STARTING,
        OPERATIONAL,
        DRAINING,
        ENDED
    }

    private final Grasp node;
    private final Scheduler loop;
    private final HostConfig config;
    private final InstalledAsa code;
    private final AsaPolicy policy;
    private final Listener listener;
    private final AsaThread thread;
    private final Disposable.Composite timers = Disposables.composite();
    private final Disposable.Swap life = Disposables.swap();
    private final LimitedEvents reports;
    private final LimitedEvents handlerFailures;
    private final AtomicBoolean saidReady = new AtomicBoolean();
    private Phase phase = Phase.STARTING;
    private boolean blocked;
    private @Nullable Asa registered;
    private volatile @Nullable Asa handle;
    private volatile @Nullable HostedAsa instance;
    /** The call of {@link HostedAsa#stop}, which happens once. */
    private final Mono<Void> stop = called(HostedAsa::stop).cache();

    private volatile @Nullable Path storage;

    RunningAsa(Grasp node, HostConfig config, InstalledAsa code, AsaPolicy policy, Listener listener) {
        this.node = node;
        this.loop = node.scheduler();
        this.config = config;
        this.code = code;
        this.policy = policy;
        this.listener = listener;
        this.reports = new LimitedEvents(
                new TokenBucket(() -> node.now().toNanos(), REPORTS_PER_SECOND, BURST_OF_REPORTS),
                BETWEEN_COUNTS_OF_REPORTS,
                loop,
                this::report,
                missing -> new HostEvent.Problem(
                        name(), title() + " reports too much: " + missing + " reports were left out"));
        this.handlerFailures = new LimitedEvents(
                new TokenBucket(() -> node.now().toNanos(), BETWEEN_FAILURES, BURST_OF_FAILURES),
                BETWEEN_FAILURES,
                loop,
                this::report,
                missing -> new HostEvent.Problem(
                        name(), title() + ": " + missing + " more failures of handlers were not reported"));
        this.thread = config.ownThreads()
                ? AsaThread.start(
                        "asa-" + name(),
                        code.classLoader(),
                        config.tasks(),
                        () -> onLoop(() -> failed(new HostException(
                                Kind.OVERLOADED,
                                name() + " is overloaded: more than " + config.tasks()
                                        + " tasks wait for its thread"))),
                        listener::failed,
                        this::hasFailed)
                : AsaThread.shared(loop);
    }

    InstalledAsa code() {
        return code;
    }

    AsaPolicy policy() {
        return policy;
    }

    private String name() {
        return code.manifest().name();
    }

    /** {@return its name and version} */
    private String title() {
        return name() + " " + code.manifest().version();
    }

    boolean isOperational() {
        return phase == Phase.OPERATIONAL;
    }

    boolean isDraining() {
        return phase == Phase.DRAINING;
    }

    /** {@return whether its thread has not ended} */
    boolean hasThread() {
        return thread.isAlive();
    }

    /** {@return completes, on any thread, when it has ended and its thread, too} */
    Mono<Void> threadEnded() {
        return thread.ended();
    }

    HostedAsaInfo.Work work() {
        return thread.work();
    }

    OptionalLong allocated() {
        return thread.allocated();
    }

    private void onLoop(Runnable task) {
        loop.schedule(task);
    }

    /**
     * Starts it.
     *
     * @param predecessor another version that is still registered, {@code null} if there is none
     */
    void begin(@Nullable RunningAsa predecessor) {
        Asa before = predecessor == null ? null : predecessor.registered;
        Mono<Asa> registration =
                before == null ? node.registerAsa(name(), config.asaLimits()) : before.registerSuccessor();
        timers.add(Mono.delay(config.readyWithin(), loop).subscribe(passed -> endIfNotReady(), nodeClosed -> {}));
        life.update(directory()
                .then(registration)
                .flatMapMany(this::start)
                .subscribe(
                        ignored -> {},
                        this::hasFailed,
                        () -> onLoop(() -> {
                            if (phase != Phase.DRAINING) {
                                end(null);
                            }
                        })));
    }

    private void endIfNotReady() {
        if (phase == Phase.STARTING) {
            end(new HostException(Kind.NOT_READY, name() + " was not ready within " + seconds(config.readyWithin())));
        }
    }

    private static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    /** Creates its directory, off the loop. */
    private Mono<Void> directory() {
        return config.storage()
                .map(all -> Mono.<Void>fromRunnable(() -> {
                            try {
                                storage = Files.createDirectories(all.resolve(name()));
                            } catch (IOException e) {
                                throw new UncheckedIOException("cannot create its directory: " + e, e);
                            }
                        })
                        .subscribeOn(config.blocking())
                        .publishOn(loop))
                .orElseGet(Mono::empty);
    }

    private Flux<?> start(Asa asa) {
        registered = asa;
        if (phase == Phase.ENDED) {
            return asa.deregister().flux();
        }
        Asa own = asa.onHandlerFailure(this::handlerFailed).on(thread.scheduler());
        handle = own;
        Mono<Void> inherited = inheritPolicy(policy.inForce()).cache();
        // first, because it is older than all that is received from now on
        timers.add(inherited.subscribe(ignored -> {}, failedWithTheLife -> {}));
        timers.add(own.floods(code.manifest().policyObjective(), this::receivePolicy)
                .publishOn(loop)
                .subscribe(
                        ignored -> {},
                        failure -> report(new HostEvent.Problem(
                                name(), title() + ": policies are not received: " + failure.getMessage()))));
        return inherited.thenMany(Flux.defer(() -> {
                    HostedAsa created = code.create();
                    instance = created;
                    return created.start(this);
                })
                .subscribeOn(thread.scheduler())
                .cancelOn(thread.scheduler()));
    }

    /** The values are read with code of the ASA, on its thread. */
    private Mono<Void> inheritPolicy(Map<String, ObjectiveValue> flooded) {
        return Mono.defer(() -> Mono.just(policy.readInherited(flooded)))
                .subscribeOn(thread.scheduler())
                .publishOn(loop)
                .doOnNext(read -> policy.applyInherited(flooded, read))
                .then();
    }

    /** The values are read with code of the ASA, on its thread. */
    private Mono<?> receivePolicy(FloodedObjective flooded) {
        ObjectiveValue value = flooded.objective().value();
        return Mono.defer(() -> Mono.just(policy.read(value)))
                .publishOn(loop) // would be a subscribeOn after fromSupplier
                .doOnNext(read -> policy.apply(value, read));
    }

    private void report(HostEvent event) {
        listener.reported(this, event);
    }

    /** Called on the thread of the ASA for its failures, because their description is code of the ASA. */
    private void hasFailed(Throwable failure) {
        HostException described = failure instanceof HostException known
                ? known
                : new HostException(Kind.FAILED, name() + " has failed: " + words(failure), failure);
        onLoop(() -> failed(described));
    }

    /** A failure of the peer or of the network is none of the ASA. */
    private void handlerFailed(GraspException failure) {
        Throwable cause = failure.getCause();
        if (failure.origin() == GraspException.Origin.LOCAL && cause != null && !(cause instanceof GraspException)) {
            String what = "a handler failed: " + words(failure);
            listener.handlerFailed(this, name() + ": " + what);
            handlerFailures.emit(() -> new HostEvent.Problem(name(), title() + ": " + what));
        }
    }

    private void failed(HostException failure) {
        if (phase != Phase.ENDED) {
            end(failure);
        }
    }

    private static String words(Throwable failure) {
        return bounded(
                failure instanceof GraspException || failure instanceof MethodFailure
                        ? FailureText.of(failure, Throwable::getMessage)
                        : FailureText.of(failure));
    }

    private static String bounded(String text) {
        return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "...";
    }

    /** The failure of a method of the ASA, described on the thread of the ASA. */
    private static final class MethodFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MethodFailure(Throwable cause) {
            super(words(cause), cause, false, false);
        }
    }

    private void begunToServe() {
        if (phase == Phase.STARTING) {
            phase = Phase.OPERATIONAL;
            timers.add(Flux.interval(config.checkPeriod(), loop)
                    .onBackpressureDrop()
                    .concatMap(tick -> check(), 1)
                    .subscribe(ignored -> {}, nodeClosed -> {}));
            listener.operational(this);
        }
    }

    private Mono<Void> check() {
        return onThread(HostedAsa::check).timeout(config.checkPeriod(), loop).onErrorResume(unwell -> {
            if (phase == Phase.OPERATIONAL) {
                end(new HostException(Kind.UNHEALTHY, name() + " is unhealthy: " + words(unwell), unwell));
            }
            return Mono.empty();
        });
    }

    /** {@return what a method of the ASA returns, called and cancelled on its thread; its end comes on the loop} */
    private Mono<Void> onThread(Function<HostedAsa, Mono<Void>> method) {
        return called(method)
                .subscribeOn(thread.scheduler())
                .cancelOn(thread.scheduler())
                .publishOn(loop);
    }

    /** {@return what a method of the ASA returns, if the ASA exists at the time of the call} */
    private Mono<Void> called(Function<HostedAsa, Mono<Void>> method) {
        return Mono.defer(() -> {
                    HostedAsa asa = instance;
                    return asa == null ? Mono.<Void>empty() : method.apply(asa);
                })
                .onErrorMap(MethodFailure::new);
    }

    /** Looks whether a function of it has not returned for too long. */
    void watch() {
        Duration busy = thread.busy();
        if (phase != Phase.ENDED && busy.compareTo(config.blockedAfter()) > 0) {
            end(new HostException(
                    Kind.BLOCKED, name() + " has been blocked for " + busy.toSeconds() + " s in " + thread.place()));
        }
    }

    /** Lets it finish what is in progress, and ends it. */
    void drain() {
        if (phase == Phase.DRAINING || phase == Phase.ENDED) {
            return;
        }
        Asa asa = registered;
        phase = Phase.DRAINING;
        timers.add(onThread(HostedAsa::drain)
                .then(asa == null ? Mono.<Void>empty() : asa.drain())
                .timeout(config.drainWithin(), loop)
                .subscribe(
                        ignored -> {},
                        unfinished -> {
                            report(new HostEvent.Problem(
                                    name(),
                                    title() + " was stopped before it had finished what was in progress: "
                                            + words(unfinished)));
                            end(null);
                        },
                        () -> end(null)));
    }

    /**
     * Ends it at once.
     *
     * @param failure why, {@code null} if it is stopped or has ended by itself
     */
    void end(@Nullable HostException failure) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.ENDED;
        blocked = failure != null && failure.kind() == Kind.BLOCKED;
        if (blocked) {
            thread.interrupt();
        }
        timers.dispose();
        life.dispose();
        Asa asa = registered;
        Mono<Void> deregistered = asa == null ? Mono.empty() : asa.deregister().onErrorComplete();
        if (blocked) {
            deregistered
                    .timeout(STOP_WITHIN, loop)
                    .subscribe(ignored -> {}, late -> endedBlocked(failure), () -> endedBlocked(failure));
        } else {
            Consumer<@Nullable Throwable> gone = wrong -> {
                closeThread(wrong);
                listener.ended(this, failure);
            };
            deregistered
                    .then(stop.subscribeOn(thread.scheduler()).publishOn(loop))
                    .timeout(STOP_WITHIN, loop)
                    .subscribe(ignored -> {}, gone, () -> gone.accept(null));
        }
    }

    /** It releases what it holds when its task has returned, which may be never. */
    private void endedBlocked(@Nullable HostException failure) {
        stop.timeout(STOP_WITHIN, Schedulers.parallel()) // the loop may have ended by then
                .subscribeOn(thread.scheduler())
                .publishOn(loop)
                .subscribe(ignored -> {}, this::closeThread, () -> closeThread(null));
        listener.ended(this, failure);
    }

    /** @param wrong what has failed while it was stopped, {@code null} if nothing has */
    private void closeThread(@Nullable Throwable wrong) {
        if (wrong != null) {
            report(new HostEvent.Problem(name(), title() + " has failed while it was stopped: " + words(wrong)));
        }
        reports.close();
        handlerFailures.close();
        thread.close();
        instance = null;
        handle = null;
    }

    /** Its thread is not waited for any longer, and calls nothing more of it. */
    void abandon() {
        instance = null; // at once; the thread ends later
        thread.close();
    }

    /**
     * The node is closed, and its loop may end.
     *
     * @param stops whether the ASA is still to release what it holds
     * @return completes, on any thread, when nothing of it exists any more, but perhaps its thread
     */
    Mono<Void> nodeClosed(boolean stops) {
        phase = Phase.ENDED;
        life.dispose();
        timers.dispose();
        Mono<Void> stopped = stops ? stop.subscribeOn(thread.withoutLoop()) : Mono.empty();
        return stopped.timeout(blocked ? THREAD_ENDS_WITHIN : STOP_WITHIN, Schedulers.parallel())
                .onErrorComplete()
                .doFinally(end -> thread.close())
                .then(Mono.defer(
                        () -> thread.ended().timeout(THREAD_ENDS_WITHIN, Mono.empty(), Schedulers.parallel())));
    }

    @Override
    public Asa asa() {
        Asa asa = handle;
        if (asa == null) {
            throw new IllegalStateException("the ASA has ended");
        }
        return asa;
    }

    @Override
    public Scheduler scheduler() {
        return thread.scheduler();
    }

    @Override
    public Duration now() {
        return node.now();
    }

    @Override
    public Retry backoff(int attempts) {
        return node.backoff(attempts, thread.scheduler());
    }

    @Override
    public Mono<List<LinkInfo>> links() {
        return node.links().publishOn(thread.scheduler());
    }

    @Override
    public Mono<NodeLocators> locators() {
        return node.locators().publishOn(thread.scheduler());
    }

    @Override
    public <T> T parameter(Parameter<T> parameter) {
        return policy.current(parameter);
    }

    @Override
    public <T> Flux<T> values(Parameter<T> parameter) {
        return policy.changes(parameter).publishOn(thread.scheduler(), 1);
    }

    @Override
    public Path storage() {
        Path own = storage;
        if (own == null) {
            throw new IllegalStateException("the host has no storage (HostConfig.withStorage)");
        }
        return own;
    }

    @Override
    public void report(String text) {
        String bounded = bounded(text);
        reports.emit(() -> new HostEvent.Reported(name(), bounded));
    }

    @Override
    public void ready() {
        if (saidReady.compareAndSet(false, true)) {
            onLoop(this::begunToServe);
        }
    }
}
