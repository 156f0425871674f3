package io.grasp.samples.prefix.manager;

import io.grasp.api.Negotiation;
import io.grasp.api.TypedNegotiation;
import io.grasp.api.TypedOutcome;
import io.grasp.model.Decoded;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.PrefixObjectives;
import io.grasp.samples.prefix.PrefixValue;
import io.grasp.samples.prefix.pool.Offer;
import io.grasp.samples.prefix.pool.PoolException;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.StoreException;
import io.grasp.samples.text.NodeAddress;
import java.math.BigInteger;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Assigns prefixes to requesters (RFC 8992 section 4.2), one negotiation by one call of {@link #serve}. Confined to the
 * thread of the ASA's signals.
 *
 * <pre>
 *   request --> offer of the pool ---------------------> M_NEGOTIATE --+-- accepted -------> assigned
 *      |         ^    |  none: M_WAIT, own request         ^           +-- declined -------> free again
 *      |         |    +--> a provider assigns one ---------+           +-- counter-offer --> free again, next offer
 *      +-- refused    +--> none does: a smaller offer -----+           +-- anything else --> in doubt
 *                +-- counter-offer
 * </pre>
 */
final class PrefixProvider {
    /** The reason for a peer when nothing can be written. */
    static final String NOT_STORED = "Prefixes cannot be stored";

    /** What is added to the reason if this node could not request a prefix for the requester. */
    private static final String LOOP_COUNT = ", and the loop count is used up";

    /** The reason for pfxm4. */
    private static final String TAGGED = "Tagged prefixes (RFC 9164) not supported, use the form of RFC 8992";

    /** The requester has answered with something else than an acceptance, or the offer was not sent. */
    private static final Set<GraspErrorCode> REFUSALS = EnumSet.of(
            GraspErrorCode.LOOP_EXHAUSTED,
            GraspErrorCode.CBOR_FAIL,
            GraspErrorCode.INVALID_NEGOTIATE,
            GraspErrorCode.NO_VALID_STEP);

    private final AsaNode node;
    private final PrefixManagerConfig config;
    private final PrefixPool pool;
    private final PrefixSupply supply;
    private final LengthOfRequests lengths;
    private final KnownProviders providers;
    private final StoreRetry store;
    private final PrefixEvent.Listener listener;
    private final Map<String, Integer> negotiations = new HashMap<>();

    PrefixProvider(
            AsaNode node,
            PrefixManagerConfig config,
            PrefixPool pool,
            PrefixSupply supply,
            LengthOfRequests lengths,
            KnownProviders providers,
            StoreRetry store,
            PrefixEvent.Listener listener) {
        this.node = node;
        this.config = config;
        this.pool = pool;
        this.supply = supply;
        this.lengths = lengths;
        this.providers = providers;
        this.store = store;
        this.listener = listener;
    }

    /** Negotiates with one requester. */
    Mono<Void> serve(TypedNegotiation<PrefixValue> negotiation) {
        String peer = PeerName.of(negotiation.peer());
        if (negotiation.offer().isDryRun()) {
            return decline(negotiation, peer, "Dry run not supported"); // RFC 8992 section 5.1
        }
        return Mono.using(
                        () -> begin(peer),
                        count -> count > config.concurrencyPerPeer
                                ? decline(negotiation, peer, PoolException.Reason.BUSY.declineText())
                                : answer(negotiation, peer),
                        count -> negotiations.merge(peer, -1, (open, one) -> open > 1 ? open - 1 : null))
                .onErrorResume(
                        PoolException.class,
                        refusal -> decline(negotiation, peer, declineText(negotiation, refusal.reason())))
                .onErrorResume(StoreException.class, failure -> decline(negotiation, peer, NOT_STORED))
                // The session has failed, which the observer of the node reports; the offer has been dealt with.
                .onErrorResume(GraspException.class, failure -> Mono.empty());
    }

    /** Declines a request for the objective of pfxm4. */
    Mono<Void> declineTagged(Negotiation negotiation) {
        return negotiation
                .decline(TAGGED)
                .then(reported(new PrefixEvent.Declined(PeerName.of(negotiation.peer()), TAGGED)));
    }

    /** {@return the number of negotiations in progress} */
    int negotiations() {
        return negotiations.values().stream().mapToInt(Integer::intValue).sum();
    }

    private String declineText(TypedNegotiation<PrefixValue> negotiation, PoolException.Reason reason) {
        boolean isLast = reason == PoolException.Reason.EXHAUSTED
                && config.role != ManagerRole.ORIGIN
                && !mayRequest(loopCountOnBehalf(negotiation));
        return isLast ? reason.declineText() + LOOP_COUNT : reason.declineText();
    }

    private Integer begin(String peer) {
        return negotiations.merge(peer, 1, Integer::sum);
    }

    private Mono<Void> decline(TypedNegotiation<PrefixValue> negotiation, String peer, String reason) {
        return negotiation
                .decline(reason)
                .then(Mono.fromRunnable(() -> listener.event(new PrefixEvent.Declined(peer, reason))));
    }

    /** Answers the value in hand: the request, or a counter-offer. */
    private Mono<Void> answer(TypedNegotiation<PrefixValue> negotiation, String peer) {
        Decoded<PrefixValue> inHand = PrefixObjectives.PREFIX_MANAGER.decode(
                negotiation.untyped().objective().value());
        if (inHand instanceof Decoded.Unfit<PrefixValue> unfit) {
            return decline(negotiation, peer, unfit.reason());
        }
        return answer(negotiation, peer, ((Decoded.Value<PrefixValue>) inHand).value());
    }

    private Mono<Void> answer(TypedNegotiation<PrefixValue> negotiation, String peer, PrefixValue wanted) {
        return offer(peer, wanted, wanted.length())
                .onErrorResume(
                        failure -> isRefusal(failure, PoolException.Reason.EXHAUSTED),
                        none -> obtain(negotiation, peer, wanted).then(offer(peer, wanted, longest(wanted))))
                .onErrorResume(
                        failure -> isRefusal(failure, PoolException.Reason.PEER_LIMIT),
                        tooMuch -> offer(peer, wanted, longest(wanted)))
                .flatMap(offer -> propose(negotiation, wanted, offer));
    }

    private Mono<Offer> offer(String peer, PrefixValue wanted, int longest) {
        return store.reported(pool.offer(peer, wanted.family(), wanted.length(), longest, kept(wanted.family())));
    }

    /** {@return the addresses that this node keeps} Otherwise two nodes could pass their reserves to and fro. */
    private BigInteger kept(AddressFamily family) {
        return config.role == ManagerRole.ORIGIN
                ? BigInteger.ZERO
                : config.needs(family).reservedAddresses();
    }

    private static boolean isRefusal(Throwable failure, PoolException.Reason reason) {
        return failure instanceof PoolException refusal && refusal.reason() == reason;
    }

    /** {@return the length of the smallest prefix that is offered if there is none of the wanted length} */
    private int longest(PrefixValue wanted) {
        return Math.max(wanted.length(), config.needs(wanted.family()).subnetLength());
    }

    /** Asks the requester to wait while this node requests a prefix itself, unless it is the origin. */
    private Mono<Void> obtain(TypedNegotiation<PrefixValue> negotiation, String peer, PrefixValue wanted) {
        int loopCount = loopCountOnBehalf(negotiation);
        if (config.role == ManagerRole.ORIGIN || !mayRequest(loopCount)) {
            return Mono.empty();
        }
        listener.event(new PrefixEvent.Waiting(wanted.family(), wanted.length(), peer));
        // A smaller prefix could not be returned if the requester declined it.
        PrefixNeed need = new PrefixNeed(
                wanted.family(), Math.min(wanted.length(), lengths.of(wanted.family())), wanted.length(), loopCount);
        Duration wait = config.times.oneWait();
        Mono<Boolean> waits = Flux.interval(Duration.ZERO, wait.dividedBy(2), node.scheduler())
                .onBackpressureDrop()
                .concatMap(beat -> negotiation.untyped().waitFor(wait))
                .then(Mono.never());
        Mono<Boolean> supplied = supply.getFor(NodeAddress.of(negotiation.peer()), need, kept(wanted.family()))
                .onErrorResume(GraspException.class, failure -> Mono.just(false));
        return Mono.firstWithSignal(supplied, waits)
                .timeout(config.times.longestWait(), Mono.just(false), node.scheduler())
                .then();
    }

    /** Each request on behalf of another has a lower loop count, so that nodes that ask each other in a circle stop. */
    private int loopCountOnBehalf(TypedNegotiation<PrefixValue> negotiation) {
        return Math.min(config.loopCount, negotiation.untyped().objective().loopCount() - 1);
    }

    /** {@return whether a request with a loop count can have an offer as its answer} */
    private static boolean mayRequest(int loopCount) {
        return loopCount >= 2;
    }

    private Mono<Void> propose(TypedNegotiation<PrefixValue> negotiation, PrefixValue wanted, Offer offer) {
        Mono<Void> sent = Mono.usingWhen(
                Mono.just(offer),
                reserved -> send(negotiation, wanted.offer(reserved.prefix())),
                reserved -> answered(negotiation, reserved),
                (reserved, failure) ->
                        isRefusal(failure) ? returned(reserved, reason(failure)) : inDoubt(reserved, reason(failure)),
                reserved -> inDoubt(reserved, "the manager was stopped"));
        return sent.then(Mono.defer(
                () -> negotiation.outcome().isPresent() ? Mono.empty() : counterOffer(negotiation, wanted, offer)));
    }

    /** Sends an offer as the requester has written its request: as it is, or in tag 24 (RFC 8991 section 2.3.2.4). */
    private Mono<Void> send(TypedNegotiation<PrefixValue> negotiation, PrefixValue offer) {
        Duration patience = config.times.answer();
        return negotiation.untyped().objective().value().isRawCbor()
                ? negotiation.untyped().step(raw(offer), patience).then()
                : negotiation.step(offer, patience).then();
    }

    private static ObjectiveValue raw(PrefixValue offer) {
        return ObjectiveValue.ofRawCbor(
                PrefixObjectives.PREFIX_MANAGER.encode(offer).item().bytes());
    }

    private Mono<Void> answered(TypedNegotiation<PrefixValue> negotiation, Offer offer) {
        TypedOutcome<PrefixValue> outcome = negotiation.outcome().orElse(null);
        if (outcome instanceof TypedOutcome.Accepted<PrefixValue>) {
            providers.assigned(NodeAddress.of(negotiation.peer()), offer.prefix());
            return store.written(offer.commit()).then(reported(new PrefixEvent.Assigned(offer.prefix(), offer.peer())));
        }
        return returned(
                offer,
                outcome instanceof TypedOutcome.Declined<PrefixValue> declined ? declined.reason() : "counter-offer");
    }

    /** {@return whether a failure proves that the requester has not accepted} */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof GraspException known && REFUSALS.contains(known.code());
    }

    private static String reason(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    private Mono<Void> returned(Offer offer, String reason) {
        return store.written(offer.undo())
                .then(reported(new PrefixEvent.Returned(offer.prefix(), offer.peer(), reason)));
    }

    private Mono<Void> inDoubt(Offer offer, String reason) {
        return store.written(offer.doubt(reason))
                .then(reported(new PrefixEvent.InDoubt(offer.prefix(), offer.peer(), reason)));
    }

    private Mono<Void> reported(PrefixEvent event) {
        return Mono.fromRunnable(() -> listener.event(event));
    }

    /** A requester that wants more than the most that was available gets no further offer. */
    private Mono<Void> counterOffer(TypedNegotiation<PrefixValue> negotiation, PrefixValue wanted, Offer before) {
        boolean wasLess = before.prefix().length() > wanted.length();
        boolean wantsMore = PrefixObjectives.PREFIX_MANAGER.decode(
                                negotiation.untyped().objective().value())
                        instanceof Decoded.Value<PrefixValue> counter
                && counter.value().family() == wanted.family()
                && counter.value().length() < before.prefix().length();
        return wasLess && wantsMore
                ? decline(negotiation, before.peer(), "Insufficient resource")
                : answer(negotiation, before.peer());
    }
}
