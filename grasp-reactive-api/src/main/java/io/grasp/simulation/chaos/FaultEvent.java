package io.grasp.simulation.chaos;

import io.grasp.substrate.sim.LinkConditions;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The beginning or the end of a fault. Its text is exact, so that a run can be repeated from it.
 *
 * @param at when it happens, since the run began
 * @param action the action
 * @param targets the affected nodes and links, nodes first
 * @param settings further settings, by name
 */
record FaultEvent(Duration at, Action action, List<String> targets, Map<String, String> settings) {
    private static final int NANO_DIGITS = 9;
    private static final int MANY = -1;

    /**
     * An action. It has no effect if the network is already in that state, so that any part of a script can be played.
     */
    enum Action {
        /** The conditions of the link change. */
        CONDITIONS(0, 1),
        /** The nodes are cut off from all others. */
        PARTITION(MANY, 0),
        /** The partition ends. */
        HEAL(0, 0),
        /** The link goes down for all its nodes. */
        DOWN(0, 1),
        /** The link comes up again. */
        UP(0, 1),
        /** One node alone loses the link. */
        DISCONNECT(1, 1),
        /** The node gets the link back, with another index. */
        CONNECT(1, 1),
        /** The node crashes. */
        CRASH(1, 0),
        /** The node is closed normally. */
        CLOSE(1, 0),
        /** The node starts again. */
        START(1, 0),
        /** The node falls asleep. */
        SUSPEND(1, 0),
        /** The node wakes up. */
        RESUME(1, 0),
        /** The clock of the node jumps, and has another rate from now on. */
        CLOCK(1, 0, "offset", "rate"),
        /** The node takes the given time to process each message. */
        SLOW(1, 0, "time");

        private final int nodes;
        private final int links;

        @SuppressWarnings("ImmutableEnumChecker") // it is made by List.of
        private final List<String> settings;

        Action(int nodes, int links, String... settings) {
            this.nodes = nodes;
            this.links = links;
            this.settings = List.of(settings);
        }

        private int nodesAmong(List<String> targets) {
            return nodes == MANY ? targets.size() : nodes;
        }

        private static Action of(String word) {
            return Stream.of(values())
                    .filter(action -> action.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no action '" + word + "'"));
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    FaultEvent {
        targets = List.copyOf(targets);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        int wanted = action.nodesAmong(targets) + action.links;
        if (targets.size() != wanted) {
            throw new IllegalArgumentException(
                    "nodes and links after '" + action.word() + "': expected " + wanted + ", found " + targets.size());
        }
        if (action == Action.CONDITIONS) {
            conditions(settings);
        } else if (!List.copyOf(settings.keySet()).equals(action.settings)) {
            throw new IllegalArgumentException(
                    action.word() + " needs the settings " + action.settings + ", not " + settings.keySet());
        } else {
            settings.values().forEach(BigDecimal::new);
        }
    }

    FaultEvent(Duration at, Action action, String... targets) {
        this(at, action, List.of(targets), Map.of());
    }

    static FaultEvent conditions(Duration at, String link, LinkConditions conditions) {
        return new FaultEvent(at, Action.CONDITIONS, List.of(link), settings(conditions));
    }

    static FaultEvent clock(Duration at, String node, Duration offset, double rate) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("offset", seconds(offset));
        settings.put("rate", Double.toString(rate));
        return new FaultEvent(at, Action.CLOCK, List.of(node), settings);
    }

    static FaultEvent slow(Duration at, String node, Duration time) {
        return new FaultEvent(at, Action.SLOW, List.of(node), Map.of("time", seconds(time)));
    }

    static FaultEvent parse(String line) {
        try {
            List<String> words = Arrays.asList(line.split("\\s+"));
            if (words.size() < 2) {
                throw new IllegalArgumentException("it needs a time and an action");
            }
            Duration at = seconds(words.get(0));
            if (at.isNegative()) {
                throw new IllegalArgumentException("its time is negative");
            }
            List<String> targets = new ArrayList<>();
            Map<String, String> settings = new LinkedHashMap<>();
            for (String word : words.subList(2, words.size())) {
                int equals = word.indexOf('=');
                if (equals < 0) {
                    targets.add(word);
                } else if (settings.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                    throw new IllegalArgumentException("'" + word + "' occurs twice");
                }
            }
            return new FaultEvent(at, Action.of(words.get(1)), targets, settings);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("fault '" + line + "': a value is not a number", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("fault '" + line + "': " + e.getMessage(), e);
        }
    }

    /** {@return the nodes that it happens to} */
    List<String> nodes() {
        return targets.subList(0, action.nodesAmong(targets));
    }

    /** {@return the links that it happens to} */
    List<String> links() {
        return targets.subList(action.nodesAmong(targets), targets.size());
    }

    /** {@return the conditions that {@link Action#CONDITIONS} sets} */
    LinkConditions conditions() {
        return conditions(settings);
    }

    /** {@return how far {@link Action#CLOCK} sets the clock ahead} */
    Duration offset() {
        return seconds(setting("offset"));
    }

    /** {@return the rate that {@link Action#CLOCK} sets} */
    double rate() {
        return Double.parseDouble(setting("rate"));
    }

    /** {@return how long {@link Action#SLOW} makes the processing of a message} */
    Duration time() {
        return seconds(setting("time"));
    }

    private String setting(String name) {
        return Objects.requireNonNull(settings.get(name), name);
    }

    /** {@return the settings that differ from perfect conditions} */
    private static Map<String, String> settings(LinkConditions conditions) {
        LinkConditions perfect = LinkConditions.PERFECT;
        Map<String, String> settings = new LinkedHashMap<>();
        put(settings, "delay", seconds(conditions.delay()), seconds(perfect.delay()));
        put(settings, "jitter", seconds(conditions.jitter()), seconds(perfect.jitter()));
        put(settings, "bandwidth", conditions.bandwidth(), perfect.bandwidth());
        put(settings, "queueBytes", conditions.queueBytes(), perfect.queueBytes());
        put(settings, "mtu", conditions.mtu(), perfect.mtu());
        put(settings, "loss", conditions.loss(), perfect.loss());
        put(settings, "duplication", conditions.duplication(), perfect.duplication());
        put(settings, "reordering", conditions.reordering(), perfect.reordering());
        put(settings, "corruption", conditions.corruption(), perfect.corruption());
        return settings;
    }

    private static void put(Map<String, String> settings, String name, Object value, Object usual) {
        if (!value.equals(usual)) {
            settings.put(name, value.toString());
        }
    }

    private static LinkConditions conditions(Map<String, String> settings) {
        LinkConditions conditions = LinkConditions.PERFECT;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String value = setting.getValue();
            conditions = switch (setting.getKey()) {
                case "delay" -> conditions.withDelay(seconds(value));
                case "jitter" -> conditions.withJitter(seconds(value));
                case "bandwidth" -> conditions.withBandwidth(Long.parseLong(value));
                case "queueBytes" -> conditions.withQueueBytes(Integer.parseInt(value));
                case "mtu" -> conditions.withMtu(Integer.parseInt(value));
                case "loss" -> conditions.withLoss(Double.parseDouble(value));
                case "duplication" -> conditions.withDuplication(Double.parseDouble(value));
                case "reordering" -> conditions.withReordering(Double.parseDouble(value));
                case "corruption" -> conditions.withCorruption(Double.parseDouble(value));
                default -> throw new IllegalArgumentException("links have no condition '" + setting.getKey() + "'");
            };
        }
        return conditions;
    }

    /** {@return milder events of the same kind: in each, one condition less differs from perfect} */
    List<FaultEvent> milder() {
        if (action != Action.CONDITIONS) {
            return List.of();
        }
        return settings.keySet().stream()
                .map(name -> {
                    Map<String, String> fewer = new LinkedHashMap<>(settings);
                    fewer.remove(name);
                    return new FaultEvent(at, action, targets, fewer);
                })
                .toList();
    }

    private static String seconds(Duration time) {
        BigDecimal seconds = BigDecimal.valueOf(time.toNanos(), NANO_DIGITS).stripTrailingZeros();
        return seconds.toPlainString();
    }

    private static Duration seconds(String text) {
        return Duration.ofNanos(new BigDecimal(text).movePointRight(NANO_DIGITS).longValueExact());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(seconds(at)).append(' ').append(action.word());
        targets.forEach(target -> text.append(' ').append(target));
        settings.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append(value));
        return text.toString();
    }
}
