package io.grasp.samples.control;

import io.grasp.host.HostEvent;
import io.grasp.inspection.DiscoveryEvent;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.FloodEvent;
import io.grasp.inspection.LinkEvent;
import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.grasp.observe.SessionInfo;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** The JSON of events. Where there are several kinds, {@code event} names the kind. */
public final class EventJson {
    /** Up to how many bytes of a message are shown. */
    static final int MESSAGE_BYTES = 4096;

    private static final int FRAME_BYTES = 50;

    private EventJson() {}

    /** A batch of events, or a part of it. */
    static final class Batch {
        private final byte[] json;
        private final long events;

        private Batch(byte[] json, long events) {
            this.json = json;
            this.events = events;
        }

        /** {@return the JSON object in UTF-8, in one line} */
        byte[] json() {
            return json;
        }

        /** {@return the number of events that a client misses if it does not get it, with those skipped before} */
        long events() {
            return events;
        }
    }

    /**
     * Encodes a batch, in several parts if it is large.
     *
     * @param batch the events
     * @param encoder writes the members of an event
     * @param most the length of a part in bytes from which the next event begins a further one
     */
    static <E> List<Batch> batches(EventBatch<E> batch, BiConsumer<JsonWriter, E> encoder, int most) {
        List<Batch> parts = new ArrayList<>();
        ByteArrayOutputStream events = new ByteArrayOutputStream();
        int count = 0;
        long skipped = batch.skipped();
        for (E event : batch.events()) {
            if (count > 0) {
                events.write(',');
            }
            events.writeBytes(JsonWriter.object(json -> encoder.accept(json, event)));
            count++;
            if (events.size() >= most) {
                parts.add(part(events, count, skipped));
                events.reset();
                count = 0;
                skipped = 0;
            }
        }
        if (count > 0 || parts.isEmpty()) {
            parts.add(part(events, count, skipped));
        }
        return parts;
    }

    /** {@return a batch that only says how many events there were} */
    static byte[] skipped(long skipped) {
        return part(new ByteArrayOutputStream(), 0, skipped).json();
    }

    private static Batch part(ByteArrayOutputStream events, int count, long skipped) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(events.size() + FRAME_BYTES);
        json.writeBytes("{\"events\":[".getBytes(StandardCharsets.UTF_8));
        json.writeBytes(events.toByteArray());
        json.writeBytes(("],\"skipped\":" + skipped + "}").getBytes(StandardCharsets.UTF_8));
        return new Batch(json.toByteArray(), count + skipped);
    }

    public static void flood(JsonWriter json, FloodEvent flood) {
        json.millis("time", flood.time())
                .flag("own", flood.own())
                .session("session", flood.session())
                .address("initiator", flood.initiator())
                .millis("ttl", flood.ttl())
                .objects(
                        "objectives",
                        flood.objectives(),
                        (objective, value) -> objective
                                .text("name", value.name())
                                .flags(value.flags())
                                .number("loopCount", value.loopCount())
                                .value("value", value.value())
                                .locator("locator", value.locator()))
                .path(flood.path());
    }

    public static void discovery(JsonWriter json, DiscoveryEvent event) {
        if (event instanceof DiscoveryEvent.Asked asked) {
            json.text("event", "asked")
                    .millis("time", asked.time())
                    .flag("sent", asked.sent())
                    .session("session", asked.session())
                    .address("initiator", asked.initiator())
                    .text("objective", asked.objective())
                    .number("loopCount", asked.loopCount())
                    .path(asked.path());
        } else if (event instanceof DiscoveryEvent.Found found) {
            json.text("event", "found")
                    .millis("time", found.time())
                    .text("objective", found.objective())
                    .object("locator", locator -> StateJson.locator(locator, found.locator()));
        }
    }

    public static void session(JsonWriter json, SessionEvent event) {
        if (event instanceof SessionEvent.Started started) {
            json.text("event", "started").millis("time", started.time());
            session(json, started.session());
        } else if (event instanceof SessionEvent.Ended ended) {
            json.text("event", "ended").millis("time", ended.time());
            session(json, ended.session());
            json.constant("outcome", ended.outcome()).text("failure", ended.failure());
        }
    }

    private static void session(JsonWriter json, SessionInfo session) {
        json.object(
                "session",
                info -> info.session("id", session.id())
                        .constant("kind", session.kind())
                        .constant("role", session.role())
                        .text("objective", session.objective()));
    }

    public static void move(JsonWriter json, MoveEvent move) {
        json.millis("time", move.time())
                .flag("sent", move.sent())
                .session("session", move.session())
                .constant("move", move.move())
                .text("objective", move.objective())
                .number("loopCount", move.loopCount())
                .value("value", move.value())
                .millis("waitTime", move.waitTime())
                .text("reason", move.reason())
                .path(move.path());
    }

    public static void link(JsonWriter json, LinkEvent event) {
        if (event instanceof LinkEvent.Up up) {
            json.text("event", "up")
                    .millis("time", up.time())
                    .object("link", link -> StateJson.properties(link, up.link()));
        } else if (event instanceof LinkEvent.Down down) {
            json.text("event", "down")
                    .millis("time", down.time())
                    .object("link", link -> StateJson.properties(link, down.link()));
        } else if (event instanceof LinkEvent.Failed failed) {
            json.text("event", "failed")
                    .millis("time", failed.time())
                    .text("link", failed.link())
                    .text("cause", failed.cause());
        } else if (event instanceof LinkEvent.Warning warning) {
            json.text("event", "warning")
                    .millis("time", warning.time())
                    .text("link", warning.link())
                    .constant("warning", warning.warning())
                    .text("detail", warning.detail());
        } else if (event instanceof LinkEvent.SecurityChanged changed) {
            json.text("event", "security_changed")
                    .millis("time", changed.time())
                    .constant("security", changed.security());
        } else if (event instanceof LinkEvent.IdentityChanged changed) {
            json.text("event", "identity_changed")
                    .millis("time", changed.time())
                    .object("status", status -> StateJson.identity(status, changed.status()));
        } else if (event instanceof LinkEvent.PeerRefused refused) {
            json.text("event", "peer_refused")
                    .millis("time", refused.time())
                    .constant("reason", refused.reason())
                    .address("peer", refused.peer())
                    .text("detail", refused.detail());
        }
    }

    static void hosted(JsonWriter json, HostedEvent hosted) {
        HostEvent event = hosted.event();
        if (event instanceof HostEvent.StateChanged changed) {
            json.text("event", "state")
                    .millis("time", hosted.time())
                    .text("name", changed.name())
                    .text("version", changed.version())
                    .constant("state", changed.state())
                    .text("detail", changed.detail());
        } else if (event instanceof HostEvent.ParameterSet set) {
            json.text("event", "parameter")
                    .millis("time", hosted.time())
                    .text("name", set.name())
                    .text("parameter", set.parameter())
                    .text("value", set.value())
                    .text("detail", set.detail());
        } else if (event instanceof HostEvent.Reported reported) {
            json.text("event", "report")
                    .millis("time", hosted.time())
                    .text("name", reported.name())
                    .text("detail", reported.text());
        } else if (event instanceof HostEvent.Problem problem) {
            json.text("event", "problem")
                    .millis("time", hosted.time())
                    .text("name", problem.name())
                    .text("detail", problem.sentence());
        }
    }

    public static void trace(JsonWriter json, TraceEvent event) {
        if (event instanceof TraceEvent.Message message) {
            json.text("event", "message")
                    .millis("time", message.time())
                    .flag("sent", message.sent())
                    .number("type", message.type())
                    .text("typeName", message.typeName())
                    .session("session", message.session())
                    .address("initiator", message.initiator())
                    .text("objective", message.objective())
                    .path(message.path())
                    .message("message", message.message(), MESSAGE_BYTES);
        } else if (event instanceof TraceEvent.Dropped dropped) {
            json.text("event", "dropped")
                    .millis("time", dropped.time())
                    .constant("reason", dropped.reason())
                    .path(dropped.path());
        }
    }
}
