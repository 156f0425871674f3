package io.grasp.samples.selftest;

import io.grasp.api.Move;
import io.grasp.api.Negotiation;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;

/**
 * Negotiates about sums of money, each time with the same reserves: gives half of them at once, then asks for time and
 * offers three quarters, and then declines.
 */
final class Banker {
    static final int RESERVES = 200;
    static final String NO_FUNDS = "\u041d\u0435\u0434\u043e\u0441\u0442\u0430\u0442\u043e\u0447\u043d\u043e"
            + " \u0441\u0440\u0435\u0434\u0441\u0442\u0432"; // not only ASCII: "insufficient funds"
    static final String WRONG_CURRENCY = "Invalid currency";
    static final String RUBBISH = "Invalid request";

    private static final String NZD = "NZD";
    private static final Duration WAIT = Duration.ofSeconds(15);
    private static final Duration THOUGHT = Duration.ofMillis(100);

    private final Scheduler time;
    private final AtomicReference<NegotiationOutcome> last = new AtomicReference<>();

    Banker(Scheduler time) {
        this.time = time;
    }

    static List<Object> nzd(int amount) {
        return List.of(NZD, amount);
    }

    /** {@return the sum that an objective holds, {@code null} if it is another value or in another currency} */
    static @Nullable Integer amount(Objective objective) {
        JsonNode value = objective.value().asJson();
        return isMoney(value) && value.path(0).asString("").equals(NZD)
                ? value.path(1).intValue()
                : null;
    }

    private static boolean isMoney(JsonNode value) {
        return value.isArray()
                && value.size() == 2
                && value.path(0).isString()
                && value.path(1).isInt();
    }

    /** Negotiates. */
    Mono<Void> serve(Negotiation negotiation) {
        List<Integer> offers = new ArrayList<>();
        return negotiation
                .converse(asked -> asked.concatMap(objective -> answer(objective, offers)))
                .doOnNext(last::set)
                .then();
    }

    /** {@return how the last negotiation ended} */
    @Nullable
    NegotiationOutcome last() {
        return last.get();
    }

    private Flux<Move> answer(Objective asked, List<Integer> offers) {
        if (!isMoney(asked.value().asJson())) {
            return Flux.just(Move.decline(RUBBISH));
        }
        Integer amount = amount(asked);
        if (amount == null) {
            return Flux.just(Move.decline(WRONG_CURRENCY));
        }
        if (amount <= (offers.isEmpty() ? RESERVES / 2 : offers.get(offers.size() - 1))) {
            return Flux.just(Move.accept());
        }
        return switch (offers.size()) {
            case 0 -> offer(RESERVES / 2, offers).flux();
            case 1 ->
                Flux.concat(
                        Mono.just(Move.waitFor(WAIT)), Mono.delay(THOUGHT, time).then(offer(RESERVES / 4 * 3, offers)));
            default -> Flux.just(Move.decline(NO_FUNDS));
        };
    }

    private static Mono<Move> offer(int amount, List<Integer> offers) {
        return Mono.fromSupplier(() -> {
            offers.add(amount);
            return Move.propose(nzd(amount));
        });
    }
}
