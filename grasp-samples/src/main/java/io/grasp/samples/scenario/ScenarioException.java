package io.grasp.samples.scenario;

/** A scenario file that cannot be used. The message is one line, and names the place in the file. */
public final class ScenarioException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A file that cannot be used.
     *
     * @param place a JSON pointer, or another place in the file; empty for the file as a whole
     * @param problem what is wrong there
     */
    ScenarioException(String place, String problem) {
        super(place.isEmpty() ? problem : place + ": " + problem);
    }
}
