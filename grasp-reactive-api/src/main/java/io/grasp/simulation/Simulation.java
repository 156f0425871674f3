package io.grasp.simulation;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.simulation.adversary.Adversary;
import io.grasp.simulation.adversary.AttackRun;
import io.grasp.simulation.trace.Trace;
import io.grasp.substrate.Loop;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SchedulerLoop;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A whole autonomic network in one JVM: a simulated network, the GRASP nodes on it, the trace of all events, and the
 * invariants that must hold. Its time comes from outside: from {@code StepVerifier.withVirtualTime} if it is created
 * {@linkplain #on(Scheduler, SimulationConfig) on a scheduler} inside the supplier, or step by step from a
 * {@link SimulationRunner}.
 *
 * <p>Not thread-safe.
 */
public final class Simulation {
    private final SimulationConfig config;
    private final SimNetwork network;
    private final Trace trace;
    private final List<Invariant.Check> checks = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, Integer> lives = new HashMap<>();
    private final Map<String, Grasp> running = new LinkedHashMap<>();
    private final List<AttackRun> attacks = new ArrayList<>();

    private Simulation(Loop loop, SimulationConfig config) {
        this.config = config;
        this.network = SimNetwork.create(loop, config.seed());
        this.trace = Trace.keeping(config.keptEvents());
        network.observe(trace);
        network.observe(this::happened);
        for (Invariant invariant : config.invariants()) {
            checks.add(invariant.begin(network, what -> violations.add(new Violation(invariant.name(), now(), what))));
        }
    }

    /**
     * Creates a simulation on a loop, which provides its time.
     *
     * @param loop the loop
     * @param config the settings
     * @return the simulation, without nodes and links
     */
    public static Simulation on(Loop loop, SimulationConfig config) {
        return new Simulation(loop, config);
    }

    /**
     * Creates a simulation with a scheduler's time. If it is created inside the supplier of
     * {@code StepVerifier.withVirtualTime}, from {@code Schedulers.parallel()} or any other factory method, it runs at
     * virtual time. On an ordinary scheduler it runs at real time; then runs with the same seed may differ.
     *
     * @param scheduler the scheduler
     * @param config the settings
     * @return the simulation, without nodes and links
     */
    public static Simulation on(Scheduler scheduler, SimulationConfig config) {
        return new Simulation(new SchedulerLoop(scheduler), config);
    }

    /** {@return the network, which controls links, conditions and faults} */
    public SimNetwork network() {
        return network;
    }

    /**
     * Creates a datagram link with nodes on it. For links of the other kind, use {@link #network}.
     *
     * @param name the link's name, unique in the network
     * @param conditions how it treats messages
     * @param nodes the names of the nodes; missing ones are created
     * @return the link
     */
    public SimLink link(String name, LinkConditions conditions, String... nodes) {
        SimNode[] members = Stream.of(nodes).map(network::node).toArray(SimNode[]::new);
        return network.link(name, LinkKind.DATAGRAM, conditions, members);
    }

    /** {@return the events on the network} */
    public Trace trace() {
        return trace;
    }

    /** {@return the settings} */
    public SimulationConfig config() {
        return config;
    }

    /** {@return the time since the simulation was created} */
    public Duration now() {
        return network.now();
    }

    /** {@return the violations so far} */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    /**
     * Starts GRASP on a node of the network, or starts it again after a crash or a close.
     *
     * @param name the node's name; a missing node is created, on no link
     * @return the running node; every subscription starts it
     */
    public Mono<Grasp> start(String name) {
        return start(name, node -> node);
    }

    /**
     * Starts GRASP on a node of the network with individual settings.
     *
     * @param name the node's name; a missing node is created, on no link
     * @param settings changes the {@linkplain SimulationConfig#node() settings of each node}
     * @return the running node; every subscription starts it
     */
    public Mono<Grasp> start(String name, UnaryOperator<GraspConfig> settings) {
        return Mono.defer(() -> {
            SimNode node = network.node(name);
            long seed = config.seed() + 31L * name.hashCode() + lives.merge(name, 1, Integer::sum);
            GraspObserver[] observers =
                    checks.stream().map(check -> check.started(node)).toArray(GraspObserver[]::new);
            GraspConfig life = settings.apply(config.node())
                    .withSubstrate(() -> node)
                    .withRandom(() -> new SplittableRandom(seed))
                    .withAdditionalObserver(GraspObserver.all(observers));
            return Grasp.start(life).doOnNext(grasp -> running.put(name, grasp));
        });
    }

    /**
     * The GRASP node that runs on a node of the network.
     *
     * @param name the node's name
     * @return the running node, or nothing if none was started or it has crashed
     */
    public Optional<Grasp> running(String name) {
        return Optional.ofNullable(running.get(name));
    }

    /**
     * Puts an adversary on a node and starts its attacks. They end when {@link AttackRun#stop} is called, the node
     * crashes, or the simulation is closed.
     *
     * @param name the node's name; a missing node is created, on no link
     * @param adversary the adversary
     * @return the running attacks
     * @throws IllegalStateException if something runs on the node
     */
    public AttackRun attack(String name, Adversary adversary) {
        AttackRun attack = adversary.start(network, name);
        attacks.add(attack);
        return attack;
    }

    /**
     * Ends every fault and attack, closes every node, lets pending activities end, and checks the invariants.
     *
     * @return completes if all hold, otherwise fails with a {@link SimulationFailure}
     */
    public Mono<Void> closeAsync() {
        return Mono.defer(() -> {
            calm();
            return loads(Invariant.Check::closing)
                    .thenMany(Flux.fromIterable(List.copyOf(running.values())))
                    .flatMap(Grasp::closeAsync, Integer.MAX_VALUE)
                    .then(Quiescence.on(network))
                    .then(loads(Invariant.Check::closed))
                    .then(Mono.defer(this::checked));
        });
    }

    /** Ends every fault and attack, so that pending activities can end. Links keep their conditions. */
    private void calm() {
        network.heal();
        network.links().stream().filter(SimLink::isDown).forEach(SimLink::up);
        network.nodes().stream().filter(node -> !node.isAwake()).forEach(SimNode::resume);
        attacks.forEach(AttackRun::stop);
    }

    /** Passes the load of each node to the checks. */
    private Mono<Void> loads(LoadCheck report) {
        return Flux.fromIterable(List.copyOf(running.entrySet()))
                .flatMap(
                        entry -> entry.getValue().load().doOnNext(load -> {
                            SimNode node = network.node(entry.getKey());
                            checks.forEach(check -> report.accept(check, node, load));
                        }),
                        Integer.MAX_VALUE)
                .then();
    }

    /** One of the methods of a check that get the load of a node. */
    @FunctionalInterface
    private interface LoadCheck {
        void accept(Invariant.Check check, SimNode node, EngineLoad load);
    }

    private Mono<Void> checked() {
        checks.forEach(Invariant.Check::ended);
        return violations.isEmpty() ? Mono.empty() : Mono.error(failure(null));
    }

    /** {@return the failure of this simulation, with the cause if it is more than violated invariants} */
    SimulationFailure failure(@Nullable Throwable cause) {
        return new SimulationFailure(config.seed(), violations, trace, cause);
    }

    private void happened(SimEvent event) {
        if (event.kind() == SimEvent.Kind.CRASHED) {
            running.remove(event.from());
        }
        checks.forEach(check -> check.happened(event));
    }
}
