package com.example.recipes;

import io.grasp.api.Grasp;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.model.TypedObjective;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Shares units among holders. It is used on the node's loop only, so it needs no locks. */
final class Pool {
    /** The number of units that a holder has after the negotiation; 0 gives all back. */
    record Lease(String holder, int units) {
        Lease {
            if (units < 0) {
                throw new IllegalArgumentException("negative"); // declined as an invalid value
            }
        }
    }

    static final TypedObjective<Lease> OBJECTIVE = TypedObjective.negotiable("example.com:lease", Lease.class);

    /** What a holder has until it expires. */
    private record Held(int units, Disposable expiry) {}

    private final Map<String, Held> held = new HashMap<>();
    private final Grasp node;
    private final Duration lifetime;
    private int free;

    Pool(Grasp node, int units, Duration lifetime) {
        this.node = node;
        this.lifetime = lifetime;
        free = units;
    }

    Mono<Void> serve(TypedAsa<Lease> asa) {
        return asa.listenNegotiate(customer -> {
            Reservation reservation = new Reservation();
            return customer.converse(offers -> offers.map(reservation::answer))
                    .doOnNext(outcome -> outcome.agreed().ifPresent(reservation::commit))
                    .doFinally(end -> reservation.undo());
        });
    }

    int free() {
        return free;
    }

    int heldBy(String holder) {
        Held current = held.get(holder);
        return current == null ? 0 : current.units();
    }

    /** Replaces what the holder has, for one lifetime. */
    private void hold(Lease lease) {
        takeBack(lease.holder());
        if (lease.units() > 0) {
            free -= lease.units();
            Disposable expiry =
                    Mono.delay(lifetime, node.scheduler()).subscribe(end -> takeBack(lease.holder()), nodeClosed -> {});
            held.put(lease.holder(), new Held(lease.units(), expiry));
        }
    }

    private void takeBack(String holder) {
        Held old = held.remove(holder);
        if (old != null) {
            free += old.units();
            old.expiry().dispose();
        }
    }

    /** The units that are set aside for one negotiation. The holder keeps its old ones until it has the new ones. */
    private final class Reservation {
        private @Nullable Lease reserved;

        TypedMove<Lease> answer(TypedOffer<Lease> asked) {
            undo(); // what this negotiation has offered before
            Lease wish = asked.value();
            if (wish.units() == heldBy(wish.holder())) {
                if (!asked.isDryRun()) {
                    hold(wish); // renewed
                }
                return asked.accept();
            }
            if (wish.units() > 0 && free == 0) {
                return asked.decline("full");
            }
            Lease possible = new Lease(wish.holder(), Math.min(wish.units(), free));
            if (!asked.isDryRun()) {
                reserved = possible;
                free -= possible.units();
            }
            return possible.equals(wish) ? asked.accept() : asked.propose(possible);
        }

        /** Accepted by one of the sides: the new units replace the old ones. */
        void commit(Lease agreed) {
            if (agreed.equals(reserved)) { // neither renewed nor a dry run
                undo();
                hold(agreed);
            }
        }

        /** Declined, failed, or cancelled: the holder has what it had before. */
        void undo() {
            if (reserved != null) {
                free += reserved.units();
                reserved = null;
            }
        }
    }
}
