package io.grasp.samples.console;

import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.grasp.samples.control.EventJson;
import io.grasp.samples.control.JsonWriter;
import io.grasp.substrate.sim.SimEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events of a recording, in the order in which they happened, up to a number of them and of their bytes. */
final class RecordedEvents {
    /** Long messages are cut. */
    private static final int NOTATION_CHARACTERS = 1000;

    private final int mostEvents;
    private final long mostBytes;
    private final List<byte[]> events = new ArrayList<>();
    private long bytes;
    private long omitted;
    private Duration last = Duration.ZERO;

    /**
     * Makes an empty list.
     *
     * @param mostEvents the maximum number of events
     * @param mostBytes the maximum length of all events in JSON
     */
    RecordedEvents(int mostEvents, long mostBytes) {
        this.mostEvents = mostEvents;
        this.mostBytes = mostBytes;
    }

    /** Adds a message that a node has received, or a drop. */
    void message(String node, String peer, TraceEvent event) {
        add(event.time(), "trace", node, peer, json -> {
            if (event instanceof TraceEvent.Message message) {
                json.text("event", "message")
                        .text("typeName", message.typeName())
                        .text("objective", message.objective())
                        .path(message.path())
                        .object("message", text -> text.text("diagnostic", excerpt(message)));
            } else {
                EventJson.trace(json, event);
            }
        });
    }

    private static String excerpt(TraceEvent.Message message) {
        String notation = message.message().diagnostic();
        return notation.length() <= NOTATION_CHARACTERS
                ? notation
                : notation.substring(0, notation.offsetByCodePoints(0, NOTATION_CHARACTERS - 1)) + "…";
    }

    /** Adds a move of a negotiation or synchronization. */
    void move(String node, String peer, MoveEvent event) {
        add(event.time(), "moves", node, peer, json -> EventJson.move(json, event));
    }

    /** Adds the beginning or end of a session. */
    void session(String node, SessionEvent event) {
        add(event.time(), "sessions", node, "", json -> EventJson.session(json, event));
    }

    /** Adds an event of the network. */
    void network(SimEvent event) {
        add(
                event.at(),
                "network",
                event.from().isEmpty() ? event.to() : event.from(),
                "",
                json -> json.constant("kind", event.kind())
                        .text("from", event.from())
                        .text("to", event.to())
                        .text("link", event.link())
                        .text("detail", event.detail()));
    }

    private void add(Duration at, String stream, String node, String peer, Consumer<JsonWriter> event) {
        if (omitted == 0) {
            byte[] json = JsonWriter.object(out -> out.millis("at", at)
                    .text("stream", stream)
                    .text("node", node)
                    .text("peer", peer.isEmpty() ? null : peer)
                    .object("event", event));
            if (events.size() < mostEvents && bytes + json.length <= mostBytes) {
                events.add(json);
                bytes += json.length;
                last = at;
                return;
            }
        }
        omitted++;
    }

    /** {@return the time of the last event} */
    Duration last() {
        return last;
    }

    /** {@return one sentence about what was left out; {@code null} if nothing was} */
    @Nullable
    String cut() {
        if (omitted == 0) {
            return null;
        }
        return String.format(
                Locale.ROOT,
                "The recording ends at %.3f s, because it is full: the %,d events after that were not recorded.",
                last.toNanos() / 1e9,
                omitted);
    }

    /** {@return the events as elements of a JSON array, without its brackets} */
    String elements() {
        StringBuilder all = new StringBuilder();
        for (byte[] event : events) {
            all.append(all.isEmpty() ? "" : ",").append(new String(event, StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    /** {@return the number of events} */
    int size() {
        return events.size();
    }
}
