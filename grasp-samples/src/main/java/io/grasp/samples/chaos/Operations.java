package io.grasp.samples.chaos;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/** What ASAs have begun: whatever happens it must end, unless its node crashes, and fail with nothing unforeseen. */
final class Operations {
    /** What only a peer that breaks the protocol's rules gives rise to, or a connection that changes bits. */
    private static final Set<GraspErrorCode> NONSENSE =
            Set.of(GraspErrorCode.CBOR_FAIL, GraspErrorCode.INVALID_NEGOTIATE, GraspErrorCode.INVALID_END);

    private final World world;
    private final Set<Operation> underWay = new LinkedHashSet<>();
    private Disposable.Composite all = Disposables.composite();

    Operations(World world) {
        this.world = world;
    }

    /** Begins something that must end by itself. */
    void begin(Host host, String what, Publisher<?> work) {
        Operation operation = new Operation(host, what, world.agenda.now());
        underWay.add(operation);
        subscribe(host, what, Flux.from(work).doFinally(how -> underWay.remove(operation)));
    }

    /** Begins something that goes on as long as its ASA. */
    void goOn(Host host, String what, Publisher<?> work) {
        subscribe(host, what, Flux.from(work));
    }

    private void subscribe(Host host, String what, Flux<?> work) {
        int life = host.life();
        all.add(work.subscribe(value -> {}, failure -> failed(host, life, what, failure)));
    }

    /** Looks whether something may fail in this way. */
    void failed(Host host, int life, String what, Throwable failure) {
        if (!(failure instanceof GraspException known)) {
            if (host.life() == life) {
                world.findings.add(Rules.ERRORS, host + ": " + what + " failed with " + failure);
            }
        } else if (world.areDiscoveriesExact() && known.origin() == GraspException.Origin.TRANSPORT
                || world.isTrue() && known.origin() == GraspException.Origin.PEER && NONSENSE.contains(known.code())) {
            world.findings.add(Rules.NO_NONSENSE, host + ": " + what + " failed with " + failure);
        }
    }

    /** Looks whether all that should have ended has, and gives up the rest. */
    void finish() {
        for (Operation operation : underWay) {
            if (operation.isDue()) {
                world.findings.add(Rules.OPERATIONS_END, operation + " has not ended");
            }
        }
        underWay.clear();
        all.dispose();
        all = Disposables.composite();
    }

    /** Not a record: two that look the same are two. */
    private static final class Operation {
        private final Host host;
        private final int crashes;
        private final String what;
        private final Duration begun;

        Operation(Host host, String what, Duration begun) {
            this.host = host;
            this.crashes = host.crashes();
            this.what = what;
            this.begun = begun;
        }

        boolean isDue() {
            return host.crashes() == crashes;
        }

        @Override
        public String toString() {
            return host + ": " + what + ", begun at " + begun.toMillis() + " ms,";
        }
    }
}
