package io.grasp.samples.chaos;

/** The rules that must hold in addition to {@link io.grasp.simulation.Invariants}, as seen by the ASAs. */
final class AsaRules {
    static final String FLOOD_ONCE = "ASAs receive a flood once";
    static final String FLOOD_REACH = "floods go as far as their loop count";
    static final String DISCOVERY_TRUE = "discoveries are correct";
    static final String DISCOVERY_REACH = "discoveries go as far as their loop count";
    static final String SYNCHRONIZATION_TRUE = "synchronized values are those served";
    static final String AGREED_IS_OFFERED = "agreed values were offered";
    static final String NO_NONSENSE = "peers follow the protocol, and intact links deliver";
    static final String IDLE = "idle nodes hold no resources";
    static final String OWN_FLOODS = "what an ASA has flooded stays readable on its node";
    static final String LIVE_FLOOD = "after the faults a flood reaches every node once";
    static final String LIVE_DISCOVERY = "after the faults a discovery finds the node";
    static final String LIVE_NEGOTIATION = "after the faults a negotiation is agreed";

    private AsaRules() {}
}
