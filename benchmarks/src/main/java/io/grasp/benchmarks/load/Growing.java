package io.grasp.benchmarks.load;

/** Something of which a node can have ever more, and a step that must not take longer for it. */
interface Growing {
    /** {@return what there is more of} */
    String what();

    /** {@return what a step is} */
    String step();

    /** Makes more of it, until there are so many. */
    void growTo(int count);

    /**
     * Prepares so many steps, each on another one.
     *
     * @param count how many steps
     * @param among of how many of them one is drawn
     * @return what does the steps
     */
    Runnable steps(int count, int among);
}
