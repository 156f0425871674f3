package io.grasp.samples.control.client;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Events as lines, with their time on the clock of the node's host. */
final class EventLines {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private final long offsetMillis;
    private final ZoneId zone;

    /**
     * Lines for the events of a node.
     *
     * @param nodeNow the time on the node's clock, in milliseconds
     * @param now the same time on the clock of the node's host
     * @param zone the zone in which times are printed
     */
    EventLines(long nodeNow, Instant now, ZoneId zone) {
        this.offsetMillis = now.toEpochMilli() - nodeNow;
        this.zone = zone;
    }

    /**
     * {@return lines for the events of a node}
     *
     * @param status the node's status, which has both times of one moment
     */
    static EventLines of(JsonNode status, ZoneId zone) {
        String time = Json.text(status, "time");
        Instant now = time.isEmpty() ? Instant.now() : Instant.parse(time); // an earlier daemon does not send it
        return new EventLines(Json.number(status, "nowMillis"), now, zone);
    }

    /** {@return the line of an event} */
    String line(EventKind kind, JsonNode event) {
        Instant time = Instant.ofEpochMilli(offsetMillis + Json.number(event, "timeMillis"));
        return TIME.format(time.atZone(zone)) + " " + words(kind, event);
    }

    private static String words(EventKind kind, JsonNode event) {
        return switch (kind) {
            case FLOODS -> flood(event);
            case DISCOVERIES -> discovery(event);
            case SESSIONS -> session(event);
            case MOVES -> move(event);
            case LINKS -> link(event);
            case HOSTED -> hosted(event);
            case TRACE -> trace(event);
        };
    }

    private static String flood(JsonNode flood) {
        List<String> objectives = new ArrayList<>();
        flood.path("objectives").forEach(each -> {
            String locator = Json.text(each, "locator");
            String value = Json.value(each, "value");
            objectives.add(Json.text(each, "name")
                    + (value.isEmpty() ? "" : " = " + value)
                    + (locator.isEmpty() ? "" : " at " + locator));
        });
        boolean own = Json.flag(flood, "own");
        return (own ? "sent " : "received ") + String.join("; ", objectives)
                + (own ? "" : Words.place(flood, "from")) + ", initiator " + Json.text(flood, "initiator") + ", "
                + Words.time(flood, "ttlMillis", "never")
                        .transform(time -> time.equals("never") ? "does not expire" : "valid for " + time);
    }

    private static String discovery(JsonNode event) {
        String objective = Json.text(event, "objective");
        if (Json.text(event, "event").equals("found")) {
            JsonNode locator = event.path("locator");
            String link = Json.text(locator, "link");
            return "found " + objective + " at " + Json.text(locator, "locator") + (link.isEmpty() ? "" : " on " + link)
                    + (Json.flag(locator, "diverted") ? ", diverted" : "");
        }
        return Json.flag(event, "sent")
                ? "asked for " + objective + Words.place(event, "to")
                : "was asked for " + objective + Words.place(event, "from") + ", initiator "
                        + Json.text(event, "initiator");
    }

    private static String session(JsonNode event) {
        JsonNode session = event.path("session");
        String failure = Json.text(event, "failure");
        return Json.text(session, "kind") + " " + Words.session(session, "id") + " of "
                + Json.text(session, "objective") + " as " + Json.text(session, "role") + ": "
                + (Json.text(event, "event").equals("started") ? "began" : Json.text(event, "outcome"))
                + (failure.isEmpty() ? "" : ": " + failure);
    }

    private static String move(JsonNode move) {
        boolean sent = Json.flag(move, "sent");
        String value = Json.value(move, "value");
        String reason = Json.text(move, "reason");
        return (sent ? "-> " : "<- ") + Words.constant(move, "move")
                + (Json.has(move, "objective") ? " " + Json.text(move, "objective") : "")
                + (value.isEmpty() ? "" : " = " + value)
                + (Json.has(move, "waitTimeMillis") ? " " + Words.time(move, "waitTimeMillis") : "")
                + (reason.isEmpty() ? "" : ": " + reason) + Words.place(move, sent ? "to" : "from") + ", session "
                + Words.session(move, "session");
    }

    private static String link(JsonNode event) {
        String link = Json.text(event, "link");
        return switch (Json.text(event, "event")) {
            case "up" ->
                "link " + Json.text(event.path("link"), "name") + " is up at "
                        + Json.text(event.path("link"), "linkLocalAddress");
            case "down" -> "link " + Json.text(event.path("link"), "name") + " is down";
            case "failed" -> "link " + link + " failed: " + Json.text(event, "cause");
            case "warning" -> "link " + link + ": " + Json.text(event, "detail");
            case "security_changed" -> "protection of the links: " + Json.text(event, "security");
            case "identity_changed" -> "certificate: " + Words.certificate(event.path("status"));
            case "peer_refused" ->
                "refused peer " + Json.text(event, "peer") + " (" + Words.constant(event, "reason") + "): "
                        + Json.text(event, "detail");
            default -> event.toString();
        };
    }

    /** As the host prints events. */
    private static String hosted(JsonNode event) {
        String name = Json.text(event, "name");
        String detail = Json.text(event, "detail");
        return switch (Json.text(event, "event")) {
            case "state" ->
                name + " " + Json.text(event, "version") + " is " + Words.constant(event, "state")
                        + (detail.isEmpty() ? "" : ": " + detail);
            case "parameter" ->
                name + ": " + Json.text(event, "parameter") + " is " + Json.text(event, "value") + ", " + detail;
            case "report" -> name + ": " + detail;
            case "problem" -> detail;
            default -> event.toString();
        };
    }

    /** As the log of a node has messages. */
    private static String trace(JsonNode event) {
        if (Json.text(event, "event").equals("dropped")) {
            return "dropped (" + Json.text(event, "reason") + ")" + Words.place(event, "from");
        }
        boolean sent = Json.flag(event, "sent");
        JsonNode path = event.path("path");
        boolean link = Json.text(path, "kind").equals("link");
        String arrow = sent ? link && !Json.has(path, "peer") ? "=>" : "->" : link ? "<=" : "<-";
        return arrow + " " + Json.text(event, "typeName") + " " + Json.value(event, "message")
                + Words.place(event, sent ? "to" : "from");
    }
}
