package io.grasp.samples.chaos;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.simulation.chaos.ChaosNode;
import io.grasp.simulation.chaos.ChaosRun;
import io.grasp.simulation.chaos.Fault;
import io.grasp.substrate.sim.topology.Topology;
import java.util.Set;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** The state that the random ASAs of one run share. */
final class RunState {
    /** Errors that only a peer that violates the protocol, or a connection that corrupts bits, can cause. */
    private static final Set<GraspErrorCode> NONSENSE =
            Set.of(GraspErrorCode.CBOR_FAIL, GraspErrorCode.INVALID_NEGOTIATE, GraspErrorCode.INVALID_END);

    final ChaosRun run;
    final boolean forgetful;
    final ActivityCounter activity;
    final Topology topology;
    final FloodLedger floods;
    private int lastValue;

    RunState(ChaosRun run, boolean forgetful, ActivityCounter activity) {
        this.run = run;
        this.forgetful = forgetful;
        this.activity = activity;
        this.topology = run.topology();
        this.floods = new FloodLedger(run, forgetful);
    }

    /**
     * {@return whether every discovery is answered, and first on the path with the fewest hops} A clock that jumps ends
     * the time in which relays pass on answers.
     */
    boolean areDiscoveriesExact() {
        return Set.of(Fault.DUPLICATION).containsAll(run.faults()) && run.isHonest();
    }

    /** {@return whether what nodes receive is what others have sent, and no adversary takes part} */
    boolean areMessagesTrue() {
        return run.isIntact() && run.isHonest();
    }

    /** {@return a number that was not used before} */
    int newValue() {
        return ++lastValue;
    }

    /** Begins an operation that must end by itself. */
    void begin(ChaosNode node, String what, Publisher<?> work) {
        run.operation(node, what, checked(node, what, work));
    }

    /** Begins an activity that lasts as long as its ASA. */
    void goOn(ChaosNode node, String what, Publisher<?> work) {
        run.background(node, what, checked(node, what, work));
    }

    private Flux<?> checked(ChaosNode node, String what, Publisher<?> work) {
        return Flux.from(work).doOnError(GraspException.class, failure -> check(node, what, failure));
    }

    /** Checks the failure of a session that its listener has survived. */
    void failed(ChaosNode node, int life, String what, Throwable failure) {
        if (failure instanceof GraspException known) {
            check(node, what, known);
        } else if (node.life() == life) {
            run.violated(ChaosRun.ERRORS, node + ": " + what + " failed with " + failure);
        }
    }

    private void check(ChaosNode node, String what, GraspException failure) {
        if (areDiscoveriesExact() && failure.origin() == GraspException.Origin.TRANSPORT
                || areMessagesTrue()
                        && failure.origin() == GraspException.Origin.PEER
                        && NONSENSE.contains(failure.code())) {
            run.violated(AsaRules.NO_NONSENSE, node + ": " + what + " failed with " + failure);
        }
    }
}
