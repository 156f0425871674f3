package io.grasp.samples.prefix.manager;

import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.ListenOptions;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.model.GraspException;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.PrefixObjectives;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.pool.LengthRange;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * PrefixManager.Params on one node (RFC 8992 section 6): an origin floods the parameters and serves them to nodes that
 * have missed the flood; other nodes use the last ones that they have got. Confined to the thread of the ASA's signals.
 */
final class ParamsExchange {
    private final PrefixManagerConfig config;
    private final LengthRange granted;
    private final Retries retries;
    private final PrefixEvent.Listener listener;
    private PrefixParams announced = new PrefixParams(Map.of());
    private ParamsSource source = ParamsSource.BUILT_IN;

    /** Completes when the parameters are known, or the first attempt to get them has failed. */
    private final Sinks.Empty<Void> tried = Sinks.empty();

    /** @param granted the lengths of IPv6 prefixes that this node would grant, and expects others to grant */
    ParamsExchange(PrefixManagerConfig config, LengthRange granted, Retries retries, PrefixEvent.Listener listener) {
        this.config = config;
        this.granted = granted;
        this.retries = retries;
        this.listener = listener;
    }

    /** {@return the parameters that were announced last; empty before} */
    PrefixParams announced() {
        return announced;
    }

    /** {@return how the announced parameters have come} */
    ParamsSource source() {
        return source;
    }

    /**
     * {@return the length for the role of this device; empty if it has none} That of the operator takes precedence over
     * the announced one, and this over the built-in one. An announced length that no provider grants is ignored: any
     * member can flood the parameters (RFC 9222 section 9.2).
     */
    OptionalInt length() {
        OptionalInt ofOperator = lengthIn(config.params).findFirst();
        return ofOperator.isPresent()
                ? ofOperator
                : Stream.of(announced, PrefixParams.DEFAULTS)
                        .flatMapToInt(this::lengthIn)
                        .filter(granted::contains)
                        .findFirst();
    }

    private IntStream lengthIn(PrefixParams params) {
        return config.deviceRole.map(role -> params.lengthFor(role).stream()).orElse(IntStream.empty());
    }

    /**
     * {@return completes when the length of requests is known, or the built-in parameters are used because none were
     * found} Requests wait for it, so that the first ones have the length that is announced.
     */
    Mono<Void> tried() {
        boolean matters = config.deviceRole.isPresent()
                && config.needs.values().stream()
                        .anyMatch(needs -> needs.length().isEmpty());
        return matters ? tried.asMono() : Mono.empty();
    }

    /** Announces or follows the parameters until it is cancelled; it ends when the ASA is deregistered. */
    Mono<Void> run(AsaNode node, Asa asa) {
        TypedAsa<PrefixParams> params =
                asa.typed(PrefixObjectives.PREFIX_MANAGER_PARAMS.withLoopCount(config.loopCount));
        return config.role == ManagerRole.ORIGIN
                ? params.register().flatMap(registered -> announce(node, registered))
                : Mono.when(follow(params), synchronize(params));
    }

    private Mono<Void> announce(AsaNode node, TypedAsa<PrefixParams> params) {
        PrefixParams own = PrefixParams.DEFAULTS.overriddenBy(config.params);
        learned(own, ParamsSource.OWN);
        FloodOptions options = FloodOptions.validFor(config.times.floodTtl());
        Mono<Void> floods = Flux.interval(Duration.ZERO, config.times.floodPeriod(), node.scheduler())
                .onBackpressureDrop()
                .concatMap(beat -> params.flood(own, options)
                        .onErrorResume(GraspException.class, notSent -> Mono.empty())) // the next one may be
                .then();
        return Mono.when(params.listenSynchronize(Flux.just(own)), floods);
    }

    private Mono<Void> follow(TypedAsa<PrefixParams> params) {
        return params.floods(
                flood -> {
                    learned(flood.value(), ParamsSource.FLOODED);
                    return Mono.empty();
                },
                ListenOptions.DEFAULTS);
    }

    /** Asks for the parameters until they are known: a node that starts between two floods has missed the last one. */
    private Mono<Void> synchronize(TypedAsa<PrefixParams> params) {
        return Mono.defer(() -> source == ParamsSource.BUILT_IN
                        ? params.synchronize(RequestOptions.within(config.times.answer()))
                        : Mono.<PrefixParams>empty())
                .doOnNext(value -> {
                    if (source == ParamsSource.BUILT_IN) {
                        learned(value, ParamsSource.SYNCHRONIZED);
                    }
                })
                .doOnError(failure -> tried.tryEmitEmpty())
                .retryWhen(retries.when(GraspException.class::isInstance))
                .then();
    }

    private void learned(PrefixParams value, ParamsSource how) {
        boolean changed = !value.equals(announced);
        announced = value;
        source = how;
        tried.tryEmitEmpty();
        if (changed) {
            listener.event(new PrefixEvent.ParamsChanged(value, how));
        }
    }
}
