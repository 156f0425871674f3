package io.grasp.simulation;

import io.grasp.api.Grasp;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Steps a {@link Simulation}: time stands still but for these calls. It has no thread and no global state, so tests
 * that use one each can run in parallel. Something that never comes to rest is stopped, with an
 * {@link IllegalStateException}, after {@value VirtualLoop#DEFAULT_MAX_TASKS} tasks in one call.
 */
public final class SimulationRunner {
    /** How long {@link #await} waits, at virtual time, before it takes the wait to be in vain. */
    public static final Duration PATIENCE = Duration.ofHours(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final Simulation simulation;
    private @Nullable Throwable backgroundFailure;
    private boolean closing;

    private SimulationRunner(SimulationConfig config) {
        this.simulation = Simulation.on(loop, config);
    }

    /**
     * A simulation to step.
     *
     * @param config its settings
     * @return its runner
     */
    public static SimulationRunner create(SimulationConfig config) {
        return new SimulationRunner(config);
    }

    /**
     * Plays a scenario with all the usual settings, closes every node and checks that the invariants hold.
     *
     * @param seed decides what is left to chance
     * @param scenario what happens
     * @throws SimulationFailure if it fails, or an invariant does not hold
     */
    public static void verify(long seed, Scenario scenario) {
        verify(SimulationConfig.seeded(seed), scenario);
    }

    /**
     * Plays a scenario, closes every node and checks that the invariants hold.
     *
     * @param config the settings
     * @param scenario what happens
     * @throws SimulationFailure if it fails, or an invariant does not hold
     */
    public static void verify(SimulationConfig config, Scenario scenario) {
        SimulationRunner run = create(config);
        try {
            scenario.play(run);
            run.close();
        } catch (SimulationFailure failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new SimulationFailure(run.simulation, failure);
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
     * Makes a datagram link with nodes on it, as {@link Simulation#link} does.
     *
     * @param name the link's name, unique in the network
     * @param conditions how it treats what it carries
     * @param nodes the names of the nodes; those that are not there yet are made
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
        return await(simulation.start(name));
    }

    /**
     * Subscribes and runs what is ready; time stands still.
     *
     * @param background what is to go on while the scenario does other things
     * @return stops it; if it fails before the nodes are closed, {@link #close} fails
     */
    public Disposable inBackground(Publisher<?> background) {
        Disposable going = Flux.from(background).subscribe(value -> {}, this::failedInBackground);
        loop.runReady();
        return going;
    }

    /**
     * Runs until a Mono has ended, for no longer than {@link #PATIENCE}.
     *
     * @param mono what to wait for
     * @param <T> its type
     * @return its value
     * @throws AssertionError if it completes without one, or does not end in time
     */
    public <T> T await(Mono<T> mono) {
        List<T> values = awaitAll(mono);
        if (values.isEmpty()) {
            throw new AssertionError("it has completed without a value");
        }
        return values.get(0);
    }

    /**
     * Runs until a publisher has ended, for no longer than {@link #PATIENCE}. Its error is thrown.
     *
     * @param publisher what to wait for
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
                throw new AssertionError("it has not ended within " + PATIENCE);
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
     * Lets time pass.
     *
     * @param time how much
     */
    public void advance(Duration time) {
        loop.advance(time);
    }

    /**
     * Runs until a condition holds.
     *
     * @param condition the condition
     * @param atMost how long at most
     * @return whether it holds
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        return loop.runUntil(condition, atMost);
    }

    /** Runs until nothing is under way and no deadline is armed. */
    public void runUntilIdle() {
        loop.runUntilIdle();
    }

    /** {@return how many deadlines are armed, of all nodes and of the network} */
    public int pendingWakeups() {
        return loop.pendingWakeups();
    }

    /**
     * Closes every node and checks the invariants.
     *
     * @throws SimulationFailure if one does not hold, a deadline is left, or something in the background has failed
     */
    public void close() {
        if (backgroundFailure != null) {
            throw new SimulationFailure(simulation, backgroundFailure);
        }
        closing = true;
        awaitAll(simulation.closeAsync());
        if (loop.pendingWakeups() > 0) {
            throw new SimulationFailure(
                    simulation, new AssertionError(loop.pendingWakeups() + " deadlines are still armed"));
        }
    }

    private void failedInBackground(Throwable failure) {
        if (!closing && backgroundFailure == null) { // whatever is still going on is failed by the close
            backgroundFailure = failure;
        }
    }
}
