package io.grasp.samples.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The rules of Linux's packet filter, as {@code nft -j list ruleset} prints them, and what they do with a packet. What
 * depends on more than is known of the packet, such as its source or a rate, may match.
 */
final class Firewall {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_JUMPS = 16;
    private static final int LINK_LOCAL_PREFIX = 64;
    private static final Set<String> INCOMING = Set.of("ingress", "prerouting", "input");
    private static final Set<String> OUTGOING = Set.of("output", "postrouting", "egress");
    private static final String CONCATENATION = "concat";
    private static final Set<String> OF_DEVICES = Set.of("ingress", "egress");
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("counter", "log", "mangle", "notrack", "ct helper", "flow", "set", "map", "ct count");

    private final Map<String, Chain> chains = new HashMap<>();
    private final Map<String, JsonNode> sets = new HashMap<>();

    /** Whether a rule concerns a packet. */
    private enum Match {
        YES,
        NO,
        MAYBE;

        Match and(Match other) {
            return this == NO || other == NO ? NO : this == MAYBE || other == MAYBE ? MAYBE : YES;
        }

        Match or(Match other) {
            return this == YES || other == YES ? YES : this == MAYBE || other == MAYBE ? MAYBE : NO;
        }

        Match negated() {
            return this == YES ? NO : this == NO ? YES : MAYBE;
        }
    }

    /** A chain with its rules. */
    private record Chain(String family, String table, String name, JsonNode properties, List<JsonNode> rules) {
        @Override
        public String toString() {
            return "chain " + name + " of table " + family + " " + table;
        }
    }

    /** What is known of the way of a packet through the rules: where it ends, or may end. */
    private static final class Way {
        @Nullable
        String dropped;

        @Nullable
        String perhapsDropped;

        boolean accepted;
        boolean perhapsAccepted;

        boolean hasEnded() {
            return accepted || dropped != null;
        }
    }

    /**
     * What happens to a packet.
     *
     * @param dropped the rule or policy that drops it; {@code null} if none does for certain
     * @param perhaps the rule or policy that may drop it; {@code null} if none may
     */
    record Verdict(@Nullable String dropped, @Nullable String perhaps) {}

    private Firewall() {}

    /**
     * Reads rules.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static Firewall parse(String json) {
        Firewall firewall = new Firewall();
        try {
            JsonNode entries = JSON.readTree(json).path("nftables");
            if (!entries.isArray()) {
                throw new IllegalArgumentException("no list of rules");
            }
            entries.forEach(firewall::add);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
        return firewall;
    }

    private void add(JsonNode entry) {
        JsonNode chain = entry.path("chain");
        JsonNode rule = entry.path("rule");
        JsonNode set = entry.path(entry.has("map") ? "map" : "set");
        if (chain.isObject()) {
            chains.put(
                    key(chain, chain.path("name").asString("")),
                    new Chain(
                            chain.path("family").asString(""),
                            chain.path("table").asString(""),
                            chain.path("name").asString(""),
                            chain,
                            new ArrayList<>()));
        } else if (rule.isObject()) {
            Chain of = chains.get(key(rule, rule.path("chain").asString("")));
            if (of != null) {
                of.rules.add(rule);
            }
        } else if (set.isObject()) {
            sets.put(key(set, "@" + set.path("name").asString("")), set.path("elem"));
        }
    }

    private static String key(JsonNode entry, String name) {
        return entry.path("family").asString("") + ' ' + entry.path("table").asString("") + ' ' + name;
    }

    /** {@return whether there are no rules} */
    boolean isEmpty() {
        return chains.isEmpty();
    }

    /** {@return what happens to a packet: every base chain on its way can drop it} */
    Verdict verdict(Packet packet) {
        String perhaps = null;
        for (Chain base : baseChains(packet)) {
            Way way = new Way();
            walk(base, packet, way, 0);
            String policy = base.properties.path("policy").asString("accept");
            if (!way.hasEnded() && policy.equals("drop")) {
                way.dropped = "the policy of " + base;
            }
            if (way.dropped != null && !way.perhapsAccepted && sees(base, packet) == Match.YES) {
                return new Verdict(way.dropped, null);
            }
            if (perhaps == null) {
                perhaps = way.dropped != null ? way.dropped : way.perhapsDropped;
            }
        }
        return new Verdict(null, perhaps);
    }

    private List<Chain> baseChains(Packet packet) {
        return chains.values().stream()
                .filter(chain -> sees(chain, packet) != Match.NO)
                .sorted(Comparator.<Chain>comparingInt(
                                chain -> chain.properties.path("prio").asInt(0))
                        .thenComparing(Chain::toString))
                .toList();
    }

    private static Match sees(Chain chain, Packet packet) {
        boolean family = switch (chain.family) {
            case "inet", "netdev" -> true;
            case "ip6" -> packet.ipv6();
            case "ip" -> !packet.ipv6();
            default -> false;
        };
        String hook = chain.properties.path("hook").asString("");
        if (!family
                || !(packet.incoming() ? INCOMING : OUTGOING).contains(hook)
                || chain.properties.path("type").asString("").equals("nat")) {
            return Match.NO;
        }
        return OF_DEVICES.contains(hook) ? isOf(packet.link(), chain.properties.path("dev")) : Match.YES;
    }

    /** Some versions of nft, such as 1.0.6, do not print the device of a chain. */
    private static Match isOf(String link, JsonNode devices) {
        return devices.isMissingNode() ? Match.MAYBE : contains(devices, link) ? Match.YES : Match.NO;
    }

    private static boolean contains(JsonNode textOrTexts, String text) {
        if (textOrTexts.isArray()) {
            return textOrTexts.valueStream().anyMatch(each -> contains(each, text));
        }
        return textOrTexts.asString("").equals(text);
    }

    private void walk(Chain chain, Packet packet, Way way, int depth) {
        for (JsonNode rule : chain.rules) {
            if (apply(chain, rule, packet, way, depth)) {
                return;
            }
        }
    }

    /** {@return whether the rest of the chain is not reached} */
    private boolean apply(Chain chain, JsonNode rule, Packet packet, Way way, int depth) {
        String name = "rule " + rule.path("handle").asString("?") + " in " + chain;
        Match match = Match.YES;
        for (JsonNode expression : rule.path("expr")) {
            for (String kind : expression.propertyNames()) {
                JsonNode content = expression.path(kind);
                if (kind.equals("match")) {
                    match = match.and(matches(chain, content, packet));
                } else if (kind.equals("vmap")) {
                    if (applyMap(chain, content, match, packet, new Target(name, depth), way)) {
                        return true;
                    }
                } else if (isVerdict(kind)) {
                    return match != Match.NO && decide(chain, expression, match, packet, new Target(name, depth), way);
                } else if (!WITHOUT_EFFECT.contains(kind)) {
                    match = match.and(Match.MAYBE);
                }
            }
            if (match == Match.NO) {
                return false;
            }
        }
        return false;
    }

    /** The rule that decides, and how many jumps lead to it. */
    private record Target(String rule, int depth) {}

    private boolean applyMap(Chain chain, JsonNode map, Match sure, Packet packet, Target target, Way way) {
        JsonNode data = map.path("data");
        JsonNode entries = data.isString() ? sets.get(key(chain.properties, data.asString(""))) : data.path("set");
        if (entries == null) {
            return false;
        }
        for (JsonNode entry : entries) {
            Match match = sure.and(compare(chain, map.path("key"), entry.path(0), packet));
            if (match != Match.NO && decide(chain, entry.path(1), match, packet, target, way)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVerdict(String kind) {
        return switch (kind) {
            case "accept", "drop", "reject", "jump", "goto", "return", "continue", "queue" -> true;
            default -> false;
        };
    }

    /** Does what a verdict says. {@return whether the rest of the chain is not reached} */
    private boolean decide(Chain chain, JsonNode verdict, Match match, Packet packet, Target target, Way way) {
        boolean sure = match == Match.YES;
        if (verdict.has("accept")) {
            way.accepted |= sure;
            way.perhapsAccepted |= !sure;
        } else if (verdict.has("drop") || verdict.has("reject")) {
            drop(target.rule, sure, way);
        } else if (verdict.has("queue")) {
            drop(target.rule, false, way); // a program decides
        } else if (verdict.has("jump") || verdict.has("goto")) {
            boolean jump = verdict.has("jump");
            String name = verdict.path(jump ? "jump" : "goto").path("target").asString("");
            Chain next = chains.get(key(chain.properties, name));
            if (next != null && target.depth < MAX_JUMPS) {
                enter(next, sure, packet, target, way);
            }
            return sure && (!jump || way.hasEnded());
        } else {
            return sure && verdict.has("return");
        }
        return sure;
    }

    private void enter(Chain next, boolean sure, Packet packet, Target target, Way way) {
        Way inside = new Way();
        walk(next, packet, inside, target.depth + 1);
        way.perhapsAccepted |= inside.perhapsAccepted || inside.accepted && !sure;
        way.accepted |= inside.accepted && sure;
        String perhaps = inside.perhapsDropped;
        if (inside.dropped != null) {
            drop(inside.dropped, sure && !inside.perhapsAccepted, way);
        } else if (perhaps != null) {
            drop(perhaps, false, way);
        }
    }

    private static void drop(String rule, boolean sure, Way way) {
        if (sure) {
            way.dropped = rule;
        } else if (way.perhapsDropped == null) {
            way.perhapsDropped = rule;
        }
    }

    private Match matches(Chain chain, JsonNode match, Packet packet) {
        JsonNode left = match.path("left");
        if (isOfAnotherProtocol(left, packet)) {
            return Match.NO; // also if it must differ
        }
        Match equal = compare(chain, left, match.path("right"), packet);
        return switch (match.path("op").asString("==")) {
            case "==", "in" -> equal;
            case "!=" -> equal.negated();
            default -> Match.MAYBE;
        };
    }

    private static boolean isOfAnotherProtocol(JsonNode left, Packet packet) {
        if (left.path(CONCATENATION).valueStream().anyMatch(part -> isOfAnotherProtocol(part, packet))) {
            return true;
        }
        String protocol = left.path("payload").path("protocol").asString("th");
        return switch (protocol) {
            case "th", "ether", "vlan" -> false;
            case "ip6" -> !packet.ipv6();
            case "ip" -> packet.ipv6();
            default -> !protocol.equals(packet.protocol());
        };
    }

    private Match compare(Chain chain, JsonNode left, JsonNode right, Packet packet) {
        if (isOfAnotherProtocol(left, packet)) {
            return Match.NO;
        }
        return anyOf(chain, right, one -> compareOne(left, one, packet));
    }

    private static Match compareOne(JsonNode left, JsonNode right, Packet packet) {
        JsonNode parts = left.path(CONCATENATION);
        if (parts.isArray()) {
            JsonNode others = right.path(CONCATENATION);
            Match all = parts.size() == others.size() ? Match.YES : Match.MAYBE;
            for (int i = 0; i < Math.min(parts.size(), others.size()); i++) {
                all = all.and(compareOne(parts.get(i), others.get(i), packet));
            }
            return all;
        }
        String field = left.path("payload").path("field").asString("");
        if (field.equals("saddr")) {
            return source(right, packet);
        }
        String value = field.isEmpty() ? property(left, packet) : payload(field, packet);
        return value == null ? Match.MAYBE : compare(value, right);
    }

    /** {@return what the packet has in a field, {@code null} if that is not known} */
    private static @Nullable String payload(String field, Packet packet) {
        return switch (field) {
            case "dport" -> Integer.toString(packet.port());
            case "daddr" -> packet.udp() ? packet.group() : null;
            case "nexthdr", "protocol" -> packet.protocol();
            default -> null;
        };
    }

    private static @Nullable String property(JsonNode left, Packet packet) {
        if (left.path("ct").path("key").asString("").equals("state")) {
            return "new";
        }
        return switch (left.path("meta").path("key").asString("")) {
            case "iif", "iifname" -> packet.incoming() ? packet.link() : "";
            case "oif", "oifname" -> packet.incoming() ? "" : packet.link();
            case "l4proto" -> packet.protocol();
            case "nfproto" -> packet.ipv6() ? "ipv6" : "ipv4";
            case "protocol" -> packet.ipv6() ? "ip6" : "ip";
            case "pkttype" -> packet.incoming() ? packet.udp() ? "multicast" : "host" : null;
            default -> null;
        };
    }

    /** Multicasts by IPv6 come from a link-local address, whatever else it is. */
    private static Match source(JsonNode right, Packet packet) {
        JsonNode prefix = right.path("prefix");
        return packet.udp()
                        && packet.ipv6()
                        && prefix.path("len").asInt(Integer.MAX_VALUE) <= LINK_LOCAL_PREFIX
                        && isIn("fe80::", prefix)
                ? Match.YES
                : Match.MAYBE;
    }

    /** Compares with the members of a set, or with one value. */
    private Match anyOf(Chain chain, JsonNode right, Function<JsonNode, Match> one) {
        if (right.isArray()) {
            return right.valueStream().map(each -> anyOf(chain, each, one)).reduce(Match.NO, Match::or);
        }
        if (right.has("set")) {
            return anyOf(chain, right.path("set"), one);
        }
        if (right.has("elem")) {
            return anyOf(chain, right.path("elem").path("val"), one);
        }
        String text = right.asString("");
        if (text.startsWith("@")) {
            JsonNode elements = sets.get(key(chain.properties, text));
            return elements == null ? Match.MAYBE : elements.isArray() ? anyOf(chain, elements, one) : Match.NO;
        }
        return one.apply(right);
    }

    private static Match compare(String value, JsonNode right) {
        if (right.has("range")) {
            return inRange(value, right.path("range"));
        }
        if (right.has("prefix")) {
            return isIn(value, right.path("prefix")) ? Match.YES : Match.NO;
        }
        if (right.isObject() || right.isNull() || right.isMissingNode()) {
            return Match.MAYBE;
        }
        String text = right.asString("");
        boolean equal =
                text.endsWith("*") ? value.startsWith(text.substring(0, text.length() - 1)) : value.equals(text);
        return equal ? Match.YES : Match.NO;
    }

    private static Match inRange(String value, JsonNode range) {
        try {
            int number = Integer.parseInt(value);
            int from = Integer.parseInt(range.path(0).asString(""));
            int to = Integer.parseInt(range.path(1).asString(""));
            return from <= number && number <= to ? Match.YES : Match.NO;
        } catch (NumberFormatException e) {
            return Match.MAYBE; // of addresses, for example
        }
    }

    private static boolean isIn(String address, JsonNode prefix) {
        String network = prefix.path("addr").asString("");
        if (!network.matches("[\\p{XDigit}:.]*[:.][\\p{XDigit}:.]*")) {
            return false; // a name would be looked up
        }
        try {
            byte[] one = InetAddress.getByName(address).getAddress();
            byte[] other = InetAddress.getByName(network).getAddress();
            int length = prefix.path("len").asInt(0);
            if (one.length != other.length || length > one.length * Byte.SIZE) {
                return false;
            }
            for (int bit = 0; bit < length; bit++) {
                int mask = 0x80 >> bit % Byte.SIZE;
                if ((one[bit / Byte.SIZE] & mask) != (other[bit / Byte.SIZE] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
