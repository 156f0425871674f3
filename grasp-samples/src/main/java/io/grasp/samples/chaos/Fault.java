package io.grasp.samples.chaos;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Something that goes wrong in a simulated network. */
public enum Fault {
    /** Links lose messages, and parts of streams. */
    LOSS,
    /** Links deliver messages twice. */
    DUPLICATION,
    /** Links hold messages back. */
    REORDERING,
    /** Links take now longer, now shorter. */
    JITTER,
    /** Links are narrow, with short queues. */
    BANDWIDTH,
    /** Links change bits. */
    CORRUPTION,
    /** The network falls into parts. */
    PARTITION,
    /** Links go down and come up again. */
    FLAP,
    /** Nodes crash and are started again, without memory. */
    CRASH,
    /** Nodes sleep and wake up again, with their memory. */
    SUSPEND,
    /** Clocks run at the wrong speed, and jump. */
    SKEW,
    /** Nodes take their time for each message. */
    SLOW;

    /**
     * What a command line says: {@code all}, {@code none} or names with commas between.
     *
     * @param text what it says
     * @return the faults
     * @throws IllegalArgumentException if it names something else; the message tells what
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
     * @param faults some faults
     * @return what a command line says
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
