package io.grasp.samples;

import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NoPeerErrors;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.ObjectiveName;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Negotiates with an ASA that supports an objective. */
@Command(
        name = "negotiate",
        description = "Requests a value; accepts the first offer that is good enough, and declines any other;"
                + " exits with " + ExitCodes.DECLINED + " if the negotiation is declined.")
final class NegotiateCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            converter = ObjectiveName.class,
            description = "The objective's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "JSON", description = "The requested value.")
    private String json = "";

    @Option(
            names = "--accept-below",
            paramLabel = "N",
            description = "Accept an offer only if its number, or the last number in its array, is below this one."
                    + " Default: accept any offer.")
    private @Nullable Double acceptBelow;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds to wait for a peer, and then for each of its messages, unless it asks for more."
                    + " Default: 60000.")
    private @Nullable Long timeoutMillis;

    @Option(names = "--loop-count", paramLabel = "N", description = NetworkOptions.LOOP_COUNT_OF_NEGOTIATION)
    private @Nullable Integer loopCount;

    NegotiateCommand() {}

    @Override
    public Integer call() {
        ObjectiveValue value = network.value(json);
        Objective objective = network.loopCount(Objective.negotiable(name), loopCount);
        RequestOptions options = timeoutMillis == null
                ? RequestOptions.DEFAULTS
                : RequestOptions.within(network.millis("--timeout", timeoutMillis, 1));
        AtomicInteger steps = new AtomicInteger();
        NegotiationOutcome outcome = network.withNode(grasp -> grasp.registerAsa("negotiate")
                .flatMap(asa -> asa.register(objective)
                        .then(NoPeerErrors.on(
                                grasp,
                                name,
                                asa.negotiate(
                                        objective.withValue(value),
                                        options,
                                        offers -> offers.doOnNext(offer -> steps.incrementAndGet())
                                                .map(this::answer))))));
        if (outcome == null) {
            return 1;
        }
        Result result = Result.of(outcome, steps.get());
        network.output().result(result, result.describe(name));
        return outcome instanceof Declined ? ExitCodes.DECLINED : 0;
    }

    private Move answer(Objective offer) {
        if (acceptBelow == null) {
            return Move.accept();
        }
        Double number = lastNumber(JsonValues.show(offer.value()));
        return number != null && number < acceptBelow ? Move.accept() : Move.decline("Not good enough");
    }

    private static @Nullable Double lastNumber(@Nullable JsonNode value) {
        JsonNode node = value != null && value.isArray() && !value.isEmpty() ? value.get(value.size() - 1) : value;
        return node != null && node.isNumber() ? node.asDouble() : null;
    }

    /** A line of output. */
    private record Result(
            String outcome,
            @Nullable JsonNode value,
            @Nullable String reason,
            int steps) {

        static Result of(NegotiationOutcome outcome, int steps) {
            if (outcome instanceof Accepted accepted) {
                return new Result(
                        "accepted", JsonValues.show(accepted.objective().value()), null, steps);
            }
            return new Result("declined", null, ((Declined) outcome).reason(), steps);
        }

        String describe(String name) {
            return value == null ? "Declined: " + reason : "Accepted: " + name + " = " + value;
        }
    }
}
