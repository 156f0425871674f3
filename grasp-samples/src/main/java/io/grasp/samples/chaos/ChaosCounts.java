package io.grasp.samples.chaos;

/**
 * The numbers of events and operations of a run.
 *
 * @param events events on the network
 * @param faults injected faults
 * @param floods floods that ASAs began
 * @param processedFloods floods processed by nodes, counted at each node
 * @param discoveries discoveries that ASAs began
 * @param locatorsFound locators that discoveries returned
 * @param accepted negotiations that were accepted, as seen by the initiator
 * @param oneSided negotiations that one side reported as accepted and the other did not: its M_END or the connection
 *      was lost, or the other side is an adversary
 * @param declined negotiations that were declined, as seen by the initiator
 * @param failed negotiations that failed or were cancelled, as seen by the initiator
 * @param synchronizations values that ASAs requested and received
 * @param attacks messages that adversaries sent, and connections that they began
 * @param forged how many of these messages had forged sources
 */
public record ChaosCounts(
        long events,
        long faults,
        long floods,
        long processedFloods,
        long discoveries,
        long locatorsFound,
        long accepted,
        long oneSided,
        long declined,
        long failed,
        long synchronizations,
        long attacks,
        long forged) {
    /** No events. */
    public static final ChaosCounts NONE = new ChaosCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

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
                oneSided + other.oneSided,
                declined + other.declined,
                failed + other.failed,
                synchronizations + other.synchronizations,
                attacks + other.attacks,
                forged + other.forged);
    }
}
