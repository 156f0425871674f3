package io.grasp.samples.chaos;

import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.samples.mutation.SourceEdit;
import io.grasp.simulation.Invariants;
import io.grasp.simulation.chaos.ChaosRun;
import java.util.List;
import java.util.Set;

/**
 * A defect of the engine that chaos must find.
 *
 * @param name a description of the defect
 * @param place the changed class of the engine, or its changed member
 * @param edits the changes that cause it
 * @param faults the faults under which it shows
 * @param seconds how long faults are injected in a run that shows it
 * @param adversaries how many adversaries there are in such a run
 * @param noticedBy the rules that each notice it in one of the first few seeds
 */
record Defect(
        String name,
        String place,
        List<SourceEdit> edits,
        String faults,
        int seconds,
        int adversaries,
        Set<String> noticedBy) {
    private static final String LOAD = Invariants.loadKeepsToItsLimits(Limits.DEFAULTS, RelayLimits.DEFAULTS)
            .name();
    private static final int SHORT = 10;
    private static final int MIDDLE = 60;

    /** Long enough for nodes to be dead longer than their cached locators are valid. */
    private static final int LONG = 600;

    static List<Defect> all() {
        String sentOnce = Invariants.noDuplicateMulticasts().name();
        String processedOnce = Invariants.noDuplicateFloods().name();
        String fall = Invariants.loopCountsDecrease().name();
        String equal = Invariants.equalAgreements().name();
        return List.of(
                of("a relay forgets floods", "FloodRelay", "relayed.add(key);", "", "none", sentOnce),
                of("a relay forgets discoveries", "DiscoveryRelay", "relayed.add(key);", "", "none", sentOnce),
                of(
                        "the deadline of a session is not cancelled",
                        "Session",
                        "deadline.cancel();",
                        "",
                        "none",
                        AsaRules.IDLE),
                of(
                        "the loop count of a flood is not decremented",
                        "FloodRelay",
                        "flood.first().loopCount() - 1;",
                        "flood.first().loopCount();",
                        "none",
                        fall,
                        AsaRules.FLOOD_REACH),
                of(
                        "the loop count of a discovery is not decremented",
                        "DiscoveryRelay",
                        "objective().loopCount() - 1;",
                        "objective().loopCount();",
                        "none",
                        fall,
                        AsaRules.DISCOVERY_REACH,
                        AsaRules.LIVE_DISCOVERY),
                of(
                        "duplicates of a flood are processed",
                        "FloodManager",
                        "if (known.isEmpty()) {",
                        "if (known.isEmpty() || encoded.length > 0) {",
                        "none",
                        processedOnce,
                        AsaRules.FLOOD_ONCE),
                new Defect(
                        "a response goes to the previous hop of another discovery",
                        "DiscoveryRelay",
                        List.of(
                                new SourceEdit(
                                        "private final ReplySender replies;",
                                        "private final ReplySender replies; ReplyPath hop;"),
                                new SourceEdit(
                                        "previousHop,\n                path,\n                deadline,",
                                        "hop = hop == null ? previousHop : hop, path, deadline,")),
                        "none",
                        SHORT,
                        0,
                        Set.of(AsaRules.DISCOVERY_REACH, AsaRules.LIVE_DISCOVERY)),
                of(
                        "a relay does not pass responses on",
                        "DiscoveryRelay",
                        """
                        session.passOn(response, encoded, replies, path, source,
                                permitted -> ResponseLocators.from(permitted, link, context, path)
                                        .forEach(found -> cache.relayed(session.objective(), found, source)));
                        """,
                        "",
                        "none",
                        AsaRules.DISCOVERY_REACH,
                        AsaRules.LIVE_DISCOVERY),
                of(
                        "a relay never stops waiting for responses",
                        "DiscoveryRelay",
                        "() -> ended(key));",
                        "() -> {});",
                        "none",
                        AsaRules.IDLE),
                of(
                        "a relay sends a message only on the link on which it came",
                        "RelayedMulticast",
                        "if (from != null && link.index() == from.index()) {",
                        "if (from != null && link.index() != from.index()) {",
                        "none",
                        AsaRules.FLOOD_REACH,
                        AsaRules.LIVE_FLOOD),
                of(
                        "a flood is relayed one hop too far",
                        "FloodRelay",
                        "if (loopCount <= 0 ||",
                        "if (loopCount < 0 ||",
                        "none",
                        AsaRules.FLOOD_REACH),
                of(
                        "an accepted negotiation is reported with the wrong offer",
                        "NegotiationSession",
                        "conclude(new Accepted(ourLast, Side.PEER));",
                        "conclude(new Accepted(inHand, Side.PEER));",
                        "none",
                        equal,
                        AsaRules.AGREED_IS_OFFERED),
                of(
                        "a connection stays open after a decline",
                        "NegotiationSession",
                        "if (info().role() == Role.INITIATOR) {",
                        "if (outcome instanceof Declined) { } else if (info().role() == Role.INITIATOR) {",
                        "none",
                        AsaRules.IDLE),
                of(
                        "a responder forgets its session only when the peer ends it",
                        "NegotiationSession",
                        "release.accept(outcome);",
                        "if (outcome != SessionOutcome.FAILED) { release.accept(outcome); }",
                        "crash,partition",
                        AsaRules.IDLE),
                of(
                        "a relay also sends a message on the link on which it came",
                        "RelayedMulticast",
                        "if (from != null && link.index() == from.index()) {",
                        "if (link.index() == 0) {",
                        "none",
                        Invariants.noEcho().name()),
                of(
                        "a node treats its own flood as another node's",
                        "SessionTable",
                        "ourMulticasts.add(new SessionKey(id, initiator));",
                        "",
                        "loss",
                        sentOnce,
                        AsaRules.FLOOD_ONCE),
                new Defect(
                        "a silent peer never times out",
                        "NegotiationTimer",
                        List.of(new SourceEdit("arm(Awaited.PEER, null, timeout);", "")),
                        "crash",
                        MIDDLE,
                        0,
                        Set.of(ChaosRun.OPERATIONS_END, AsaRules.IDLE)),
                new Defect(
                        "a locator is returned after its time to live",
                        "DiscoveryCache",
                        List.of(new SourceEdit("Found expired = expiring.pollDue(now);", "Found expired = null;")),
                        "crash",
                        LONG,
                        0,
                        Set.of(Invariants.noExpiredLocators().name())),
                of(
                        "a relay drops a discovery silently",
                        "DiscoveryRelay",
                        "dropUnless(answered, DropReason.LOOP_COUNT, path);",
                        "",
                        "none",
                        Invariants.everyDiscoveryHasAnOutcome().name()),
                besideAdversaries(
                        "a response is reported as sent although it was not",
                        "ReplySender",
                        "if (failure == null) {",
                        "if (failure == null || encoded.length > 0) {",
                        Invariants.sentResponsesHaveLeft().name()),
                besideAdversaries(
                        "a multicast from beyond the link is answered",
                        "Dispatcher",
                        "return context.addresses.canSendOn(link, source.getAddress())",
                        "return link.index() > 0",
                        Invariants.noForbiddenConnects().name()),
                besideAdversaries(
                        "the loop count of an offer is not decremented",
                        "NegotiationSession",
                        "inHand.loopCount() - 1;",
                        "inHand.loopCount();",
                        Invariants.negotiationLoopCountsDecrease().name()),
                besideAdversaries(
                        "a flood of another node removes that of an own ASA",
                        "FloodCache",
                        "if (known == null) {",
                        "if (known == null && covered != null) { remove(covered); } if (known == null) {",
                        AsaRules.OWN_FLOODS),
                besideAdversaries(
                        "caches keep twice what they may",
                        "FairPlaces",
                        "while (used + size > capacity) {",
                        "while ((used + size) / 2 > capacity) {",
                        LOAD),
                besideAdversaries(
                        "a cache does not account for what it keeps",
                        "FloodCache",
                        "take(source, copy, bytes(copy.flooded, copy.neighbor));",
                        "take(source, copy, 1);",
                        LOAD));
    }

    private static Defect of(
            String name, String place, String snippet, String replacement, String faults, String... noticedBy) {
        return new Defect(
                name, place, List.of(new SourceEdit(snippet, replacement)), faults, SHORT, 0, Set.of(noticedBy));
    }

    private static Defect besideAdversaries(
            String name, String place, String snippet, String replacement, String noticedBy) {
        return new Defect(
                name, place, List.of(new SourceEdit(snippet, replacement)), "none", SHORT, 3, Set.of(noticedBy));
    }

    @Override
    public String toString() {
        return name;
    }
}
