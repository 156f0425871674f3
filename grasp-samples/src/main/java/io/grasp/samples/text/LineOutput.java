package io.grasp.samples;

/** Receives lines in which an ASA describes its actions to the user. */
@FunctionalInterface
interface LineOutput {
    /** Prints one line. */
    void say(String line);
}
