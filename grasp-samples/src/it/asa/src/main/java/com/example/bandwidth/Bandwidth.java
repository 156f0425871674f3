package com.example.bandwidth;

import io.grasp.model.TypedObjective;

/** A bandwidth in Mbit/s: the values that the two ASAs negotiate about. */
record Bandwidth(int mbits) {
    /** The name that both ASAs know. Names with a colon are free to use; begin them with a domain that you own. */
    static final TypedObjective<Bandwidth> OBJECTIVE =
            TypedObjective.negotiable("example.com:bandwidth", Bandwidth.class);
}
