package io.grasp.api;

import io.grasp.model.Objective;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * An ASA's part in a negotiation: it maps the peer's offers to moves, as in {@code offers -> offers.map(this::answer)}.
 *
 * <p>Moves are requested one at a time and only when it is our turn; after a {@linkplain Move#waitFor wait} it is still
 * our turn. The offers complete when one side ends the negotiation, and fail if it ends in any other way. If the moves
 * complete while it is our turn, the negotiation is declined; if they fail, it is declined too, and its result fails
 * with their error as its cause. Cancelling the offers does not end the negotiation as long as there are moves.
 */
@FunctionalInterface
public interface Conversation {
    /**
     * Begins the conversation. Called on the node's loop, so it must not block.
     *
     * @param offers the peer's offers, which can be subscribed to once
     * @return the moves, which may come on any thread. The publisher gets the Reactor Context of the negotiation's
     *     subscriber
     */
    Publisher<? extends Move> moves(Flux<Objective> offers);
}
