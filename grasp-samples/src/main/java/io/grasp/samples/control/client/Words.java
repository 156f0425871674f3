package io.grasp.samples.control.client;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Values of the control API in words. */
final class Words {
    private static final long MINUTE = 60;
    private static final long HOUR = 3600;
    private static final long DAY = 86_400;
    private static final long KIB = 1024;
    private static final int PERCENT = 100;

    private Words() {}

    /** {@return a time in its two largest units, such as {@code 3m 5s}} */
    static String time(long millis) {
        long seconds = TimeUnit.MILLISECONDS.toSeconds(millis);
        if (seconds == 0) {
            return millis + "ms";
        } else if (seconds < MINUTE) {
            return seconds + "s";
        } else if (seconds < HOUR) {
            return two(seconds / MINUTE, "m", seconds % MINUTE, "s");
        } else if (seconds < DAY) {
            return two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "m");
        }
        return two(seconds / DAY, "d", seconds % DAY / HOUR, "h");
    }

    private static String two(long more, String unit, long less, String lessUnit) {
        return more + unit + (less == 0 ? "" : " " + less + lessUnit);
    }

    /** {@return a time that a member has, or other words if it is {@code null}} */
    static String time(JsonNode object, String name, String without) {
        return Json.has(object, name) ? time(Json.number(object, name)) : without;
    }

    static String time(JsonNode object, String name) {
        return time(object, name, "");
    }

    static String bytes(long count) {
        if (count < KIB) {
            return Long.toString(count);
        }
        double value = count;
        String unit = "";
        for (String each : List.of("KiB", "MiB", "GiB")) {
            if (value >= KIB) {
                value /= KIB;
                unit = each;
            }
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, unit);
    }

    /** {@return a constant as words: {@code our_turn} is {@code our turn}} */
    static String constant(JsonNode object, String name) {
        return Json.text(object, name).replace('_', ' ');
    }

    /** {@return a share of a whole in percent, rounded up, so that only a bound that is reached is 100} */
    static long percent(long part, long whole) {
        return whole <= 0 ? 0 : part >= whole ? PERCENT : Math.min(PERCENT - 1, (part * PERCENT + whole - 1) / whole);
    }

    /** {@return how many a second that is, with a decimal if it is less than ten} */
    static String rate(long count, long millis) {
        double perSecond = count * 1000.0 / millis;
        boolean few = count > 0 && perSecond < 10;
        return String.format(Locale.ROOT, few ? "%.1f" : "%.0f", perSecond);
    }

    /** {@return a number with its noun} */
    static String count(long number, String one, String more) {
        return number + " " + (number == 1 ? one : more);
    }

    /** {@return the session's number, as traces have it} */
    static String session(JsonNode object, String name) {
        return Json.has(object, name) ? Long.toString(Json.number(object, name)) : "";
    }

    /** {@return the flags of an objective without their prefix} */
    static String flags(JsonNode object) {
        return String.join(
                        ",",
                        Json.texts(object, "flags").stream()
                                .map(flag -> flag.startsWith("F_") ? flag.substring(2) : flag)
                                .toList())
                .toLowerCase(Locale.ROOT);
    }

    /** {@return whether a certificate is good, and what is wrong with it or its files} */
    static String certificate(JsonNode status) {
        String problems = String.join("; ", Json.texts(status, "problems"));
        if (!Json.flag(status, "good")) {
            return "cannot be used: " + problems;
        }
        return "good, valid until " + Json.text(status, "notAfter") + (problems.isEmpty() ? "" : "; " + problems);
    }

    /** {@return where a message came from or went to, as in the log of a node} */
    static String place(JsonNode event, String preposition) {
        JsonNode path = event.path("path");
        if (Json.text(path, "kind").equals("loopback")) {
            return " within the node";
        }
        String peer = Json.text(path, "peer");
        String name = Json.text(path.path("identity"), "nodeName");
        String link = Json.text(path, "link");
        return (peer.isEmpty() ? "" : " " + preposition + " " + peer)
                + (name.isEmpty() ? "" : " (" + name + ")")
                + (link.isEmpty() ? "" : " on " + link);
    }
}
