package io.grasp.api;

import io.grasp.config.Limits;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.substrate.Loop;
import io.grasp.util.FailureText;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds a peer for an operation whose caller names none: first among known peers, then by discovery. Peers are tried
 * one after the other, only until one has been reached, because that peer may have acted on the request.
 * The links, and the responders that named the peers, take turns ({@link PeerTurns}).
 *
 * <pre>
 *   TRY KNOWN PEERS --- none reached ------> DISCOVER, after half of the attempts at the latest
 *   DISCOVER        --- peers found -------> TRY FOUND PEERS, and known ones that are left
 *   DISCOVER        --- none found --------> TRY AGAIN, after known ones that are left
 *   TRY FOUND PEERS --- none reached ------> TRY AGAIN, each peer whose connection neither opened nor was refused
 *   TRY AGAIN       --- none reached ------> FAILED
 *   TRY ...         --- a peer is reached -> ENDED, with its result or its error
 *   DISCOVER        --- it fails ----------> FAILED
 * </pre>
 */
final class PeerSearch<T> {
    private final Loop loop;
    private final Loop signals;
    private final EngineAsa asa;
    private final PeerSelector selector;
    private final Objective objective;
    private final GraspErrorCode none;
    private final Limits limits;
    private final Duration timeout;
    private final BiFunction<AsaLocator, Duration, Mono<T>> operation;
    /** Exists if there is a choice. */
    private @Nullable PeerTurns turns;

    private final List<AsaLocator> tried = new ArrayList<>();
    private final List<AsaLocator> silent = new ArrayList<>();
    private int attempts;
    private boolean knownAreLeft;
    private Duration connecting = Duration.ZERO;
    private final List<GraspException> failures = new ArrayList<>();
    private Duration searched = Duration.ZERO;

    private PeerSearch(
            AsaContext asa,
            Objective objective,
            GraspErrorCode none,
            RequestOptions options,
            BiFunction<AsaLocator, Duration, Mono<T>> operation) {
        this.loop = asa.loop();
        this.signals = asa.signals();
        this.asa = asa.engine();
        this.selector = options.selector();
        this.objective = objective;
        this.none = none;
        this.limits = asa.limits();
        this.timeout = asa.timeout(options);
        this.operation = operation;
    }

    /**
     * Runs an operation with a peer that each subscription finds.
     *
     * @param none the error if there is no peer
     * @param options the order of the peers; how long to look for one, and how long connections to discovered peers may
     *     take to open in total
     * @param operation runs the operation with a peer, given how long the connection to it may take to open
     * @return the operation's result
     */
    static <T> Mono<T> run(
            AsaContext asa,
            Objective objective,
            GraspErrorCode none,
            RequestOptions options,
            BiFunction<AsaLocator, Duration, Mono<T>> operation) {
        return Mono.defer(() -> new PeerSearch<>(asa, objective, none, options, operation).run());
    }

    private Mono<T> run() {
        return known().flatMap(this::tryKnown)
                .switchIfEmpty(Mono.defer(() -> asked().onErrorMap(GraspException.class, this::afterAttempts)
                        .flatMap(this::tryFound)))
                .switchIfEmpty(Mono.defer(this::tryAgain))
                .switchIfEmpty(Mono.error(this::noPeer));
    }

    /**
     * Tries each peer whose connection did not open in time once more, because packets may have been lost. A peer has
     * answered, so the discovery is not repeated (RFC 8990 section 2.5.4.3).
     */
    private Mono<T> tryAgain() {
        return Flux.fromIterable(List.copyOf(silent))
                .concatMap(peer -> tryWithin(peer, timeLeft()), 1)
                .next();
    }

    private Duration timeLeft() {
        return timeout.minus(connecting);
    }

    private Mono<List<AsaLocator>> known() {
        return LoopFlux.<AsaLocator>bounded(loop, emitter -> {
                    asa.discoverKnown(objective, EventAdapters.discovery(emitter, this::named));
                    return () -> {};
                })
                .collectList();
    }

    /** The peers that answer, and known peers that were not chosen before: together they may allow a choice. */
    private Mono<List<AsaLocator>> asked() {
        long begun = loop.nanoTime();
        Flux<AsaLocator> answers = LoopFlux.bounded(
                loop,
                emitter ->
                        asa.search(objective, timeout, this::isUsable, EventAdapters.discovery(emitter, this::named)));
        return answers.collectList()
                .doOnNext(found -> searched = Duration.ofNanos(loop.nanoTime() - begun))
                .filter(found -> !found.isEmpty() || knownAreLeft)
                .zipWith(known(), PeerSearch::union);
    }

    /** Whether a locator is usable: a connection to it can be tried. */
    private boolean isUsable(AsaLocator found) {
        return found.locator().isForSessions() && !isTried(found);
    }

    private static List<AsaLocator> union(List<AsaLocator> found, List<AsaLocator> known) {
        List<AsaLocator> all = new ArrayList<>(found);
        known.stream()
                .filter(peer -> found.stream().noneMatch(other -> isSame(peer, other)))
                .forEach(all::add);
        return all;
    }

    /** Known peers get half of the attempts, because they may all be those of responders that are wrong or gone. */
    private Mono<T> tryKnown(List<AsaLocator> known) {
        int half = (asa.peersTried() + 1) / 2;
        return untried(known).flatMap(left -> {
            knownAreLeft = left.size() > half;
            return tryEach(inTurn(left, half));
        });
    }

    private Mono<T> tryFound(List<AsaLocator> found) {
        return untried(found).flatMap(left -> tryEach(inTurn(left, asa.peersTried() - attempts)));
    }

    private List<AsaLocator> inTurn(List<AsaLocator> peers, int most) {
        return peers.size() < 2 ? peers : turns().next(peers, most);
    }

    private void named(AsaLocator peer, TrafficSource responder) {
        turns().named(peer, responder);
    }

    private PeerTurns turns() {
        PeerTurns all = turns == null ? new PeerTurns() : turns;
        turns = all;
        return all;
    }

    /** Completes empty if no peer was reached. */
    private Mono<T> tryEach(List<AsaLocator> peers) {
        return Flux.fromIterable(peers)
                .filter(peer -> !isTried(peer)) // a selector may return one twice
                .concatMap(this::tryOne, 1)
                .next();
    }

    /** {@return the chosen peers that have not been tried} */
    private Mono<List<AsaLocator>> untried(List<AsaLocator> found) {
        Mono<List<AsaLocator>> chosen =
                found.isEmpty() ? Mono.just(found) : ScheduledLoop.result(signals, () -> chosen(found));
        return chosen.map(peers -> peers.stream().filter(peer -> !isTried(peer)).toList());
    }

    private List<AsaLocator> chosen(List<AsaLocator> found) {
        try {
            return List.copyOf(selector.select(found));
        } catch (RuntimeException e) {
            throw GraspException.local(
                            GraspErrorCode.UNSPECIFIED, "the selection of a peer failed: " + FailureText.of(e))
                    .about(objective.name())
                    .causedBy(e);
        }
    }

    private boolean isTried(AsaLocator peer) {
        return tried.stream().anyMatch(other -> isSame(other, peer));
    }

    private static boolean isSame(AsaLocator one, AsaLocator other) {
        return one.locator().equals(other.locator()) && one.linkIndex() == other.linkIndex();
    }

    private Mono<T> tryOne(AsaLocator peer) {
        if (attempts < asa.peersTried()) {
            tried.add(peer);
            if (turns != null) {
                turns.tried(peer);
            }
        }
        return tryWithin(peer, timeLeft().dividedBy(2)); // leaves time for another attempt
    }

    private Mono<T> tryWithin(AsaLocator peer, Duration opening) {
        if (attempts == asa.peersTried() || opening.toMillis() <= 0) {
            return Mono.empty();
        }
        attempts++;
        long begun = loop.nanoTime();
        return operation.apply(peer, opening).onErrorResume(GraspException.class, failure -> {
            if (!mayAskAnother(failure)) {
                return Mono.error(afterAttempts(failure));
            }
            connecting = connecting.plusNanos(loop.nanoTime() - begun);
            if (isSilence(failure) && !peer.diverted() && attempts == tried.size()) {
                silent.add(peer);
            }
            failures.add(failure);
            return Mono.empty();
        });
    }

    /** The connection was neither opened nor refused. */
    private static boolean isSilence(GraspException failure) {
        return failure.isUnreached()
                && (failure.code() == GraspErrorCode.NO_NEGOTIATION_REPLY
                        || failure.code() == GraspErrorCode.NO_SYNCH_REPLY
                        || failure.getCause() instanceof SocketTimeoutException);
    }

    /** The peer cannot have acted on the request: it was not reached, or no ASA listens there. */
    private static boolean mayAskAnother(GraspException failure) {
        return failure.isUnreached()
                || failure.code() == GraspErrorCode.NO_PEER
                || failure.code() == GraspErrorCode.NO_LISTENER;
    }

    /** {@return how long the discovery has taken, and what has ended it} */
    private String waited() {
        return searched.compareTo(timeout) >= 0
                ? " within " + timeout.toMillis() + " ms, the time that this call allows for it"
                : " within " + searched.toMillis() + " ms, the time of " + limits.discoveryTries()
                        + " tries for loop count " + objective.loopCount();
    }

    /** {@return the failure of a peer or of the discovery, with those of the attempts before it} */
    private GraspException afterAttempts(GraspException failure) {
        return failures.isEmpty() ? failure : failure.after(failures);
    }

    private GraspException noPeer() {
        if (failures.isEmpty()) {
            return GraspException.local(none, "no answer to the discovery of " + objective.name() + waited())
                    .about(objective.name());
        }
        GraspException last = failures.get(failures.size() - 1);
        if (failures.size() == 1 && !last.isUnreached()) {
            return last;
        }
        String peers = tried.stream().map(peer -> peer.locator().toString()).collect(Collectors.joining(", "));
        boolean unreached = failures.stream().allMatch(GraspException::isUnreached);
        GraspException all = unreached
                ? GraspException.transport(last.code(), "none of the peers found can be reached, tried " + peers, last)
                        .unreached()
                : GraspException.peer(last.code(), "none of the peers found accepts the request, tried " + peers)
                        .causedBy(last);
        return all.about(objective.name()).after(failures.subList(0, failures.size() - 1));
    }
}
