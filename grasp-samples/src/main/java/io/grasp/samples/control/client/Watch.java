package io.grasp.samples.control.client;

import io.grasp.samples.text.Output;
import io.grasp.util.AddressText;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.net.InetAddress;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints events as they happen.
 *
 * @param kind their kind
 * @param objective the objective that they are about, {@code null} for any
 * @param peer their peer, {@code null} for any
 * @param types the types of messages, for a trace; none for any
 * @param count after how many it ends, {@code null} if it does not end by that
 * @param timeout after what time it ends, {@code null} if it does not end by that
 */
record Watch(
        EventKind kind,
        @Nullable String objective,
        @Nullable InetAddress peer,
        List<String> types,
        @Nullable Long count,
        @Nullable Duration timeout) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Skipped(String event, long count) {}

    /**
     * Prints them until it ends.
     *
     * @throws ControlException if the daemon ends first, or if there are fewer events in time than were counted
     */
    void run(String command, ControlClient client, Output output) {
        JsonNode status = client.get("status");
        EventLines lines = EventLines.of(status, ZoneId.systemDefault());
        long[] printed = {0};
        Flux<JsonNode> events = client.events(target())
                .doOnNext(event -> {
                    if (event.type().isEmpty() && printed[0] == 0) {
                        printed[0] = -1;
                        output.ready(command, "Watching " + kind.words() + " of the node at " + client.path());
                    }
                })
                .filter(event -> event.type().equals("batch"))
                .map(event -> JSON.readTree(event.data()))
                .concatMapIterable(batch -> {
                    skipped(Json.number(batch, "skipped"), output);
                    return batch.path("events");
                })
                .doOnNext(event -> output.result(event, lines.line(kind, event)))
                .concatWith(Mono.error(client::ended));
        if (count != null) {
            events = events.take(count);
        }
        if (timeout != null) {
            events = events.take(timeout);
        }
        Long seen = client.blocking(events.count());
        if (count != null && seen < count) {
            throw new ControlException((seen == 0 ? "No event came" : "Only " + seen + " of " + count + " events came")
                    + (timeout == null ? "" : " within " + timeout.toMillis() + " ms"));
        }
    }

    private String target() {
        QueryStringEncoder target = new QueryStringEncoder("events/" + kind.id());
        if (objective != null) {
            target.addParam("objective", objective);
        }
        if (peer != null) {
            target.addParam("peer", AddressText.of(peer));
        }
        types.forEach(type -> target.addParam("type", type));
        return target.toString();
    }

    private static void skipped(long count, Output output) {
        if (count > 0) {
            output.result(
                    JSON.valueToTree(new Skipped("skipped", count)),
                    "(" + Words.count(count, "event was", "events were") + " skipped here)");
        }
    }
}
