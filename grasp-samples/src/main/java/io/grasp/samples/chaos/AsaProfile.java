package io.grasp.samples.chaos;

import io.grasp.simulation.chaos.ChaosRandom;
import java.util.List;
import java.util.stream.Stream;

/**
 * The objectives of a host's ASAs until its next restart.
 *
 * @param negotiates the objectives for which it accepts requests
 * @param serves the objectives that it serves with values
 * @param shows the objectives that can only be discovered
 */
record AsaProfile(List<String> negotiates, List<String> serves, List<String> shows) {
    static final List<String> FLOODED = List.of("F0", "F1", "F2");
    static final List<String> NEGOTIATED = List.of("N0", "N1");
    static final List<String> SERVED = List.of("S0", "S1");
    static final List<String> SHOWN = List.of("D0", "D1", "D2");

    private static final double OFTEN = 0.4;
    private static final double SELDOM = 0.2;

    static AsaProfile draw(ChaosRandom draw) {
        return new AsaProfile(draw.some(NEGOTIATED, OFTEN), draw.some(SERVED, OFTEN), draw.some(SHOWN, SELDOM));
    }

    /** {@return whether it may answer a discovery of the objective} */
    boolean has(String objective) {
        return Stream.of(negotiates, serves, shows).anyMatch(names -> names.contains(objective));
    }
}
