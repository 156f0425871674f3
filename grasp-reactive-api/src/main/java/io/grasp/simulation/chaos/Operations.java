package io.grasp.simulation.chaos;

import io.grasp.model.GraspException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/** The activities of ASAs: operations that must end, and activities that last as long as their ASA. */
final class Operations {
    private final ChaosRun run;
    private final Set<Operation> underWay = new LinkedHashSet<>();
    private Disposable.Composite all = Disposables.composite();

    Operations(ChaosRun run) {
        this.run = run;
    }

    /** Begins an operation that must end by itself. */
    void begin(ChaosNode node, String what, Publisher<?> work) {
        Operation operation = new Operation(node, what, run.now());
        underWay.add(operation);
        keep(node, what, Flux.from(work).doFinally(how -> underWay.remove(operation)));
    }

    /** Begins an activity that may last as long as its ASA. */
    void keep(ChaosNode node, String what, Publisher<?> work) {
        int life = node.life();
        all.add(Flux.from(work).subscribe(value -> {}, failure -> failed(node, life, what, failure)));
    }

    /** Begins the ASAs of a node, which must not fail while it is up. */
    void asas(ChaosNode node, Publisher<?> asas) {
        int life = node.life();
        all.add(Flux.from(asas).subscribe(value -> {}, failure -> {
            if (node.life() == life) {
                run.violated(ChaosRun.ASAS_RUN, node + ": the ASAs failed with " + ChaosResult.describe(failure));
            }
        }));
    }

    /** An operation fails with a {@link GraspException} under faults; anything else comes from a defect. */
    void failed(ChaosNode node, int life, String what, Throwable failure) {
        if (!(failure instanceof GraspException) && node.life() == life) {
            run.violated(ChaosRun.ERRORS, node + ": " + what + " failed with " + ChaosResult.describe(failure));
        }
    }

    /** Reports operations that should have ended and have not, and cancels everything. */
    void finish() {
        for (Operation operation : underWay) {
            if (operation.isDue()) {
                run.violated(ChaosRun.OPERATIONS_END, operation + " has not ended");
            }
        }
        cancel();
    }

    void cancel() {
        underWay.clear();
        all.dispose();
        all = Disposables.composite();
    }

    /** Not a record: two operations with equal fields are different. */
    private static final class Operation {
        private final ChaosNode node;
        private final int crashes;
        private final String what;
        private final Duration begun;

        Operation(ChaosNode node, String what, Duration begun) {
            this.node = node;
            this.crashes = node.crashes();
            this.what = what;
            this.begun = begun;
        }

        boolean isDue() {
            return node.crashes() == crashes;
        }

        @Override
        public String toString() {
            return node + ": " + what + ", begun at " + begun.toMillis() + " ms,";
        }
    }
}
