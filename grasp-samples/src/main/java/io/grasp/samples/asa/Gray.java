package io.grasp.samples.asa;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.PeerSelector;
import io.grasp.api.RequestOptions;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.samples.text.LineOutput;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The customer. She looks for a banker, asks for a random sum, and lowers her demand by a tenth until it is met or has
 * become too little.
 */
public final class Gray {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final int DRY_RUN_BIT = 4;
    private static final int RAW_CBOR_BIT = 8;

    private final Scheduler time;
    private final RandomGenerator random;
    private final LineOutput talk;
    private boolean lastFailed;

    /**
     * @param time the scheduler of her pauses
     * @param random the source of her demands
     */
    public Gray(Scheduler time, RandomGenerator random, LineOutput talk) {
        this.time = time;
        this.random = random;
        this.talk = talk;
    }

    /**
     * Bargains a number of times.
     *
     * @param count the number of rounds
     * @param pause the pause between two rounds
     * @return each round when it has ended, including failed ones
     */
    public Flux<NegotiationReport> run(Grasp grasp, long count, Duration pause) {
        return grasp.registerAsa("Gray").flatMapMany(asa -> run(asa, count, () -> pause));
    }

    /**
     * Bargains a number of times, for an ASA that is registered.
     *
     * @param count the number of rounds
     * @param pause returns the pause before the next round
     * @return each round when it has ended, including failed ones
     */
    public Flux<NegotiationReport> run(Asa asa, long count, Supplier<Duration> pause) {
        return asa.register(EX3.withDryRun(true), RegistrationOptions.DEFAULTS.withOverlap(true))
                .thenMany(Flux.defer(() -> rounds(asa, count, pause)));
    }

    private Flux<NegotiationReport> rounds(Asa asa, long count, Supplier<Duration> pause) {
        Flux<NegotiationReport> more = Flux.defer(() -> round(asa).delaySubscription(pause.get(), time))
                .repeat()
                .take(count - 1);
        return count == 1 ? round(asa).flux() : round(asa).concatWith(more);
    }

    private Mono<NegotiationReport> round(Asa asa) {
        return Mono.defer(() -> {
            Demand demand = new Demand(random.nextInt(10, 501), random.nextInt(4, 21));
            talk.say("Asking for NZD " + demand.wanted + (demand.dryRun ? ", dry run" : "")
                    + (demand.raw ? ", as raw CBOR" : ""));
            // After a failure the cached locators of bankers may be out of date.
            DiscoverOptions known = DiscoverOptions.knownOnly();
            return asa.discover(EX3, lastFailed ? known.withoutCached() : known)
                    .then(bargain(asa, demand))
                    .onErrorResume(failure -> Mono.just(demand.failed(failure)))
                    .doOnNext(round -> lastFailed = round.hasFailed());
        });
    }

    private List<AsaLocator> select(List<AsaLocator> found) {
        List<AsaLocator> bankers = PeerSelector.DEFAULT.select(found);
        bankers.stream().findFirst().ifPresent(banker -> talk.say("Found a banker at " + banker.locator()));
        return bankers;
    }

    private Mono<NegotiationReport> bargain(Asa asa, Demand demand) {
        return asa.negotiate(
                        demand.request(),
                        RequestOptions.DEFAULTS.withPeerSelector(this::select),
                        offers -> offers.map(demand::answer))
                .map(outcome -> NegotiationReport.concluded(outcome, demand.wanted, demand.dryRun, demand.steps))
                .onErrorMap(
                        failure -> failure instanceof GraspException known
                                && known.code() == GraspErrorCode.NO_DISCOVERY_REPLY,
                        failure -> new IllegalStateException("Discovery failed: no peer offers EX3", failure));
    }

    /** The demand of Gray in one round. */
    private final class Demand {
        private final long wanted;
        private final int loopCount;
        private final boolean dryRun;
        private final boolean raw;
        private int steps;
        private long asking;

        Demand(int wanted, int loopCount) {
            this.wanted = wanted;
            this.loopCount = loopCount;
            this.dryRun = (wanted & DRY_RUN_BIT) != 0;
            this.raw = (wanted & RAW_CBOR_BIT) != 0;
            this.asking = wanted;
        }

        Objective request() {
            return EX3.withDryRun(dryRun)
                    .withLoopCount(loopCount)
                    .withValue(Money.nzd(wanted).value(raw));
        }

        Move answer(Objective offer) {
            steps++;
            Money money = Money.read(offer);
            if (money == null || !money.isNzd()) {
                return Move.decline("Invalid offer");
            }
            long offered = money.amount();
            asking = asking * 9 / 10;
            if (offered >= asking) {
                talk.say("Offered NZD " + offered + ": accepted");
                return Move.accept();
            }
            if (asking < wanted * 7 / 10) {
                talk.say("Offered NZD " + offered + ": You are mean!");
                return Move.decline("You are mean!");
            }
            talk.say("Offered NZD " + offered + ", asking for NZD " + asking);
            steps++;
            return Move.propose(Money.nzd(asking).value(raw));
        }

        NegotiationReport failed(Throwable failure) {
            return NegotiationReport.failed(failure, wanted, dryRun, steps);
        }
    }
}
