package io.grasp.samples.control.client;

import io.grasp.samples.text.Documents;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The status of a node in plain words, in about as many lines as a screen has; problems come first. */
final class StatusReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int NEARLY_FULL_PERCENT = 90;
    private static final long RECENT_MILLIS = 600_000;

    /** An answer that comes after its session has ended, as it does in each network with several answers. */
    private static final String LATE = "no_session";

    private static final String UNDECRYPTABLE = "undecryptable";

    private static final Set<String> OUT_OF_TIME = Set.of("expired", "not_yet_valid");

    private static final List<String> FAILED_LINKS = List.of("failed", "missing", "unreachable", "not_permitted");

    private final JsonNode status;
    private final List<JsonNode> links;
    private final List<JsonNode> limits;
    private final List<JsonNode> drops;
    private final ZoneId zone;

    /**
     * The parts of a report.
     *
     * @param status the status
     * @param links the links
     * @param limits the limits
     * @param drops the drops by reason
     * @param zone the zone in which times are printed
     */
    StatusReport(JsonNode status, List<JsonNode> links, List<JsonNode> limits, List<JsonNode> drops, ZoneId zone) {
        this.status = status;
        this.links = links;
        this.limits = limits;
        this.drops = drops;
        this.zone = zone;
    }

    /** {@return asks a node for its report; blocks} */
    static StatusReport of(ControlClient client) {
        return new StatusReport(
                client.get("status"),
                client.list("links"),
                client.list("limits"),
                client.list("drops"),
                ZoneId.systemDefault());
    }

    /** {@return the lines of the report} */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(head());
        problems().forEach(problem -> lines.add("Problem: " + problem));
        lines.add("");
        lines.add("Protection:   " + protection());
        if (Json.has(status, "keyFingerprint")) {
            lines.add("Encryption:   QUADS, key fingerprint " + Json.text(status, "keyFingerprint"));
        }
        if (Json.has(status, "identity")) {
            certificate(status.path("identity"), lines);
        }
        lines.add("Substrate:    " + Json.text(status, "substrate") + ", port "
                + Json.text(status.path("locators"), "port"));
        lines.add("Node address: " + Json.text(status.path("locators"), "initiator"));
        status.path("locators")
                .path("links")
                .forEach(link -> lines.add("Link:         " + Json.text(link, "name") + " at "
                        + Json.text(link, "linkLocal") + ", locator " + Json.text(link, "locator")));
        instances(lines);
        JsonNode counts = status.path("counts");
        lines.add("ASAs:         " + Json.number(counts, "asas") + ", with "
                + Words.count(Json.number(counts, "objectives"), "objective", "objectives"));
        lines.add("Caches:       " + Words.count(Json.number(counts, "discoveries"), "locator", "locators") + ", "
                + Words.count(Json.number(counts, "floods"), "flood", "floods"));
        lines.add("Sessions:     " + Json.number(counts, "sessions") + ", with "
                + Words.count(Json.number(counts, "connections"), "connection", "connections"));
        long here = Json.number(counts, "neighborsOnThisHost");
        lines.add("Neighbors:    " + Json.number(counts, "neighbors") + " heard of, "
                + (here == 0 ? "" : here + " of them on this host, ") + "on "
                + Words.count(Json.number(counts, "links"), "link", "links"));
        lines.add("Drops:        " + drops());
        lines.add("Watchers:     " + Json.number(counts, "watchers"));
        return lines;
    }

    private String drops() {
        long normal = 0;
        long others = 0;
        for (JsonNode drop : drops) {
            if (Json.flag(drop, "normal")) {
                normal += Json.number(drop, "count");
            } else {
                others += Json.number(drop, "count");
            }
        }
        return normal + others == 0
                ? "0"
                : normal + " normal, " + others + (others == 1 ? " other" : " others")
                        + " since the start: see 'grasp show drops'";
    }

    private String head() {
        String version = Json.text(status, "version");
        return "grasp" + (version.isEmpty() ? "" : " " + version) + ", up " + Words.time(status, "upTimeMillis")
                + " since " + time(Json.text(status, "started"));
    }

    private String time(String instant) {
        try {
            return TIME.format(Instant.parse(instant).atZone(zone));
        } catch (DateTimeParseException e) {
            return instant;
        }
    }

    /** {@return what an operator should mend, the worst first} */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (Json.flag(status, "closing")) {
            problems.add("the node is being closed");
        }
        if (!Json.flag(status, "permitsGrasp")) {
            problems.add("the links are not protected, so that ASAs cannot use GRASP: see "
                    + Documents.path("docs/security.md"));
        }
        problems.addAll(Json.texts(status.path("identity"), "problems"));
        status.path("findings").forEach(finding -> {
            String sentence = Json.text(finding, "sentence");
            if (!problems.contains(sentence)) {
                problems.add(sentence);
            }
        });
        if (Json.number(status.path("counts"), "links") == 0) {
            problems.add("no link is up: the node can reach no other; see 'grasp show links'");
        }
        for (JsonNode link : links) {
            if (FAILED_LINKS.contains(Json.text(link, "state"))) {
                problems.add("link " + Json.text(link, "name") + ": " + Words.constant(link, "state") + ": "
                        + Json.text(link, "detail"));
            }
        }
        status.path("refused").forEach(refused -> {
            if (isRecent(refused)) {
                problems.add("peer " + Json.text(refused, "peer") + " refused ("
                        + Words.constant(refused, "reason") + "), "
                        + Words.count(Json.number(refused, "count"), "time", "times") + ", the last "
                        + Words.time(refused, "lastMillis") + " ago: " + Json.text(refused, "detail")
                        + advice(Json.text(refused, "reason")));
            }
        });
        for (JsonNode drop : drops) {
            if (!Json.flag(drop, "normal") && !Json.text(drop, "reason").equals(LATE) && isRecent(drop)) {
                String explanation = Json.text(drop, "explanation");
                problems.add("dropped as " + Words.constant(drop, "reason") + " "
                        + Words.count(Json.number(drop, "count"), "time", "times") + ", the last "
                        + Words.time(drop, "lastMillis") + " ago"
                        + (explanation.isEmpty() ? ": see 'grasp trace'" : ": " + explanation)
                        + comparison(drop));
            }
        }
        for (JsonNode limit : limits) {
            long used = Words.percent(Json.number(limit, "used"), Json.number(limit, "most"));
            if (used >= NEARLY_FULL_PERCENT) {
                problems.add("limit " + Json.text(limit, "setting") + " is used to " + used
                        + "%: further ones are refused; see 'grasp show limits'");
            }
        }
        String version = Json.text(status, "version");
        String own = ControlClient.version();
        if (own != null && !version.isEmpty() && !own.equals(version)) {
            problems.add("the daemon has version " + version + ", and this program " + own
                    + ": restart the daemon to update it");
        }
        return problems;
    }

    /** {@return the peers that were refused lately because their certificates are not valid by this host's clock} */
    List<String> outOfTime() {
        Set<String> peers = new LinkedHashSet<>();
        status.path("refused").forEach(refused -> {
            if (OUT_OF_TIME.contains(Json.text(refused, "reason")) && isRecent(refused)) {
                peers.add(Json.text(refused, "peer").replaceAll("^\\[|\\]?:\\d+$", ""));
            }
        });
        return List.copyOf(peers);
    }

    /** {@return what to do about a refusal whose description does not say it} */
    private static String advice(String reason) {
        return switch (reason) {
            case "not_tls" -> "; start that node with a certificate of this domain";
            case "handshake_aborted" -> "; compare 'grasp show refused' there";
            case "too_many_handshakes" -> "; find out which hosts connect so often, and let a firewall refuse others";
            case "too_many_neighbors" -> "; spread the neighbors over more nodes, or permit more";
            case "protocol_violation", "tls_failure" -> "; compare the versions and the logs of both nodes";
            default -> "";
        };
    }

    /** {@return how to find out which side has a wrong key, if messages could not be decrypted} */
    private String comparison(JsonNode drop) {
        boolean comparable = Json.text(drop, "reason").equals(UNDECRYPTABLE) && Json.has(status, "keyFingerprint");
        return comparable
                ? "; this node's has the fingerprint " + Json.text(status, "keyFingerprint")
                        + ", compare it with 'grasp status' there"
                : "";
    }

    /** {@return whether something has happened since most peers have tried again} What is older may be mended. */
    private static boolean isRecent(JsonNode event) {
        return Json.number(event, "lastMillis") <= RECENT_MILLIS;
    }

    private String protection() {
        List<String> dull = Json.texts(status, "dull");
        String security = switch (Json.text(status, "security")) {
            case "secured" -> "by the node itself, on each link";
            case "asserted" -> "asserted by the operator: something outside this program protects the links";
            default -> "none";
        };
        return dull.isEmpty() ? security : security + "; a DULL instance for " + String.join(", ", dull);
    }

    private void certificate(JsonNode identity, List<String> lines) {
        lines.add("Certificate:  " + (Json.flag(identity, "good") ? "good" : "cannot be used") + ", "
                + Json.text(identity, "nodeName"));
        lines.add("              valid until " + time(Json.text(identity, "notAfter")));
    }

    private void instances(List<String> lines) {
        JsonNode instances = status.path("instances");
        if (instances.size() < 2) {
            return;
        }
        instances.forEach(instance -> {
            List<String> dull = Json.texts(instance, "dull");
            lines.add("Instance:     port " + Json.text(instance, "port") + " on "
                    + String.join(", ", Json.texts(instance, "links"))
                    + (dull.isEmpty() ? "" : ", DULL for " + String.join(", ", dull)));
        });
    }
}
