package io.grasp.samples.text;

/** Receives lines in which an ASA describes its actions to the user. */
@FunctionalInterface
public interface LineOutput {
    /** Prints one line. */
    void say(String line);
}
