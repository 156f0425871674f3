package io.grasp.benchmarks.load.workload;

import io.grasp.api.Move;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The negotiation of the load tests. The value is the number of moves left: an ASA that is offered 1 accepts, an ASA
 * that is offered more answers with one less. Both sides follow the same rule, so any peer in any language can take
 * part.
 */
public final class CountdownNegotiation {
    /** The maximum number of moves that a request may ask for. */
    public static final int MAX_STEPS = 100;

    /** The name of the negotiated objective. */
    public static final String NAME = "EX7";

    /** The objective served to synchronization requests. */
    public static final Objective SERVED = Objective.synchronizable("EX8").withValue(7);

    private static final List<ObjectiveValue> VALUES = values();
    private static final Map<ObjectiveValue, Move> MOVES = moves();

    private CountdownNegotiation() {}

    /** {@return the objective, with a value that requests this number of moves} */
    public static Objective request(int steps) {
        return Objective.negotiable(NAME)
                .withLoopCount(Objective.MAX_LOOP_COUNT)
                .withValue(VALUES.get(steps));
    }

    /** {@return the answer to an offer} */
    public static Move answer(Objective offer) {
        Move known = MOVES.get(offer.value());
        return known != null ? known : Move.decline("not a number of moves from 1 to " + MAX_STEPS);
    }

    private static List<ObjectiveValue> values() {
        List<ObjectiveValue> values = new ArrayList<>();
        for (int left = 0; left <= MAX_STEPS; left++) {
            values.add(ObjectiveValue.of(left));
        }
        return values;
    }

    private static Map<ObjectiveValue, Move> moves() {
        List<ObjectiveValue> offers = VALUES.subList(1, VALUES.size());
        return offers.stream().collect(Collectors.toMap(Function.identity(), CountdownNegotiation::move));
    }

    private static Move move(ObjectiveValue offer) {
        int left = offer.as(Integer.class);
        return left == 1 ? Move.accept() : new Move.Propose(VALUES.get(left - 1));
    }
}
