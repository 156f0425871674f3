package io.grasp.benchmarks.attack;

import java.io.IOException;

/** What a hostile neighbor does. */
@FunctionalInterface
interface Attack {
    /** Attacks until {@link Progress#goesOn()} is false. */
    void run(Progress progress) throws IOException;
}
