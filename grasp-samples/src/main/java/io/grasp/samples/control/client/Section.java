package io.grasp.samples.control.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** What {@code show} prints: the lists of a node, each as a table. */
@SuppressWarnings("ImmutableEnumChecker") // the functions have no state
enum Section {
    ASAS("no ASA is registered", table(List.of("NAME", "OBJECTIVES", "SESSIONS", "ACTIVITIES", "AGE"), Section::asa)),
    HOSTED(
            "no ASA is hosted",
            table(
                    List.of("NAME", "VERSION", "STATE", "SINCE", "STARTS", "FAILURES", "TASKS", "ALLOCATED", "DETAIL"),
                    Section::hosted)),
    OBJECTIVES(
            "no objective is registered",
            table(
                    List.of("OBJECTIVE", "ASA", "FLAGS", "LOOPS", "LISTENS", "SERVES", "LOCATORS", "AGE"),
                    Section::objective)),
    DISCOVERIES(
            "the discovery cache is empty",
            table(List.of("OBJECTIVE", "LOCATOR", "LINK", "LEARNED", "EXPIRES", "AGE"), Section::discovery)),
    FLOODS(
            "the flood cache is empty",
            table(List.of("OBJECTIVE", "VALUE", "LOOPS", "SOURCE", "FROM", "LINK", "AGE", "EXPIRES"), Section::flood)),
    SESSIONS(
            "there is no session",
            table(
                    List.of("SESSION", "KIND", "ROLE", "STATE", "OBJECTIVE", "PEER", "MOVES", "WAITS FOR", "AGE"),
                    Section::session)),
    CONNECTIONS(
            "there is no connection",
            table(
                    List.of("PEER", "NAME", "DIRECTION", "STATE", "LINK", "UNSENT", "UNREAD", "AGE"),
                    Section::connection)),
    LINKS("there is no link: no interface, and no connected neighbor", Section::links),
    NEIGHBORS(
            "no neighbor has been heard",
            table(List.of("ADDRESS", "NAME", "LINK", "LAST MESSAGE", "AGO", "MESSAGES"), Section::neighbor)),
    REFUSED(
            "no peer was refused",
            table(List.of("PEER", "NAME", "REASON", "TIMES", "AGO", "DETAIL"), Section::refused)),
    LIMITS("there is no limit", table(List.of("LIMIT", "USED", "MOST", "USE"), Section::limit)),
    DROPS("nothing was dropped", table(List.of("REASON", "COUNT", "AGO", "NORMAL"), Section::drop)),
    RELAY("", entries -> relay(entries.get(0)));

    private final String none;
    private final Function<List<JsonNode>, Lines> lines;

    Section(String none, Function<List<JsonNode>, Lines> lines) {
        this.none = none;
        this.lines = lines;
    }

    /** Returns lines for a width. */
    private interface Lines {
        List<String> of(int columns);
    }

    /** {@return its name on the command line and in the control API} */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return what says that it has no entries} */
    String none() {
        return none;
    }

    /** {@return its entries; blocks} */
    List<JsonNode> entries(ControlClient client) {
        return switch (this) {
            case RELAY -> List.of(client.get("relay"));
            case REFUSED -> {
                List<JsonNode> refused = new ArrayList<>();
                client.get("status").path("refused").forEach(refused::add);
                yield refused;
            }
            default -> client.list(id());
        };
    }

    /**
     * {@return the entries as text}
     *
     * @param columns the width of the terminal
     */
    List<String> lines(List<JsonNode> entries, int columns) {
        return lines.apply(entries).of(columns);
    }

    private static Function<List<JsonNode>, Lines> table(List<String> heads, Function<JsonNode, List<String>> row) {
        return entries -> {
            Table table = new Table(heads.toArray(String[]::new));
            entries.forEach(entry -> table.row(row.apply(entry)));
            return table::lines;
        };
    }

    private static List<String> asa(JsonNode asa) {
        return List.of(
                Json.text(asa, "name"),
                String.join(",", Json.texts(asa, "objectives")),
                Json.text(asa, "sessions"),
                Json.text(asa, "activities"),
                Words.time(asa, "ageMillis"));
    }

    private static List<String> hosted(JsonNode asa) {
        long failures = 0;
        for (JsonNode each : asa.path("failures")) {
            failures += Json.number(each, "count");
        }
        return List.of(
                Json.text(asa, "name"),
                Json.text(asa, "version"),
                Words.constant(asa, "state"),
                Words.time(asa, "sinceMillis"),
                Json.text(asa, "starts"),
                Long.toString(failures),
                Json.text(asa, "waitingTasks"),
                Json.has(asa, "allocatedBytes") ? Words.bytes(Json.number(asa, "allocatedBytes")) : "",
                Json.text(asa, "detail"));
    }

    private static List<String> objective(JsonNode objective) {
        List<String> listens = new ArrayList<>();
        objective
                .path("negotiationListeners")
                .forEach(listener -> listens.add((Json.flag(listener, "raw") ? "raw" : "neg") + " "
                        + Json.number(listener, "backlog") + "/" + Json.number(listener, "capacity")));
        JsonNode served = objective.path("synchronization");
        if (Json.flag(served, "serving")) {
            listens.add("sync");
        }
        return List.of(
                Json.text(objective, "name"),
                Json.text(objective, "asa"),
                Words.flags(objective),
                Json.text(objective, "loopCount"),
                String.join(",", listens),
                Json.flag(served, "serving") ? Json.value(served, "value") : "",
                String.join(",", Json.texts(objective, "locators")),
                Words.time(objective, "ageMillis"));
    }

    private static List<String> discovery(JsonNode discovery) {
        JsonNode found = discovery.path("locator");
        return List.of(
                Json.text(discovery, "objective"),
                Json.text(found, "locator"),
                String.join(",", Json.texts(discovery, "links")),
                Json.text(discovery, "learned"),
                Words.time(found, "ttlMillis", "never"),
                Words.time(discovery, "ageMillis"));
    }

    private static List<String> flood(JsonNode flood) {
        String locator = Json.text(flood, "locator");
        String asa = Json.text(flood, "asa");
        String neighbor = Json.text(flood, "neighbor");
        return List.of(
                Json.text(flood, "objective"),
                Json.value(flood, "value"),
                Json.text(flood, "loopCount"),
                locator.isEmpty() ? Json.text(flood, "initiator") : locator,
                asa.isEmpty() ? neighbor : "ASA " + asa,
                Json.text(flood, "link"),
                Words.time(flood, "renewedMillis"),
                Json.flag(flood, "valid") ? Words.time(flood, "remainingMillis", "never") : "not valid");
    }

    private static List<String> session(JsonNode session) {
        JsonNode peer = session.path("peer");
        String name = Json.text(peer.path("identity"), "nodeName");
        List<String> timers = new ArrayList<>();
        session.path("timers")
                .forEach(timer ->
                        timers.add(Words.constant(timer, "awaited") + " " + Words.time(timer, "remainingMillis")));
        return List.of(
                Words.session(session, "id"),
                Json.text(session, "kind"),
                Json.text(session, "role"),
                Words.constant(session, "state"),
                Json.text(session, "objective"),
                Json.flag(peer, "local") ? "local" : name.isEmpty() ? Json.text(peer, "address") : name,
                Json.text(session, "moves"),
                String.join(", ", timers),
                Words.time(session, "ageMillis"));
    }

    private static List<String> connection(JsonNode connection) {
        long unsent = Json.number(connection, "unsentBytes");
        long pending = Json.number(connection, "pendingBytes");
        return List.of(
                Json.text(connection, "peer"),
                Json.text(connection.path("identity"), "nodeName"),
                Json.text(connection, "direction"),
                Json.text(connection, "state"),
                Json.text(connection, "link"),
                Words.bytes(unsent),
                Words.bytes(pending),
                Words.time(connection, "ageMillis"));
    }

    private static List<String> neighbor(JsonNode neighbor) {
        String name = Json.text(neighbor.path("identity"), "nodeName");
        return List.of(
                Json.text(neighbor, "address"),
                name.isEmpty() && Json.flag(neighbor, "thisHost") ? "(this host)" : name,
                Json.text(neighbor, "link"),
                Json.text(neighbor, "lastTypeName"),
                Words.time(neighbor, "lastHeardMillis"),
                Json.text(neighbor, "messages"));
    }

    private static List<String> refused(JsonNode refused) {
        return List.of(
                Json.text(refused, "peer"),
                Json.text(refused.path("identity"), "nodeName"),
                Words.constant(refused, "reason"),
                Json.text(refused, "count"),
                Words.time(refused, "lastMillis"),
                Json.text(refused, "detail"));
    }

    private static List<String> limit(JsonNode limit) {
        long used = Json.number(limit, "used");
        long most = Json.number(limit, "most");
        boolean bytes = Json.text(limit, "unit").equals("bytes");
        return List.of(
                Json.text(limit, "setting"),
                bytes ? Words.bytes(used) : Long.toString(used),
                bytes ? Words.bytes(most) : Long.toString(most),
                Words.percent(used, most) + "%");
    }

    private static List<String> drop(JsonNode drop) {
        return List.of(
                Json.text(drop, "reason"),
                Json.text(drop, "count"),
                Words.time(drop, "lastMillis"),
                Json.flag(drop, "normal") ? "yes" : "no");
    }

    /** As {@code ip address} prints interfaces: each address is a line below its link. */
    private static Lines links(List<JsonNode> links) {
        List<String> lines = new ArrayList<>();
        for (JsonNode link : links) {
            String state = Words.constant(link, "state");
            String detail = Json.text(link, "detail");
            lines.add(Json.text(link, "name") + ": " + state
                    + (detail.isEmpty() || detail.equals(state) ? "" : ": " + detail)
                    + (Json.has(link, "locator") ? ", locator " + Json.text(link, "locator") : ""));
            link.path("addresses")
                    .forEach(address -> lines.add("    " + Json.text(address, "address") + "/"
                            + Json.text(address, "prefixLength") + "  " + use(Json.text(address, "use"))));
        }
        return columns -> lines.stream().map(line -> Table.cut(line, columns)).toList();
    }

    private static String use(String use) {
        return switch (use) {
            case "link" -> "used: the node's address on this link";
            case "locator" -> "used: advertised to peers in locators";
            case "served" -> "used: connections to it are served";
            case "deprecated" -> "used: connections to it are served; not advertised, since it is deprecated";
            case "temporary" -> "used: connections to it are served; not advertised, since it is temporary";
            case "checked_for_duplicates" -> "not used yet: the system checks it for duplicates";
            case "duplicate" -> "not used: another host has it, too";
            case "other_link_local" -> "not used: the link uses another link-local address";
            case "not_a_link" -> "not used: the interface is not a link of the node";
            case "link_local_only" -> "not used: the node is a DULL instance, with link-local addresses only";
            default -> use.replace('_', ' ');
        };
    }

    private static Lines relay(JsonNode relay) {
        Table table = new Table("RELAY", "RATE", "LEFT", "WAITING", "REMEMBERED");
        for (String kind : List.of("discoveries", "floods")) {
            JsonNode budget = relay.path(kind);
            table.row(List.of(
                    kind,
                    Json.text(budget.path("rate"), "perSecond") + "/s, burst "
                            + Json.text(budget.path("rate"), "burst"),
                    Json.text(budget, "available"),
                    Json.text(budget, "waiting") + " of " + Json.text(budget, "mostWaiting"),
                    Json.text(relay, kind.equals("floods") ? "relayedFloods" : "relayedDiscoveries")));
        }
        Table remembered = new Table("TABLE", "MEMBERS");
        relay.path("remembered")
                .forEach(each -> remembered.row(List.of(Words.constant(each, "table"), Json.text(each, "members"))));
        return columns -> {
            List<String> lines = new ArrayList<>(table.lines(columns));
            lines.add(Table.cut(
                    "Relayed discoveries that await responses: " + Json.number(relay, "awaitingResponses"), columns));
            lines.addAll(remembered.lines(columns));
            return lines;
        };
    }
}
