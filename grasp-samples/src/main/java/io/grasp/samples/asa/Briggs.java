package io.grasp.samples.asa;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.api.SynchronizationResponder;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.samples.text.LineOutput;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The banker. He floods the time as EX1, serves EX2 by synchronization and bargains over EX3 with any customer, each
 * time with random reserves.
 */
public final class Briggs {
    /** What he can be asked for when he is ready. */
    public static final String READY = "Ready: EX1 is flooded, EX2 is served, EX3 is open to bargain";

    static final Objective EX1 = Objective.synchronizable("EX1").withLoopCount(4);
    static final Objective EX2 = Objective.synchronizable("EX2").withLoopCount(4);
    static final Objective EX3 = Objective.negotiable("EX3").withDryRun(true);

    private static final Duration FLOOD_PERIOD = Duration.ofSeconds(60);
    /** Longer than the period, so that a late flood causes no gap. */
    private static final Duration FLOOD_TTL = Duration.ofSeconds(90);

    static final int LEAST_RESERVES = 100;
    static final int MOST_RESERVES = 400;

    private static final Duration WAIT = Duration.ofSeconds(15);
    /** Long enough for the peer to read the M_WAIT separately: some peers treat one read as one message. */
    private static final int SHORTEST_THOUGHT_MILLIS = 200;

    private static final int LONGEST_THOUGHT_MILLIS = 2000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC from Briggs'").withZone(ZoneOffset.UTC);

    private final Scheduler time;
    private final Clock clock;
    private final RandomGenerator random;
    private final LineOutput talk;
    private final Consumer<NegotiationReport> rounds;
    private final IntSupplier mostReserves;

    /**
     * @param time the scheduler of his delays
     * @param clock the clock that he floods
     * @param random the source of his reserves and delays
     * @param rounds receives each negotiation when it has ended
     */
    public Briggs(
            Scheduler time, Clock clock, RandomGenerator random, LineOutput talk, Consumer<NegotiationReport> rounds) {
        this(time, clock, random, talk, rounds, () -> MOST_RESERVES);
    }

    private Briggs(
            Scheduler time,
            Clock clock,
            RandomGenerator random,
            LineOutput talk,
            Consumer<NegotiationReport> rounds,
            IntSupplier mostReserves) {
        this.mostReserves = mostReserves;
        this.time = time;
        this.clock = clock;
        this.random = random;
        this.talk = talk;
        this.rounds = rounds;
    }

    /**
     * {@return the same banker with other bounds of his reserves}
     *
     * @param most returns the upper bound, at least 100
     */
    Briggs withReserves(IntSupplier most) {
        return new Briggs(time, clock, random, talk, rounds, most);
    }

    /** Runs until it is cancelled or the node is closed; says when he is ready. */
    public Mono<Void> run(Grasp grasp) {
        return run(grasp, () -> talk.say(READY));
    }

    /**
     * Runs until it is cancelled or the node is closed.
     *
     * @param whenReady runs when he is ready
     */
    public Mono<Void> run(Grasp grasp, Runnable whenReady) {
        return grasp.registerAsa("Briggs").flatMap(asa -> run(asa, whenReady));
    }

    /**
     * Runs until it is cancelled or the ASA is deregistered.
     *
     * @param asa the ASA, which is registered
     * @param whenReady runs when he is ready
     */
    public Mono<Void> run(Asa asa, Runnable whenReady) {
        return asa.register(EX1)
                .then(asa.register(EX2))
                .then(asa.register(EX3, RegistrationOptions.DEFAULTS.withOverlap(true)))
                .then(asa.listenSynchronize(EX2.withValue(List.of(1, "two", 3))))
                // Late nodes, which have missed the last flood, can ask for its value (RFC 8990 section 2.5.6.2).
                .then(asa.listenSynchronize(EX1.withValue((Object) now())))
                // the bargaining ends with the node or the ASA, and so does the flooding
                .flatMap(late -> Mono.firstWithSignal(
                        bargain(asa),
                        flood(asa, late),
                        Mono.<Void>fromRunnable(whenReady).then(Mono.never())));
    }

    private String now() {
        return TIME.format(clock.instant());
    }

    private Mono<Void> flood(Asa asa, SynchronizationResponder late) {
        return Flux.interval(Duration.ZERO, FLOOD_PERIOD, time)
                .onBackpressureDrop()
                .map(tick -> now())
                .concatMap(now -> late.update(now)
                        .then(asa.flood(EX1.withValue((Object) now), FLOOD_TTL))
                        .onErrorResume(GraspException.class, failure -> {
                            talk.say("Flood failed: " + failure.getMessage());
                            return Mono.empty();
                        }))
                .onErrorComplete(GraspException.class) // the interval ends with the node
                .then();
    }

    private Mono<Void> bargain(Asa asa) {
        return asa.listenNegotiate(EX3, this::bargain);
    }

    private Mono<Void> bargain(Negotiation negotiation) {
        Objective request = negotiation.objective();
        Money wanted = Money.read(request);
        Long asked = wanted == null || !wanted.isNzd() ? null : wanted.amount();
        Till till = new Till(
                random.nextInt(LEAST_RESERVES, mostReserves.getAsInt() + 1),
                request.value().isRawCbor());
        talk.say(
                asked == null
                        ? "Asked for " + request.value()
                        : "Asked for NZD " + asked + (request.isDryRun() ? ", dry run" : "") + "; reserves are NZD "
                                + till.reserves);
        return negotiation
                .converse(offers -> offers.concatMap(till::answer))
                .map(outcome -> NegotiationReport.concluded(outcome, asked, request.isDryRun(), till.steps))
                .onErrorResume(
                        failure -> Mono.just(NegotiationReport.failed(failure, asked, request.isDryRun(), till.steps)))
                .doOnNext(rounds)
                .then();
    }

    /** Why he does not bargain over a value, {@code null} if he does. */
    private static @Nullable String objection(@Nullable Money money) {
        if (money == null) {
            return "Invalid request";
        }
        return money.isNzd() ? null : money.amount() < 0 ? "Invalid amount" : "Invalid currency";
    }

    /** The reserves of Briggs in one negotiation. */
    private final class Till {
        private final int reserves;
        private final boolean raw;
        private long proffer;
        private long asked;
        private int steps;

        Till(int reserves, boolean raw) {
            this.reserves = reserves;
            this.raw = raw;
        }

        /** One of his turns; now and then he asks for time first. */
        Flux<Move> answer(Objective offer) {
            boolean first = proffer == 0;
            steps += first ? 0 : 1;
            Money money = Money.read(offer);
            String objection = objection(money);
            if (money == null || objection != null) {
                return Flux.just(Move.decline(objection == null ? "" : objection));
            }
            asked = money.amount();
            Mono<Move> move = Mono.fromSupplier(first ? this::firstMove : this::nextMove);
            if (first || random.nextInt(2) == 0) {
                return move.flux();
            }
            Duration thought = Duration.ofMillis(random.nextInt(SHORTEST_THOUGHT_MILLIS, LONGEST_THOUGHT_MILLIS));
            talk.say("Let me think about NZD " + asked);
            return Flux.concat(
                    Mono.just(Move.waitFor(WAIT)), Mono.delay(thought, time).then(move));
        }

        private Move firstMove() {
            proffer = reserves / 2;
            return asked <= proffer ? accept() : offer();
        }

        private Move nextMove() {
            if (asked <= proffer) {
                return accept();
            }
            if (proffer >= 0.6 * reserves) {
                talk.say("Asked for NZD " + asked + ": Insufficient funds");
                return Move.decline("Insufficient funds");
            }
            // always a little mean
            proffer = Math.min(proffer + 10, asked - 1);
            return offer();
        }

        private Move accept() {
            talk.say("Asked for NZD " + asked + ": accepted");
            return Move.accept();
        }

        private Move offer() {
            steps++;
            talk.say("Offering NZD " + proffer);
            return Move.propose(Money.nzd(proffer).value(raw));
        }
    }
}
