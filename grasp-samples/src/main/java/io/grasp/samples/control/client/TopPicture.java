package io.grasp.samples.control.client;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a node does now, in as many lines as a terminal has: first its status and problems, then the limits that are
 * used most, neighbors, and as many sessions as there is room for, the oldest first.
 *
 * @param report the status
 * @param status the same, as the node has sent it
 * @param limits the limits
 * @param drops the drops by reason
 * @param neighbors the neighbors
 * @param sessions the sessions
 */
record TopPicture(
        StatusReport report,
        JsonNode status,
        List<JsonNode> limits,
        List<JsonNode> drops,
        List<JsonNode> neighbors,
        List<JsonNode> sessions) {
    private static final int MOST_PROBLEMS = 3;
    private static final int MOST_ROWS = 5;

    /** Asks a node for its state. Blocks. */
    static TopPicture of(ControlClient client) {
        JsonNode status = client.get("status");
        List<JsonNode> limits = client.list("limits");
        List<JsonNode> drops = client.list("drops");
        return new TopPicture(
                new StatusReport(status, client.list("links"), limits, drops, ZoneId.systemDefault()),
                status,
                limits,
                drops,
                client.page("neighbors"),
                client.page("sessions"));
    }

    /**
     * {@return the lines}
     *
     * @param before the picture before, {@code null} if this is the first one
     * @param columns the width of the terminal
     * @param rows its height
     */
    List<String> lines(@Nullable TopPicture before, int columns, int rows) {
        List<String> lines = new ArrayList<>();
        lines.add(report.lines().get(0));
        List<String> problems = report.problems();
        problems.stream().limit(MOST_PROBLEMS).forEach(problem -> lines.add("Problem: " + problem));
        if (problems.size() > MOST_PROBLEMS) {
            lines.add("Further problems: " + (problems.size() - MOST_PROBLEMS) + ", see 'grasp status'");
        }
        JsonNode counts = status.path("counts");
        lines.add("ASAs " + number(counts, "asas") + ", objectives " + number(counts, "objectives") + ", locators "
                + number(counts, "discoveries") + ", floods " + number(counts, "floods"));
        lines.add("Links " + number(counts, "links") + ", neighbors " + number(counts, "neighbors") + ", connections "
                + number(counts, "connections") + ", sessions " + number(counts, "sessions") + ", drops "
                + number(counts, "drops"));
        rates(before).ifPresent(lines::add);
        add(lines, "Most used limits", Section.LIMITS, top(limits, TopPicture::use), columns);
        add(lines, "Drops", Section.DROPS, top(drops, drop -> Json.number(drop, "count")), columns);
        add(lines, "Neighbors heard last", Section.NEIGHBORS, top(neighbors, TopPicture::recent), columns);
        add(lines, "Sessions", Section.SESSIONS, sessions, columns);
        return lines.stream()
                .limit(Math.max(1, rows))
                .map(line -> Table.cut(line, columns))
                .toList();
    }

    private static String number(JsonNode counts, String name) {
        return Long.toString(Json.number(counts, name));
    }

    /** {@return what has happened since the picture before; empty without one of the same node} */
    private Optional<String> rates(@Nullable TopPicture before) {
        if (before == null) {
            return Optional.empty();
        }
        long millis = Json.number(status, "nowMillis") - Json.number(before.status, "nowMillis");
        boolean isSameNode = Json.text(status, "started").equals(Json.text(before.status, "started"));
        if (millis <= 0 || !isSameNode) {
            return Optional.empty();
        }
        return Optional.of("Per second: sessions " + rate(before, millis, "totals", "sessions")
                + ", messages received " + rate(before, millis, "totals", "messagesReceived")
                + ", sent " + rate(before, millis, "totals", "messagesSent")
                + ", drops " + rate(before, millis, "counts", "drops"));
    }

    private String rate(TopPicture before, long millis, String object, String name) {
        long more = Json.number(status.path(object), name) - Json.number(before.status.path(object), name);
        return Words.rate(more, millis);
    }

    private static long use(JsonNode limit) {
        return Json.number(limit, "used") == 0
                ? 0
                : Words.percent(Json.number(limit, "used"), Json.number(limit, "most"));
    }

    /** Only those that were heard are in the list, so each belongs into the picture. */
    private static long recent(JsonNode neighbor) {
        return Long.MAX_VALUE - Json.number(neighbor, "lastHeardMillis");
    }

    private static List<JsonNode> top(List<JsonNode> entries, ToLongFunction<JsonNode> order) {
        return entries.stream()
                .filter(entry -> order.applyAsLong(entry) > 0)
                .sorted(Comparator.comparingLong(order).reversed())
                .limit(MOST_ROWS)
                .toList();
    }

    private static void add(List<String> lines, String head, Section section, List<JsonNode> entries, int columns) {
        if (!entries.isEmpty()) {
            lines.add("");
            lines.add(head + ":");
            lines.addAll(section.lines(entries, columns));
        }
    }
}
