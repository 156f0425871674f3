package io.grasp.samples.onboarding;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.model.FloodedObjective;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.LineOutput;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Finds a join proxy as a pledge does (RFC 8995 section 4.1): it listens for floods of {@code AN_Proxy} by DULL, and
 * tries the proxies that it hears of, in random order. While an attempt runs, the next one begins 3 to 5 s after it. If
 * too many run, the oldest is given up for the next one (section 5.1), so that proxies that only hold the pledge up do
 * not keep it from the others. A proxy that fails is removed from the flood cache, and tried again after a pause that
 * doubles from 10 s up to an hour. When all have failed, it listens again.
 */
public final class Pledge {
    private static final String AN_ACP = "AN_ACP";
    private static final long SHORTEST_GAP_MILLIS = 3_000;
    private static final long LONGEST_GAP_MILLIS = 5_000;

    /** The time in which further floods may follow the first one before one is chosen: cached ones come together. */
    private static final Duration GATHERING = Duration.ofMillis(100);

    /** The maximum number of attempts at one time. The oldest has by then run for 24 s at least. */
    private static final int AT_ONCE = 8;

    private final Grasp dull;
    private final List<String> names;
    private final RandomGenerator random;
    private final LineOutput talk;
    private final KnownProxies known;
    private final Scheduler time;

    /**
     * A pledge.
     *
     * @param dull the DULL instance, which allows these {@linkplain #objectives objectives}
     * @param graspyName whether it also listens for {@code AN_proxy}, as graspy spells it
     * @param random chooses proxies and gaps
     * @param talk receives lines about what the pledge does
     */
    public Pledge(Grasp dull, boolean graspyName, RandomGenerator random, LineOutput talk) {
        this.dull = dull;
        this.names = graspyName
                ? List.of(JoinObjectives.PROXY.name(), JoinObjectives.GRASPY_PROXY.name())
                : List.of(JoinObjectives.PROXY.name());
        this.random = random;
        this.talk = talk;
        this.known = new KnownProxies(random);
        this.time = dull.scheduler();
    }

    /**
     * The objectives that the DULL instance of a pledge must allow. A proxy may flood {@code AN_ACP} in the same
     * message (RFC 8995 section 4.1.1), which an instance that does not allow it would discard.
     *
     * @param graspyName whether graspy's name is one of them
     * @return their names
     */
    public static String[] objectives(boolean graspyName) {
        return graspyName
                ? new String[] {JoinObjectives.PROXY.name(), AN_ACP, JoinObjectives.GRASPY_PROXY.name()}
                : new String[] {JoinObjectives.PROXY.name(), AN_ACP};
    }

    /**
     * Tries proxies until one attempt succeeds.
     *
     * @param attempt enrols through a proxy: it must bound its time itself, and use a fresh nonce each time. The first
     *     value ends the search; an attempt that fails, or completes without a value, has failed. Called on the loop;
     *     it may signal on any thread. It is cancelled when another one has succeeded, or when it is the oldest of 8
     *     and another proxy waits
     * @return the value of the first attempt that succeeds. Cancelling it cancels the attempts
     */
    public <T> Mono<T> enroll(Function<JoinProxyPlace, Mono<T>> attempt) {
        return Mono.usingWhen(
                dull.registerAsa("pledge"),
                asa -> search(asa, attempt),
                asa -> asa.deregister().onErrorComplete());
    }

    private <T> Mono<T> search(Asa asa, Function<JoinProxyPlace, Mono<T>> attempt) {
        Sinks.Many<Boolean> heard = Sinks.many().multicast().directBestEffort();
        Flux<T> listening = Flux.fromIterable(names)
                .flatMap(asa::floods, names.size())
                .doOnNext(flooded -> {
                    known.heard(flooded, dull.now());
                    heard.tryEmitNext(true);
                })
                .thenMany(Flux.empty());
        Queue<Sinks.One<T>> running = new ArrayDeque<>();
        Flux<T> attempts = Mono.defer(() -> Mono.justOrEmpty(known.choose(dull.now())))
                .repeatWhen(rounds -> rounds.concatMap(chosen -> chosen > 0 ? gap() : change(heard.asFlux()), 1))
                .flatMap(place -> tried(asa, place, attempt, running), AT_ONCE + 1, 1);
        return Flux.merge(listening, attempts).next();
    }

    /** {@return completes when the next attempt may begin while others run} */
    private Mono<Boolean> gap() {
        long millis = random.nextLong(SHORTEST_GAP_MILLIS, LONGEST_GAP_MILLIS + 1);
        return Mono.delay(Duration.ofMillis(millis), time).thenReturn(true);
    }

    /** {@return completes when there may be a proxy to try} */
    private Mono<Boolean> change(Flux<Boolean> heard) {
        Mono<Boolean> flood = heard.next().delayElement(GATHERING, time);
        Duration now = dull.now();
        return known.nextReady(now)
                .map(ready -> Mono.firstWithSignal(
                        flood, Mono.delay(ready.minus(now).plusMillis(1), time).thenReturn(true)))
                .orElse(flood);
    }

    private <T> Mono<T> tried(
            Asa asa, JoinProxyPlace place, Function<JoinProxyPlace, Mono<T>> attempt, Queue<Sinks.One<T>> running) {
        return Mono.defer(() -> {
                    Sinks.One<T> end = begun(running);
                    talk.say("Trying the proxy at " + place);
                    return Mono.firstWithSignal(
                                    end.asMono(),
                                    Mono.defer(() -> attempt.apply(place))
                                            .switchIfEmpty(
                                                    Mono.error(() -> new IllegalStateException("it did not enrol"))))
                            .publishOn(time)
                            .doOnTerminate(() -> running.remove(end));
                })
                .onErrorResume(failure -> {
                    talk.say("The proxy at " + place + " failed: " + Failures.oneLine(failure));
                    FloodedObjective stale = known.failed(place, dull.now());
                    return stale == null
                            ? Mono.empty()
                            : asa.expireFlood(stale).onErrorComplete().then(Mono.empty());
                });
    }

    /** {@return what ends an attempt that begins} If too many run, the oldest ends now. */
    private static <T> Sinks.One<T> begun(Queue<Sinks.One<T>> running) {
        if (running.size() == AT_ONCE) {
            running.remove().tryEmitError(new IllegalStateException("others wait to be tried"));
        }
        Sinks.One<T> end = Sinks.one();
        running.add(end);
        return end;
    }
}
