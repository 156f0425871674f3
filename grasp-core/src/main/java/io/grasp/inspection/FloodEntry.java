package io.grasp.inspection;

import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A flooded objective in the flood cache, from one origin: an initiator, by one neighbor, or an ASA of this node.
 *
 * @param objective the objective's name
 * @param flags the objective's flags, as in {@link io.grasp.model.Objective#flags}
 * @param loopCount the loop count with which it came
 * @param value the value
 * @param locator the tag, if it was flooded with one
 * @param session the Session ID of the flood that renewed it last
 * @param initiator the address that names the node that floods it
 * @param asa the ASA of this node that floods it; empty for other nodes
 * @param neighbor the address of the neighbor that it came from; empty for this node
 * @param identity what that neighbor's certificate says; empty if the neighbor is not authenticated
 * @param link the link that it came on, or that its tag is on; empty for a flood of this node that is valid on all
 * @param linkIndex the index of that link, 0 if there is none
 * @param age the time since it came first from this origin
 * @param renewed the time since it came last from this origin
 * @param remaining the time until it expires; {@link io.grasp.model.FloodedObjective#INDEFINITE} if it does not
 * @param valid whether ASAs get this copy; otherwise a newer one with the same tag, of another origin, covers it, or
 *     its tag is no longer an address of this node
 */
public record FloodEntry(
        String objective,
        int flags,
        int loopCount,
        ValueExcerpt value,
        Optional<Locator> locator,
        SessionId session,
        InetAddress initiator,
        Optional<String> asa,
        Optional<InetAddress> neighbor,
        Optional<PeerIdentity> identity,
        String link,
        int linkIndex,
        Duration age,
        Duration renewed,
        Duration remaining,
        boolean valid) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
