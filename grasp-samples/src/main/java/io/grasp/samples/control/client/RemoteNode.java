package io.grasp.samples.control.client;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.Locator;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.text.LocatorText;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The node of a daemon, which acts for a command. All methods block until the action is over.
 */
public final class RemoteNode implements AutoCloseable {
    private static final String OBJECTIVE = "objective";

    private final ControlClient client;
    private final Function<String, ParameterException> wrong;

    RemoteNode(ControlClient client, Function<String, ParameterException> wrong) {
        this.client = client;
        this.wrong = wrong;
    }

    /**
     * A locator that was found.
     *
     * @param locator the locator
     * @param link the name of the link, empty if it is not known
     * @param diverted whether another node has referred to it
     * @param ttlMillis how long it is valid
     */
    public record Found(Locator locator, String link, boolean diverted, long ttlMillis) {}

    /**
     * A flooded value.
     *
     * @param name the objective's name
     * @param value its value
     * @param loopCount its loop count
     * @param source its locator, or its initiator if it has none
     * @param link the name of the link, empty if it is not known
     * @param linkIndex its number
     * @param ttlMillis how long it is valid, {@code null} if it does not expire
     */
    public record Flooded(
            String name,
            ObjectiveValue value,
            int loopCount,
            String source,
            String link,
            int linkIndex,
            @Nullable Long ttlMillis) {}

    /**
     * Discovers an objective.
     *
     * @param found receives each locator when it is found
     * @return how many there were
     */
    public long discover(String objective, @Nullable Integer loopCount, Duration timeout, Consumer<Found> found) {
        Map<String, Object> body = body(objective, loopCount);
        body.put("timeoutMillis", timeout.toMillis());
        return results(
                "discover",
                body,
                timeout,
                result -> found.accept(new Found(
                        locator(Json.text(result, "locator")),
                        Json.text(result, "link"),
                        Json.flag(result, "diverted"),
                        Json.number(result, "ttlMillis"))));
    }

    /** {@return the value of an objective} */
    public ObjectiveValue synchronize(String objective, @Nullable Integer loopCount, Duration timeout) {
        Map<String, Object> body = body(objective, loopCount);
        body.put("timeoutMillis", timeout.toMillis());
        return value(asked("synchronize", body, timeout));
    }

    /**
     * Gets flooded values: those in the cache, and those that are flooded later.
     *
     * @param flooded receives each when it is there
     * @return how many there were
     */
    public long getFlood(String objective, Duration wait, Consumer<Flooded> flooded) {
        Map<String, Object> body = body(objective, null);
        body.put("waitMillis", wait.toMillis());
        return results("get-flood", body, wait, result -> {
            String locator = Json.text(result, "locator");
            flooded.accept(new Flooded(
                    Json.text(result, OBJECTIVE),
                    value(result),
                    (int) Json.number(result, "loopCount"),
                    locator.isEmpty() ? Json.text(result, "initiator") : locator,
                    Json.text(result, "link"),
                    (int) Json.number(result, "linkIndex"),
                    Json.has(result, "ttlMillis") ? Json.number(result, "ttlMillis") : null));
        });
    }

    /** Floods a value. */
    public void flood(
            String objective, ObjectiveValue value, @Nullable Integer loopCount, Duration ttl, List<Locator> locators) {
        Map<String, Object> body = body(objective, loopCount);
        body.put("cbor", value.content().toString());
        body.put("ttlMillis", ttl.toMillis());
        if (!locators.isEmpty()) {
            body.put("locators", locators.stream().map(RemoteNode::text).toList());
        }
        asked("flood", body, Duration.ZERO);
    }

    private static Map<String, Object> body(String objective, @Nullable Integer loopCount) {
        Map<String, Object> body = new HashMap<>();
        body.put(OBJECTIVE, objective);
        if (loopCount != null) {
            body.put("loopCount", loopCount);
        }
        return body;
    }

    private JsonNode asked(String action, Map<String, Object> body, Duration longest) {
        return refusing(() -> client.send(HttpMethod.POST, action, body, longest));
    }

    private long results(String action, Map<String, Object> body, Duration longest, Consumer<JsonNode> each) {
        Flux<JsonNode> results = client.results(action, body, longest)
                .filter(event -> !event.type().isEmpty())
                // A stream that ends without saying so has lost its node.
                .concatWith(Mono.error(client::ended))
                .takeUntil(event -> event.type().equals("end"))
                .handle((event, sink) -> {
                    JsonNode data = JsonMapper.shared().readTree(event.data());
                    if (event.type().equals("problem")) {
                        sink.error(ControlClient.problem(data));
                    } else if (event.type().equals("result")) {
                        sink.next(data);
                    }
                });
        return refusing(() -> client.blocking(results.doOnNext(each).count()));
    }

    /** A value that the node refuses is wrong usage. */
    private <T> T refusing(Supplier<T> action) {
        try {
            return action.get();
        } catch (ControlException e) {
            throw e.isWrongParameter() ? wrong.apply(String.valueOf(e.getMessage())) : e;
        }
    }

    private static Locator locator(String text) {
        try {
            return new LocatorText().convert(text);
        } catch (TypeConversionException e) {
            return Locator.uri(text);
        }
    }

    /** {@return a locator as the control API has it} */
    private static String text(Locator locator) {
        Integer protocol = locator.protocol();
        return (protocol != null && protocol == Locator.UDP ? "udp:" : "") + locator;
    }

    private static ObjectiveValue value(JsonNode objective) {
        String hex = Json.text(objective.path("value"), "hex");
        try {
            return hex.isEmpty()
                    ? ObjectiveValue.NONE
                    : ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex)));
        } catch (CborException | IllegalArgumentException e) {
            throw new ControlException("The daemon has sent a value that is no CBOR");
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
