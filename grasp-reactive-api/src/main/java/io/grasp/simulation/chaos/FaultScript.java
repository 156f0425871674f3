package io.grasp.simulation.chaos;

import java.util.List;
import java.util.stream.Stream;

/**
 * The faults of a run, with their times, nodes and links. A run records its own; with
 * {@link ChaosConfig#withScript} another run injects the same ones, or a part of them. Immutable.
 *
 * <p>Its text form has one event per line, or events separated by semicolons. Each begins with its time in seconds:
 *
 * <pre>
 * 0 conditions n0-n1 delay=0.02 loss=0.25
 * 1.5 partition n0 n3
 * 2 heal
 * 3 down n0-n1
 * 3.1 up n0-n1
 * 4 disconnect n2 n1-n2
 * 5 connect n2 n1-n2
 * 6 crash n1
 * 6.5 start n1
 * 7 close n1
 * 8 suspend n0
 * 9 resume n0
 * 10 clock n0 offset=300 rate=1.1
 * 11 slow n0 time=0.05
 * </pre>
 *
 * Conditions are those of {@link io.grasp.substrate.sim.LinkConditions}: delay and jitter in seconds, bandwidth,
 * queueBytes, mtu, loss, duplication, reordering, corruption; omitted ones are as in
 * {@link io.grasp.substrate.sim.LinkConditions#PERFECT}. A link without conditions at time 0 has a small delay and is
 * perfect otherwise. All faults that have not ended when the calm begins end then.
 */
public final class FaultScript {
    private final List<FaultEvent> events;

    FaultScript(List<FaultEvent> events) {
        this.events = List.copyOf(events);
    }

    /**
     * Reads a script.
     *
     * @param text its events
     * @return the script
     * @throws IllegalArgumentException if a line is not as above; the message says which and why
     */
    public static FaultScript parse(String text) {
        return new FaultScript(Stream.of(text.split("[;\n]", -1))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(FaultEvent::parse)
                .toList());
    }

    List<FaultEvent> events() {
        return events;
    }

    /** {@return the number of events} */
    public int size() {
        return events.size();
    }

    /** {@return the text of each event, in the order of their times} */
    public List<String> lines() {
        return events.stream().map(FaultEvent::toString).toList();
    }

    /** {@return the text for {@link #parse}, on one line} */
    @Override
    public String toString() {
        return String.join("; ", lines());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FaultScript script && events.equals(script.events);
    }

    @Override
    public int hashCode() {
        return events.hashCode();
    }
}
