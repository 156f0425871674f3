package io.grasp.engine.negotiation;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.Place;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.SafeCallbacks;
import java.util.Objects;

/**
 * The sessions whose requesting peers have asked for time (M_WAIT, RFC 8990 section 2.8.9). As long as there are places
 * for all, they may wait; when places run out, they are the first to go: the oldest one of the link and source with the
 * most, unless the newcomer's would then have as many.
 */
public final class WaitingSessions {
    private final FairPlaces<NegotiationSession> places =
            new FairPlaces<>(Integer.MAX_VALUE, WhenOwnShareIsUsed.REFUSE, this::giveWay);
    private boolean abrupt;

    /** Makes an empty list. */
    public WaitingSessions() {}

    Place<NegotiationSession> add(TrafficSource source, NegotiationSession session) {
        return Objects.requireNonNull(places.take(source, session, 1), "any number of sessions may wait");
    }

    private void giveWay(NegotiationSession session) {
        boolean reset = abrupt;
        SafeCallbacks.run(() -> session.giveWay(reset));
    }

    /** Ends a session for one of another source; {@return whether there was one to end} */
    public boolean giveWayTo(TrafficSource source) {
        abrupt = false;
        return places.displaceFor(source);
    }

    /** Resets the connection of a session for one of another source; {@return whether there was one} */
    public boolean resetFor(TrafficSource source) {
        abrupt = true;
        return places.displaceFor(source);
    }

    /** Resets the connection of a session for another one of the same source; {@return whether there was one} */
    public boolean resetOldestOf(TrafficSource source) {
        abrupt = true;
        return places.displaceOldestOf(source);
    }
}
