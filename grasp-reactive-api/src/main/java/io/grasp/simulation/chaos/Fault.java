package io.grasp.simulation.chaos;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A kind of fault in a simulated network. */
public enum Fault {
    /** Links lose messages and segments of streams. */
    LOSS,
    /** Links deliver messages twice. */
    DUPLICATION,
    /** Links hold messages back. */
    REORDERING,
    /** The delay of links varies. */
    JITTER,
    /** Links have little bandwidth and short queues. */
    BANDWIDTH,
    /** Links change bits. */
    CORRUPTION,
    /** The network is partitioned; no node notices. */
    PARTITION,
    /** Links go down and come up again, for all nodes or for one; these nodes notice. */
    FLAP,
    /** Nodes crash or are closed, and are started again without memory. */
    CRASH,
    /** Nodes sleep and wake up again, with their memory. */
    SUSPEND,
    /** Clocks run at a wrong rate and jump. */
    SKEW,
    /** Nodes take long to process each message. */
    SLOW;

    /**
     * Reads the text of a command line: {@code all}, {@code none}, or names separated by commas.
     *
     * @param text the text, in upper or lower case
     * @return the faults
     * @throws IllegalArgumentException if it names anything else; the message names it
     */
    public static Set<Fault> parse(String text) {
        EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
        switch (text.toLowerCase(Locale.ROOT)) {
            case "none" -> {}
            case "all" -> faults.addAll(EnumSet.allOf(Fault.class));
            default -> Arrays.stream(text.split(",", -1)).map(Fault::of).forEach(faults::add);
        }
        return Collections.unmodifiableSet(faults);
    }

    /**
     * {@return whether every multicast reaches all neighbors, and first on the path with the fewest hops, despite these
     * faults}
     *
     * @param faults the faults
     */
    public static boolean areLossless(Set<Fault> faults) {
        return EnumSet.of(DUPLICATION, SKEW).containsAll(faults);
    }

    private static Fault of(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.text().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no fault '" + name + "', but "
                        + Arrays.stream(values()).map(Fault::text).collect(Collectors.joining(", "))));
    }

    /**
     * The reverse of {@link #parse}.
     *
     * @param faults the faults
     * @return the text of a command line
     */
    public static String text(Set<Fault> faults) {
        if (faults.isEmpty()) {
            return "none";
        }
        return faults.size() == values().length
                ? "all"
                : faults.stream().sorted().map(Fault::text).collect(Collectors.joining(","));
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
