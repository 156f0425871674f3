package com.example.recipes;

import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.model.TypedObjective;
import java.util.HashMap;
import java.util.Map;
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

    private final Map<String, Integer> held = new HashMap<>();
    private int free;

    Pool(int units) {
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
        return held.getOrDefault(holder, 0);
    }

    /** The units that are set aside for one negotiation. The holder keeps its old ones until it has the new ones. */
    private final class Reservation {
        private int units;

        TypedMove<Lease> answer(TypedOffer<Lease> asked) {
            undo(); // what this negotiation has offered before
            String holder = asked.value().holder();
            int possible = Math.min(asked.value().units(), free);
            if (!asked.isDryRun()) {
                units = possible;
                free -= possible;
            }
            return possible == asked.value().units() ? asked.accept() : asked.propose(new Lease(holder, possible));
        }

        /** Accepted by one of the sides: the new units replace the old ones. */
        void commit(Lease agreed) {
            if (units == agreed.units()) { // no dry run
                free += heldBy(agreed.holder());
                held.put(agreed.holder(), units);
                units = 0;
            }
        }

        /** Declined, failed, or cancelled: the holder has what it had before. */
        void undo() {
            free += units;
            units = 0;
        }
    }
}
