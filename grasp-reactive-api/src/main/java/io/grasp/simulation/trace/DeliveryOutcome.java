package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;

/** What became of something that travelled. */
enum DeliveryOutcome {
    ARRIVED("arrived"),
    CORRUPTED("corrupted"),
    LOST("lost"),
    UNREACHED("no way"),
    RESENT("sent again");

    private final String words;

    DeliveryOutcome(String words) {
        this.words = words;
    }

    static DeliveryOutcome of(SimEvent.Kind kind) {
        return switch (kind) {
            case CORRUPTED, DATA_CORRUPTED -> CORRUPTED;
            case LOST -> LOST;
            case UNREACHED -> UNREACHED;
            case RETRANSMITTED -> RESENT;
            default -> ARRIVED;
        };
    }

    /** {@return whether it got to the other end} */
    boolean isArrival() {
        return this == ARRIVED || this == CORRUPTED;
    }

    /** {@return what to call it} */
    String words() {
        return words;
    }
}
