package com.example.bandwidth;

import io.grasp.model.TypedObjective;

/** A bandwidth in Mbit/s. */
record Bandwidth(int mbits) {
    static final TypedObjective<Bandwidth> OBJECTIVE =
            TypedObjective.negotiable("example.com:bandwidth", Bandwidth.class);
}
