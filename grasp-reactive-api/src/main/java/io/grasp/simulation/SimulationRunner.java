package io.grasp.simulation;

import io.grasp.api.Grasp;
import io.grasp.simulation.adversary.Adversary;
import io.grasp.simulation.adversary.AttackRun;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Steps a {@link Simulation}: time advances only in these calls. It has no thread and no global state, so tests with
 * separate runners can run in parallel. A call that runs more than {@value VirtualLoop#DEFAULT_MAX_TASKS} tasks is
 * stopped with an {@link IllegalStateException}.
 */
public final class SimulationRunner {
    /** How long {@link #await} waits, in virtual time, before it fails. */
    public static final Duration PATIENCE = Duration.ofHours(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final Simulation simulation;
    private @Nullable Throwable backgroundFailure;
    private boolean closing;

    private SimulationRunner(SimulationConfig config) {
        this.simulation = Simulation.on(loop, config);
    }

    /**
     * Creates a simulation to step.
     *
     * @param config its settings
     * @return its runner
     */
    public static SimulationRunner create(SimulationConfig config) {
        return new SimulationRunner(config);
    }

    /**
     * Runs a scenario with the default settings, closes every node and checks the invariants.
     *
     * @param seed determines all random decisions
     * @param scenario the scenario
     * @throws SimulationFailure if the scenario fails or an invariant is violated
     */
    public static void verify(long seed, Scenario scenario) {
        verify(SimulationConfig.seeded(seed), scenario);
    }

    /**
     * Runs a scenario, closes every node and checks the invariants.
     *
     * @param config the settings
     * @param scenario the scenario
     * @throws SimulationFailure if the scenario fails or an invariant is violated
     */
    public static void verify(SimulationConfig config, Scenario scenario) {
        SimulationRunner run = create(config);
        try {
            scenario.play(run);
            run.close();
        } catch (SimulationFailure failure) {
            throw failure;
        } catch (Throwable failure) {
            throw run.simulation.failure(failure);
        }
    }

    /** {@return the simulation} */
    public Simulation simulation() {
        return simulation;
    }

    /** {@return the simulation's network} */
    public SimNetwork network() {
        return simulation.network();
    }

    /**
     * Creates a datagram link with nodes on it, as {@link Simulation#link} does.
     *
     * @param name the link's name, unique in the network
     * @param conditions how it treats messages
     * @param nodes the names of the nodes; missing ones are created
     * @return the link
     */
    public SimLink link(String name, LinkConditions conditions, String... nodes) {
        return simulation.link(name, conditions, nodes);
    }

    /**
     * Starts GRASP on a node, and runs until it has started.
     *
     * @param name the node's name
     * @return the running node
     */
    public Grasp start(String name) {
        return Objects.requireNonNull(await(simulation.start(name)));
    }

    /**
     * Puts an adversary on a node and starts its attacks, as {@link Simulation#attack} does; time does not advance.
     *
     * @param name the node's name; a missing node is created, on no link
     * @param adversary the adversary
     * @return the running attacks
     * @throws IllegalStateException if something runs on the node
     */
    public AttackRun attack(String name, Adversary adversary) {
        AttackRun attack = simulation.attack(name, adversary);
        loop.runReady();
        return attack;
    }

    /**
     * Subscribes to a publisher and runs all ready tasks; time does not advance.
     *
     * @param background the publisher, which runs while the scenario does other things
     * @return stops it; if it fails before the nodes are closed, {@link #close} fails
     */
    public Disposable inBackground(Publisher<?> background) {
        Disposable going = Flux.from(background).subscribe(value -> {}, this::failedInBackground);
        loop.runReady();
        return going;
    }

    /**
     * Runs until a Mono has ended, for at most {@link #PATIENCE}: what {@code block} is with real time. Its error is
     * thrown.
     *
     * @param mono the Mono
     * @param <T> its type
     * @return its value; {@code null} if it completes without one, as every {@code Mono<Void>} does
     * @throws AssertionError if it does not end in time
     */
    public <T> @Nullable T await(Mono<T> mono) {
        List<T> values = awaitAll(mono);
        return values.isEmpty() ? null : values.get(0);
    }

    /**
     * Runs until a publisher has ended, for at most {@link #PATIENCE}. Its error is thrown.
     *
     * @param publisher the publisher
     * @param <T> its type
     * @return its values
     * @throws AssertionError if it does not end in time
     */
    public <T> List<T> awaitAll(Publisher<T> publisher) {
        List<T> values = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>(1);
        boolean[] ended = {false};
        Disposable going =
                Flux.from(publisher).doFinally(how -> ended[0] = true).subscribe(values::add, failures::add);
        try {
            if (!loop.runUntil(() -> ended[0], PATIENCE)) {
                throw new AssertionError("the publisher did not end within " + PATIENCE + " of the simulation's time");
            }
        } finally {
            going.dispose();
        }
        if (!failures.isEmpty()) {
            throw Exceptions.propagate(failures.get(0));
        }
        return values;
    }

    /**
     * Advances time.
     *
     * @param time the time to advance
     */
    public void advance(Duration time) {
        loop.advance(time);
    }

    /**
     * Runs until a condition holds.
     *
     * @param condition the condition
     * @param atMost the maximum time
     * @return whether it holds
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        return loop.runUntil(condition, atMost);
    }

    /** Runs until nothing is in progress and no deadline is armed. */
    public void runUntilIdle() {
        loop.runUntilIdle();
    }

    /** {@return the number of armed deadlines, of all nodes and of the network} */
    public int pendingWakeups() {
        return loop.pendingWakeups();
    }

    /**
     * Closes every node and checks the invariants.
     *
     * @throws SimulationFailure if an invariant is violated, a deadline is left, or a background publisher has failed
     */
    public void close() {
        if (backgroundFailure != null) {
            throw simulation.failure(backgroundFailure);
        }
        closing = true;
        awaitAll(simulation.closeAsync());
        if (loop.pendingWakeups() > 0) {
            throw simulation.failure(new AssertionError(loop.pendingWakeups() + " deadlines are still armed"));
        }
    }

    private void failedInBackground(Throwable failure) {
        if (!closing && backgroundFailure == null) { // the close fails everything that is still running
            backgroundFailure = failure;
        }
    }
}
