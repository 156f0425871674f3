package io.grasp.samples.chaos;

/**
 * How much happened.
 *
 * @param events events on the network
 * @param faults faults that were injected
 * @param floods floods that ASAs began
 * @param processedFloods floods that nodes have processed, each at each node
 * @param discoveries discoveries that ASAs began
 * @param locatorsFound locators that discoveries told
 * @param accepted negotiations that their initiators take to be accepted
 * @param declined negotiations that their initiators take to be declined
 * @param failed negotiations that their initiators saw fail, or gave up
 * @param synchronizations values that ASAs asked for and got
 */
public record ChaosCounts(
        long events,
        long faults,
        long floods,
        long processedFloods,
        long discoveries,
        long locatorsFound,
        long accepted,
        long declined,
        long failed,
        long synchronizations) {
    /** Nothing. */
    public static final ChaosCounts NONE = new ChaosCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** {@return these counts and others together} */
    public ChaosCounts plus(ChaosCounts other) {
        return new ChaosCounts(
                events + other.events,
                faults + other.faults,
                floods + other.floods,
                processedFloods + other.processedFloods,
                discoveries + other.discoveries,
                locatorsFound + other.locatorsFound,
                accepted + other.accepted,
                declined + other.declined,
                failed + other.failed,
                synchronizations + other.synchronizations);
    }
}
