package io.grasp.samples.prefix.manager;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedNegotiation;
import io.grasp.api.TypedOutcome;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NodeLocators;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixForm;
import io.grasp.samples.prefix.PrefixObjectives;
import io.grasp.samples.prefix.PrefixValue;
import io.grasp.samples.prefix.pool.PoolException;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.StoreException;
import io.grasp.samples.text.NodeAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Requests a prefix from one provider after the other, until one has assigned it (RFC 8992 section 4.1): first from the
 * one that has helped last, without a discovery; then from those that a discovery finds, in the order of their answers.
 * Confined to the thread of the ASA's signals.
 */
final class PrefixRequester {
    private final AsaNode node;
    private final Asa asa;
    private final PrefixManagerConfig config;
    private final PrefixPool pool;
    private final PrefixEvent.Listener listener;
    private final KnownProviders providers;
    private final StoreRetry store;

    PrefixRequester(
            AsaNode node,
            Asa asa,
            PrefixManagerConfig config,
            PrefixPool pool,
            KnownProviders providers,
            StoreRetry store,
            PrefixEvent.Listener listener) {
        this.node = node;
        this.asa = asa;
        this.config = config;
        this.pool = pool;
        this.listener = listener;
        this.providers = providers;
        this.store = store;
    }

    /**
     * Requests a prefix.
     *
     * @param need what is needed
     * @param excluded addresses of nodes that are not asked, because they wait for this one
     * @return the prefix, which is in the pool; empty if no provider has assigned one. Cancelling it ends the session
     */
    Mono<Prefix> obtain(PrefixNeed need, Set<NodeAddress> excluded) {
        Optional<AsaLocator> good = providers.good(excluded);
        return Mono.justOrEmpty(good)
                .flatMap(provider -> ask(provider, need))
                .switchIfEmpty(node.locators()
                        .flatMap(own -> discovered(need, own, excluded, good)
                                .switchIfEmpty(Flux.defer(() -> notFound(need, good)))
                                .concatMap(provider -> ask(provider, need), 1)
                                .next()))
                .doOnError(GraspException.class, failure -> notObtained(need, "", failure));
    }

    private Flux<AsaLocator> notFound(PrefixNeed need, Optional<AsaLocator> asked) {
        if (asked.isEmpty()) {
            notObtained(need, "", new NotAssigned("no provider was found"));
        }
        return Flux.empty();
    }

    private void notObtained(PrefixNeed need, String provider, Throwable failure) {
        listener.event(new PrefixEvent.NotObtained(
                need.family(), need.length(), provider, String.valueOf(failure.getMessage())));
    }

    private TypedAsa<PrefixValue> objective(PrefixNeed need) {
        return asa.typed(PrefixObjectives.PREFIX_MANAGER.withLoopCount(need.loopCount()));
    }

    /** {@return the providers that a discovery finds, except one that was asked before, in the order to ask them} */
    private Flux<AsaLocator> discovered(
            PrefixNeed need, NodeLocators own, Set<NodeAddress> excluded, Optional<AsaLocator> asked) {
        List<AsaLocator> later = new ArrayList<>();
        DiscoverOptions options = DiscoverOptions.within(config.times.discovery());
        return objective(need)
                .discover(asked.isPresent() ? options.withoutCached() : options)
                .filter(found -> KnownProviders.isUsable(found, excluded) && !isSelf(found, own))
                .filter(found -> asked.map(before -> !KnownProviders.isSame(before, found))
                        .orElse(true))
                .filter(found -> providers.group(found, node.now()) == 0 || !later.add(found))
                .concatWith(Flux.defer(() -> {
                    later.sort(Comparator.comparing(found -> providers.group(found, node.now())));
                    return Flux.fromIterable(later);
                }));
    }

    /** A provider that is a requester, too, discovers itself. */
    private static boolean isSelf(AsaLocator found, NodeLocators own) {
        return own.links().stream()
                .anyMatch(link -> found.locator().equals(link.locator())
                        || found.locator().equals(link.linkLocal()));
    }

    private Mono<Prefix> ask(AsaLocator provider, PrefixNeed need) {
        RequestOptions options = RequestOptions.to(provider).withTimeout(config.times.answer());
        String name = provider.locator().toString();
        return objective(need)
                .requestNegotiate(request(need), options)
                .flatMap(negotiation -> answered(negotiation, need, config.counterOffers, prefix -> {
                    providers.helped(provider, prefix);
                    listener.event(new PrefixEvent.Obtained(prefix, name));
                }))
                .timeout(config.times.longestWait().multipliedBy(2), node.scheduler())
                .onErrorResume(PrefixRequester::isOfOneProvider, failure -> {
                    providers.failed(provider, node.now());
                    notObtained(need, name, failure);
                    return Mono.empty();
                });
    }

    private static boolean isOfOneProvider(Throwable failure) {
        return failure instanceof GraspException
                || failure instanceof TimeoutException
                || failure instanceof NotAssigned;
    }

    private PrefixValue request(PrefixNeed need) {
        PrefixForm form = config.form == PrefixForm.BASE && need.family() == AddressFamily.IPV4
                ? PrefixForm.EXTENDED
                : config.form;
        return PrefixValue.request(form, need.family(), need.length());
    }

    private Mono<Prefix> answered(
            TypedNegotiation<PrefixValue> negotiation, PrefixNeed need, int counters, Consumer<Prefix> obtained) {
        TypedOutcome<PrefixValue> outcome = negotiation.outcome().orElse(null);
        if (outcome instanceof TypedOutcome.Declined<PrefixValue> declined) {
            return Mono.error(new NotAssigned("declined: " + declined.reason()));
        } else if (outcome != null) {
            return Mono.error(new NotAssigned("the provider has accepted a request without offering a prefix"));
        }
        Prefix offered = offered(negotiation.offer().value(), need).orElse(null);
        if (offered == null) {
            return decline(negotiation, "Invalid offer");
        } else if (offered.length() > need.longest()) {
            return counters > 0 && negotiation.offer().loopCount() > 1
                    ? negotiation
                            .step(request(need.withLength(need.longest())))
                            .flatMap(again -> answered(again, need, counters - 1, obtained))
                    : decline(negotiation, "Insufficient offer");
        }
        return take(negotiation, offered, obtained);
    }

    /**
     * The prefix is on stable storage before it is accepted. If the acceptance has not been sent, the provider's
     * doubt is enough. If it may have been sent, this node is in doubt, too, and an offer is not accepted late,
     * because some providers use a prefix again if the acceptance does not come in time.
     */
    private Mono<Prefix> take(TypedNegotiation<PrefixValue> negotiation, Prefix offered, Consumer<Prefix> obtained) {
        Duration end = node.now().plus(config.times.acceptance());
        return Mono.usingWhen(
                        store.reported(pool.acquire(PeerName.of(negotiation.peer()), offered))
                                .onErrorResume(
                                        StoreException.class,
                                        failure -> decline(
                                                negotiation,
                                                PrefixProvider.NOT_STORED,
                                                offered + ": " + failure.getMessage()))
                                .onErrorResume(
                                        PoolException.class,
                                        refusal -> decline(
                                                negotiation,
                                                refusal.reason().declineText(),
                                                offered + ": " + refusal.getMessage())),
                        acquisition -> node.now().compareTo(end) > 0
                                ? decline(negotiation, "Offer could not be stored in time")
                                : negotiation.accept(),
                        acquisition -> store.written(acquisition.complete())
                                .then(Mono.fromRunnable(() -> obtained.accept(offered))),
                        (acquisition, failure) -> store.written(
                                mayBeSent(failure)
                                        ? acquisition.doubt(String.valueOf(failure.getMessage()))
                                        : acquisition.abandon()),
                        acquisition -> store.written(acquisition.doubt("stopped while it was accepted")))
                .thenReturn(offered);
    }

    /** {@return whether an acceptance that has failed may have been sent} Otherwise the session had ended before. */
    private static boolean mayBeSent(Throwable failure) {
        return failure instanceof GraspException known
                && (known.code() == GraspErrorCode.SOCKET_ERROR_END || known.code() == GraspErrorCode.NO_SESSION);
    }

    private static Optional<Prefix> offered(PrefixValue value, PrefixNeed need) {
        return value.family() == need.family() ? value.prefix().filter(Prefix::isAssignable) : Optional.empty();
    }

    private static <T> Mono<T> decline(TypedNegotiation<PrefixValue> negotiation, String reason) {
        return decline(negotiation, reason, reason);
    }

    /** If the session has failed meanwhile, the offer has not been accepted either. */
    private static <T> Mono<T> decline(TypedNegotiation<PrefixValue> negotiation, String reason, String reported) {
        return negotiation
                .decline(reason)
                .onErrorComplete(GraspException.class)
                .then(Mono.error(new NotAssigned(reported)));
    }

    /** A provider has answered, but this node has no prefix of it. */
    private static final class NotAssigned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotAssigned(String reason) {
            super(reason, null, false, false);
        }
    }
}
