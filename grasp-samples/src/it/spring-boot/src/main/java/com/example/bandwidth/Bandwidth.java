package com.example.bandwidth;

import io.grasp.model.TypedObjective;

/** A bandwidth in Mbit/s. A peer's value that the constructor does not accept is declined. */
record Bandwidth(int mbits) {
    static final TypedObjective<Bandwidth> OBJECTIVE =
            TypedObjective.negotiable("example.com:bandwidth", Bandwidth.class);

    Bandwidth {
        if (mbits <= 0) {
            throw new IllegalArgumentException("a bandwidth must be above 0, not " + mbits);
        }
    }
}
