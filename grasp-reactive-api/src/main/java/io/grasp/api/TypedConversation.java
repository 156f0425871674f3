package io.grasp.api;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * An ASA's part in a negotiation over a {@link io.grasp.model.TypedObjective}: it maps the peer's offers to moves, as
 * in {@code offers -> offers.map(offer -> offer.value() < 10 ? offer.accept() : offer.propose(5))}.
 *
 * <p>It follows the rules of a {@link Conversation}. It never sees an offer whose value does not fit the objective's
 * type: such an offer is declined with a reason that names the place in the value, regardless of the moves, and the
 * offers and the negotiation's result fail with {@link io.grasp.model.GraspErrorCode#CBOR_FAIL}.
 *
 * @param <T> the type of the objective's values
 */
@FunctionalInterface
public interface TypedConversation<T> {
    /**
     * Begins the conversation. Called on the node's loop, so it must not block.
     *
     * @param offers the peer's offers, which can be subscribed to once
     * @return the moves, which may come on any thread. The publisher gets the Reactor Context of the negotiation's
     *     subscriber
     */
    Publisher<? extends TypedMove<T>> moves(Flux<TypedOffer<T>> offers);
}
