package io.grasp.benchmarks.load.growth;

/** Objects of which a node can have many, and a step whose time must not grow with their number. */
public interface GrowingResource {
    /** {@return a description of the objects} */
    String what();

    /** {@return a description of the step} */
    String step();

    /** Creates more objects, up to a number. */
    void growTo(int count);

    /**
     * Prepares steps, each on another object.
     *
     * @param count the number of steps
     * @param among the number of objects among which the steps choose
     * @return runs the steps
     */
    Runnable steps(int count, int among);
}
