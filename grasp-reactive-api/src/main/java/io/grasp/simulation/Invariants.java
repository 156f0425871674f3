package io.grasp.simulation;

import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import java.util.List;
import java.util.Set;

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
        return new DuplicateFloodInvariant(false);
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
     * {@return no relay sends a flood or discovery on the link that it received the relayed copy on (RFC 8990 sections
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

    /**
     * {@return every discovery that a node receives is answered, relayed, or dropped with a reason, a minute later at
     * the latest}
     */
    public static Invariant everyDiscoveryHasAnOutcome() {
        return new DiscoveryOutcomeInvariant();
    }

    /**
     * {@return a node reports a response to a datagram as sent only if a connection to the source of the datagram was
     * opened}
     */
    public static Invariant sentResponsesHaveLeft() {
        return new SentResponsesInvariant();
    }

    /**
     * {@return no node connects to an address that no other host can have, to port 0, to itself, or, in reply to a
     * multicast, to an address beyond its links}
     */
    public static Invariant noForbiddenConnects() {
        return new ForbiddenConnectsInvariant();
    }

    /**
     * In a negotiation a node answers an offer with a lower loop count (RFC 8990 section 2.3.6). Not one of {@link
     * #all}, because it must know the exceptions.
     *
     * @param raising the objectives that ASAs register with
     *     {@link io.grasp.config.RegistrationOptions#raisedLoopCount}
     * @return the rule
     */
    public static Invariant negotiationLoopCountsDecrease(String... raising) {
        return new NegotiationLoopCountInvariant(Set.of(raising));
    }

    /**
     * The sessions and silent connections of each node, and the memory that its caches account for, keep to their
     * limits. It sees neither the heap nor what is remembered of messages: {@code MemoryIT} measures those. Not one of
     * {@link #all}, because it must know the limits.
     *
     * @param limits the limits of the nodes
     * @param relay their limits of relaying
     * @return the rule
     */
    public static Invariant loadKeepsToItsLimits(Limits limits, RelayLimits relay) {
        return new LoadInvariant(limits, relay);
    }

    /**
     * Whatever adversaries send on their links, a node refuses at most one in ten of the discoveries and floods that
     * GRASP nodes have begun and that come on other links, and of the connections, requests and responses of GRASP
     * nodes, because something is used up. Discoveries that it neither answers nor relays count as refused, unless
     * there were faults. Less than 20 of a kind show nothing. Not one of {@link #all}: the GRASP nodes themselves must
     * not send more than a node can process.
     *
     * @return the rule
     */
    public static Invariant otherLinksKeepTheirTraffic() {
        return new OtherLinksInvariant();
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
                noExpiredLocators(),
                everyDiscoveryHasAnOutcome(),
                sentResponsesHaveLeft(),
                noForbiddenConnects());
    }

    /**
     * {@return those that hold next to adversaries: all, but {@link #noDuplicateFloods} only for floods from neighbors
     * that send no messages of an adversary, because a neighbor that sends very many is remembered for a shorter time}
     */
    public static List<Invariant> besideAdversaries() {
        Invariant ofHonestNeighbors = new DuplicateFloodInvariant(true);
        return all().stream()
                .map(each -> each.equals(noDuplicateFloods()) ? ofHonestNeighbors : each)
                .toList();
    }

    /** {@return the rules that hold even if links corrupt messages} */
    public static List<Invariant> robustness() {
        return List.of(everySessionEnds(), noResidue());
    }
}
