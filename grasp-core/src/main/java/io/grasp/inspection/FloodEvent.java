package io.grasp.inspection;

import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A flood of another node was processed, or this node has sent one.
 *
 * @param time the time on the node's clock ({@code Grasp.now()})
 * @param own whether an ASA of this node has sent it
 * @param session its Session ID
 * @param initiator the address that names its initiator
 * @param ttl how long its objectives are valid; {@link io.grasp.model.FloodedObjective#INDEFINITE} if they do not
 *     expire
 * @param objectives the flooded objectives
 * @param path where it came from, or the first link that it was sent on
 */
public record FloodEvent(
        Duration time,
        boolean own,
        SessionId session,
        InetAddress initiator,
        Duration ttl,
        List<Flooded> objectives,
        MessagePath path) {
    /** Copies the list. */
    public FloodEvent {
        objectives = List.copyOf(objectives);
    }

    /**
     * A flooded objective.
     *
     * @param name its name
     * @param flags its flags, as in {@link io.grasp.model.Objective#flags}
     * @param loopCount its loop count
     * @param value its value
     * @param locator its tag, if it has one
     */
    public record Flooded(String name, int flags, int loopCount, ValueExcerpt value, Optional<Locator> locator) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
