package io.grasp.simulation;

import java.util.List;

/** The invariants of GRASP itself. */
public final class Invariants {
    private Invariants() {}

    /** {@return every session of a node has ended when the node is closed, and ended only once} */
    public static Invariant everySessionEnds() {
        return new SessionEndInvariant();
    }

    /** {@return a closed node leaves no session, deadline or connection} */
    public static Invariant noResidue() {
        return new NoResidueInvariant();
    }

    /**
     * {@return no node processes the same flood twice within the time that it must remember it (RFC 8990 section
     * 2.5.6.2)}
     */
    public static Invariant noDuplicateFloods() {
        return new DuplicateFloodInvariant();
    }

    /**
     * {@return a relay sends a flood or discovery with a lower loop count than it received it with (RFC 8990 section
     * 2.5.4.4)}
     */
    public static Invariant loopCountsDecrease() {
        return new LoopCountInvariant();
    }

    /**
     * {@return no node sends the same flood or discovery twice on a link, its own or another's (RFC 8990 section
     * 2.5.4.4)}
     */
    public static Invariant noDuplicateMulticasts() {
        return new DuplicateMulticastInvariant();
    }

    /**
     * {@return no relay sends a flood or discovery on the link that it has just received it on (RFC 8990 sections
     * 2.5.4.4 and 2.5.6.2)}
     */
    public static Invariant noEcho() {
        return new NoEchoInvariant();
    }

    /** {@return if both sides report a negotiation as accepted, they have the same value} */
    public static Invariant equalAgreements() {
        return new AgreementInvariant();
    }

    /**
     * {@return no discovery returns the locator of a node that has been dead for longer than the locator's time to
     * live}
     */
    public static Invariant noExpiredLocators() {
        return new ExpiredLocatorsInvariant();
    }

    /** {@return all of them} */
    public static List<Invariant> all() {
        return List.of(
                everySessionEnds(),
                noResidue(),
                noDuplicateFloods(),
                loopCountsDecrease(),
                noDuplicateMulticasts(),
                noEcho(),
                equalAgreements(),
                noExpiredLocators());
    }

    /** {@return the rules that hold even if links corrupt messages} */
    public static List<Invariant> robustness() {
        return List.of(everySessionEnds(), noResidue());
    }
}
