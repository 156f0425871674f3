package io.grasp.api;

import io.grasp.model.Objective;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * An ASA's part in a negotiation: it turns the peer's offers into moves, as in {@code offers -> offers.map(this::answer)}.
 *
 * <p>Moves are requested one at a time and only when it is our turn; a {@linkplain Move#waitFor wait} keeps the turn.
 * The offers complete when one of the two ends the negotiation, and fail when anything else does. Moves that complete
 * while it is our turn decline; moves that fail decline too, and the negotiation's result fails with their error as its
 * cause. Cancelling the offers ends nothing as long as there are moves.
 */
@FunctionalInterface
public interface Conversation {
    /**
     * Begins the conversation. Called on the node's loop, so it must not block.
     *
     * @param offers the peer's offers, which can be subscribed to once
     * @return the moves, which may come on any thread. Their subscriber's Reactor Context is that of the negotiation's
     */
    Publisher<? extends Move> moves(Flux<Objective> offers);
}
