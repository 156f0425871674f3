package io.grasp.samples.console;

import io.grasp.api.Grasp;
import io.grasp.api.Inspection;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.samples.control.EventJson;
import io.grasp.samples.control.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * The events of the page in one stream of server-sent events: a browser has no more than six connections to a server,
 * so that a stream for each kind, as the control API has them, would leave none for a second page.
 */
final class ConsoleEvents {
    /** Short enough for the eye. */
    private static final EventOptions ALL = EventOptions.DEFAULTS.withPeriod(Duration.ofMillis(250));

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final Grasp grasp;
    private final EventOptions trace;

    /**
     * Reads which messages are wanted; all other events always are.
     *
     * @param grasp the node
     * @param uri the target of the request
     * @throws IllegalArgumentException if it is not valid
     */
    ConsoleEvents(Grasp grasp, String uri) {
        this.grasp = grasp;
        QueryStringDecoder query = new QueryStringDecoder(uri);
        for (String name : query.parameters().keySet()) {
            if (!name.equals("type")) {
                throw new IllegalArgumentException("there is no parameter " + name);
            }
        }
        EventOptions options = ALL;
        String type = first(query, "type");
        if (type != null) {
            options = options.withMessageTypes(Set.of(number(type)));
        }
        trace = options;
    }

    private static @Nullable String first(QueryStringDecoder query, String name) {
        List<String> values = query.parameters().get(name);
        return values == null || values.get(0).isEmpty() ? null : values.get(0);
    }

    private static int number(String type) {
        try {
            return Integer.parseInt(type);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("type must be the number of a message type", e);
        }
    }

    /**
     * The events as frames, and a beat every 15 seconds: an event too, because a browser does not show comments to a
     * page.
     *
     * @param stream the number of this stream, which the page gets with each beat
     */
    Flux<ByteBuf> frames(int stream) {
        byte[] beat = ("event: beat\ndata: " + stream + "\n\n").getBytes(StandardCharsets.UTF_8);
        Inspection inspection = grasp.inspection();
        Flux<byte[]> frames = Flux.merge(
                1,
                frames("trace", inspection.traceEvents(trace), EventJson::trace),
                frames("moves", inspection.moveEvents(ALL), EventJson::move),
                frames("sessions", inspection.sessionEvents(ALL), EventJson::session),
                frames("links", inspection.linkEvents(ALL), EventJson::link));
        Flux<byte[]> beats = Flux.interval(Duration.ZERO, HEARTBEAT, Schedulers.parallel())
                .onBackpressureDrop()
                .map(tick -> beat);
        return frames.mergeWith(beats.takeUntilOther(grasp.onClose().onErrorComplete()))
                .map(Unpooled::wrappedBuffer);
    }

    private static <E> Flux<byte[]> frames(
            String name, Flux<EventBatch<E>> batches, BiConsumer<JsonWriter, E> encoder) {
        byte[] before = ("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8);
        return batches.publishOn(Schedulers.parallel(), 1).map(batch -> {
            byte[] json = JsonWriter.object(
                    out -> out.objects("events", batch.events(), encoder).number("skipped", batch.skipped()));
            byte[] frame = new byte[before.length + json.length + 2];
            System.arraycopy(before, 0, frame, 0, before.length);
            System.arraycopy(json, 0, frame, before.length, json.length);
            frame[frame.length - 2] = '\n';
            frame[frame.length - 1] = '\n';
            return frame;
        });
    }
}
