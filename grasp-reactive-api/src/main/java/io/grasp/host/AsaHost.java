package io.grasp.host;

import io.grasp.api.Grasp;
import io.grasp.host.HostException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Runs ASAs on a node, and keeps them running (RFC 9222).
 *
 * <ul>
 *   <li>An ASA starts when those that it needs are operational. If it fails, it starts again after a random pause that
 *       grows.
 *   <li>Each has a thread of its own. One that blocks its thread is deregistered, and starts again when the thread has
 *       ended. An {@link OutOfMemoryError} ends the node.
 *   <li>If a plan has another version of an ASA, that one starts beside the old one, takes over when it is ready, and
 *       the old one ends when its sessions have.
 *   <li>Flooded policies set the ASAs' parameters.
 * </ul>
 *
 * <p>Methods may be called on any thread; signals come on the node's loop.
 */
public final class AsaHost {
    private static final int KEPT_EVENTS = 1024;
    private static final int WATCHES = 4;

    private final Grasp node;
    private final HostConfig config;
    private final Scheduler loop;
    private final RandomGenerator random;
    private final Map<String, HostSlot> slots = new LinkedHashMap<>();
    /** The versions that have ended, and whose threads may still run their code. */
    private final Set<RunningAsa> ending = new HashSet<>();

    /** The code that the host has been given and not unloaded. */
    private final Set<InstalledAsa> codes = new LinkedHashSet<>();
    /** The code in the current plan, also of ASAs that are refused. */
    private final Set<InstalledAsa> planned = new HashSet<>();
    /** The code that a plan has had. */
    private final Set<InstalledAsa> deployed = new HashSet<>();
    /** Code that is to stay loaded although no plan has it. */
    private Set<InstalledAsa> held = Set.of();
    /** How many codes are being unloaded. */
    private int unloading;

    private final Sinks.Many<HostEvent> events = Sinks.many().multicast().directBestEffort();
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private final Disposable watching;
    private final Disposable.Swap stuck = Disposables.swap();
    private volatile @Nullable VirtualMachineError fatal;
    private boolean closing;

    private AsaHost(Grasp node, HostConfig config) {
        this.node = node;
        this.config = config;
        this.loop = node.scheduler();
        this.random = config.random();
        this.watching = Flux.interval(config.blockedAfter().dividedBy(WATCHES), loop)
                .onBackpressureDrop()
                .subscribe(tick -> watch(), nodeClosed -> {});
        node.onClose().subscribe(ignored -> {}, failed -> nodeClosed(false), () -> nodeClosed(true));
    }

    /**
     * A host without ASAs.
     *
     * @param node the node on which they run; the caller closes it, after the host
     * @param config the settings
     * @return the host
     */
    public static AsaHost on(Grasp node, HostConfig config) {
        return new AsaHost(node, config);
    }

    /**
     * Runs these ASAs, and no others: new ones are started, those of another version are replaced, those that are
     * not in the plan are drained and stopped. An ASA that cannot be run as the plan says, because of its needs or
     * settings, is refused, which is an event; if it runs, it goes on as before.
     *
     * @param plan the ASAs; the host unloads their code when it no longer uses it
     * @return completes when all of this has begun; fails, and changes nothing, with {@link Kind#DUPLICATE} if two have
     *     one name, or with {@link IllegalArgumentException} if there are more than {@link HostConfig#withAsas} permits
     */
    public Mono<Void> run(List<AsaSetup> plan) {
        List<AsaSetup> all = List.copyOf(plan);
        return onLoop(() -> apply(all));
    }

    private Mono<Void> onLoop(Runnable action) {
        return Mono.<Void>fromRunnable(action).subscribeOn(loop);
    }

    private void apply(List<AsaSetup> plan) {
        if (closing) {
            throw new IllegalStateException("the host is closed");
        }
        if (plan.size() > config.asas()) {
            throw new IllegalArgumentException("the plan has " + plan.size() + " ASAs, and the host runs at most "
                    + config.asas() + " (--asas of grasp host, HostConfig.withAsas)");
        }
        Map<String, AsaSetup> byName = new LinkedHashMap<>();
        for (AsaSetup setup : plan) {
            String name = setup.code().manifest().name();
            AsaSetup other = byName.put(name, setup);
            if (other != null) {
                throw new HostException(
                        Kind.DUPLICATE,
                        "the plan has two ASAs named " + name + ": of "
                                + other.code().origin() + " and of "
                                + setup.code().origin());
            }
        }
        Map<String, List<String>> needs = new LinkedHashMap<>();
        byName.forEach((name, setup) -> needs.put(name, setup.code().manifest().needs()));
        Map<String, HostException> unmet = Needs.unmet(needs);
        slots.forEach((name, slot) -> {
            if (!byName.containsKey(name)) {
                slot.unwant();
            }
        });
        planned.clear();
        byName.forEach((name, setup) -> {
            planned.add(setup.code());
            deployed.add(setup.code());
            codes.add(setup.code());
            HostSlot slot = slots.computeIfAbsent(name, first -> new HostSlot(this, setup.code()));
            HostException why = unmet.get(name);
            if (why == null) {
                slot.want(setup);
            } else {
                slot.refuse(why);
            }
        });
        stopUnwanted();
        unload();
    }

    /** An ASA is stopped after those that need it. */
    private void stopUnwanted() {
        for (HostSlot slot : List.copyOf(slots.values())) {
            if (!slot.isInPlan() && slot.isRunning() && !isNeededByUnwanted(slot)) {
                slot.stop();
            }
        }
        slots.values().removeIf(slot -> !slot.isInPlan() && !slot.isRunning());
        if (closing && slots.values().stream().noneMatch(HostSlot::isRunning)) {
            slots.clear();
            watching.dispose();
            unload();
            stuck.update(Mono.delay(RunningAsa.THREAD_ENDS_WITHIN, loop)
                    .subscribe(
                            passed -> {
                                ending.forEach(RunningAsa::abandon);
                                ending.clear();
                                unload();
                                endIfClosed();
                            },
                            nodeClosed -> {}));
            endIfClosed();
        }
    }

    private void endIfClosed() {
        if (closing && slots.isEmpty() && ending.isEmpty() && unloading == 0) {
            stuck.dispose();
            closed.tryEmitEmpty();
        }
    }

    private boolean isNeededByUnwanted(HostSlot slot) {
        return slots.values().stream()
                .anyMatch(other -> other != slot
                        && !other.isInPlan()
                        && other.isRunning()
                        && other.needs().contains(slot.name()));
    }

    /** Unloads the code that is no longer used. */
    private void unload() {
        for (InstalledAsa code : List.copyOf(codes)) {
            if (Stream.concat(Stream.of(code), codes.stream())
                    .filter(code::isUnloadedWith)
                    .noneMatch(this::isNeeded)) {
                unload(code);
            }
        }
    }

    private boolean isNeeded(InstalledAsa code) {
        return planned.contains(code)
                || held.contains(code)
                || ending.stream().anyMatch(asa -> asa.code() == code)
                || slots.values().stream().anyMatch(slot -> slot.uses(code));
    }

    private void unload(InstalledAsa code) {
        codes.remove(code);
        if (deployed.remove(code)) {
            emit(new HostEvent.StateChanged(
                    code.manifest().name(), code.manifest().version(), LifeCycleState.UNDEPLOYED, ""));
        }
        unloading++;
        code.retire();
        Mono.fromRunnable(code::release)
                .subscribeOn(config.blocking())
                .publishOn(loop)
                .doOnError(failed ->
                        emit(new HostEvent.Problem(code.origin(), code.origin() + " cannot be unloaded: " + failed)))
                .onErrorComplete()
                .doOnTerminate(() -> {
                    unloading--;
                    endIfClosed();
                })
                .subscribe();
    }

    /**
     * Keeps code loaded, instead of the code that was kept before, unless it is unloaded already.
     *
     * @return completes when the host knows the code, and will unload it
     */
    Mono<Void> hold(Collection<InstalledAsa> kept) {
        return onLoop(() -> {
            Set<InstalledAsa> all = new HashSet<>(kept);
            all.removeIf(InstalledAsa::isReleased);
            codes.addAll(all);
            held = closing ? Set.of() : all;
            unload();
        });
    }

    /** Keeps no longer what a plan has had. */
    Mono<Void> release() {
        return onLoop(() -> {
            Set<InstalledAsa> kept = new HashSet<>(held);
            kept.removeAll(deployed);
            held = kept;
            unload();
        });
    }

    RunningAsa start(
            InstalledAsa code,
            AsaPolicy policy,
            Consumer<RunningAsa> operational,
            BiConsumer<RunningAsa, @Nullable HostException> ended,
            Consumer<String> handlerFailed) {
        return new RunningAsa(node, config, code, policy, new RunningAsa.Listener() {
            @Override
            public void operational(RunningAsa asa) {
                operational.accept(asa);
            }

            @Override
            public void ended(RunningAsa asa, @Nullable HostException failure) {
                ending.add(asa);
                asa.threadEnded().publishOn(loop).subscribe(ignored -> {}, nodeClosed -> {}, () -> threadEnded(asa));
                ended.accept(asa, failure);
            }

            @Override
            public void handlerFailed(RunningAsa asa, String failure) {
                handlerFailed.accept(failure);
            }

            @Override
            public void reported(RunningAsa asa, HostEvent event) {
                emit(event);
            }

            @Override
            public void failed(VirtualMachineError error) {
                AsaHost.this.failed(error);
            }
        });
    }

    /** Ends the node, because of an error of the virtual machine on another thread. */
    void failed(VirtualMachineError error) {
        fatal = error; // first, because there may be no memory for the task
        loop.schedule(this::throwIfFatal);
    }

    /** Ends the node if an error of the virtual machine has happened. */
    private void throwIfFatal() {
        VirtualMachineError error = fatal;
        if (error != null) {
            throw error;
        }
    }

    private void watch() {
        throwIfFatal();
        List.copyOf(slots.values()).forEach(HostSlot::watch);
    }

    void operationalChanged() {
        List.copyOf(slots.values()).forEach(HostSlot::startWhenPossible);
    }

    void ended() {
        stopUnwanted();
        unload();
    }

    private void threadEnded(RunningAsa asa) {
        ending.remove(asa);
        unload();
        endIfClosed();
    }

    boolean isOperational(String name) {
        HostSlot slot = slots.get(name);
        return slot != null && slot.isOperational();
    }

    boolean isClosing() {
        return closing;
    }

    /** {@return a random pause after some failures in a row} */
    Duration pause(int failures) {
        return config.pauses().random(failures, random);
    }

    HostConfig config() {
        return config;
    }

    Scheduler scheduler() {
        return loop;
    }

    Duration now() {
        return node.now();
    }

    void emit(HostEvent event) {
        events.tryEmitNext(event);
    }

    void emitOnLoop(HostEvent event) {
        loop.schedule(() -> emit(event));
    }

    /**
     * What happens from now on.
     *
     * @return the events; completes when the host is closed. A slow subscriber misses the oldest ones if more than 1024
     *     wait
     */
    public Flux<HostEvent> events() {
        return events.asFlux().onBackpressureBuffer(KEPT_EVENTS, BufferOverflowStrategy.DROP_OLDEST);
    }

    /** {@return the ASAs, as they are at the time of subscription} */
    public Mono<List<HostedAsaInfo>> asas() {
        return Mono.fromCallable(() -> {
                    List<HostedAsaInfo> all = new ArrayList<>();
                    slots.values().forEach(slot -> all.add(slot.info()));
                    return List.copyOf(all);
                })
                .subscribeOn(loop);
    }

    /**
     * Drains and stops all ASAs, those that others need after them, and unloads their code. The node stays open.
     *
     * @return completes when no ASA runs any more and all code is unloaded, within {@link HostConfig#withDrainWithin}
     *     for each in a chain of needs
     */
    public Mono<Void> closeAsync() {
        return onLoop(() -> {
                    if (!closing) {
                        closing = true;
                        planned.clear();
                        held = Set.of();
                        slots.values().forEach(HostSlot::unwant);
                        stopUnwanted();
                    }
                })
                .then(closed.asMono())
                .doOnTerminate(events::tryEmitComplete);
    }

    /** @param stops whether the ASAs are still to release what they hold; not if the node has failed */
    private void nodeClosed(boolean stops) {
        closing = true;
        watching.dispose();
        stuck.dispose();
        Set<RunningAsa> left = new HashSet<>(ending);
        slots.values().forEach(slot -> left.addAll(slot.nodeClosed()));
        List<InstalledAsa> loaded = List.copyOf(codes);
        codes.clear();
        Flux.fromIterable(left)
                .flatMap(asa -> asa.nodeClosed(stops), Math.max(1, left.size()))
                .then(Mono.fromRunnable(() -> loaded.forEach(InstalledAsa::release))
                        .subscribeOn(config.blocking()))
                .doFinally(end -> {
                    closed.tryEmitEmpty();
                    events.tryEmitComplete();
                })
                .subscribe(ignored -> {}, notUnloaded -> {});
    }
}
