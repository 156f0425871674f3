package io.grasp.samples;

/** Where an ASA says what it does, for a person to follow. */
@FunctionalInterface
interface LineOutput {
    /** Says one line. */
    void say(String line);
}
