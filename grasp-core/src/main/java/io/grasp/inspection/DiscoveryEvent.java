package io.grasp.inspection;

import io.grasp.model.AsaLocator;
import io.grasp.model.SessionId;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;

/** Something about discovery. */
public sealed interface DiscoveryEvent {
    /** {@return the time on the node's clock ({@code Grasp.now()})} */
    Duration time();

    /** {@return the name of the objective} */
    String objective();

    /**
     * A discovery has come in from another node, or this node has sent or relayed it.
     *
     * @param time see {@link #time}
     * @param sent whether this node has sent it, on the first of its links
     * @param session its Session ID
     * @param initiator the address that names its initiator
     * @param objective see {@link #objective}
     * @param loopCount its loop count
     * @param path where it came from or goes
     */
    record Asked(
            Duration time,
            boolean sent,
            SessionId session,
            InetAddress initiator,
            String objective,
            int loopCount,
            MessagePath path)
            implements DiscoveryEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * A discovery has returned a locator to an ASA of this node.
     *
     * @param time see {@link #time}
     * @param objective see {@link #objective}
     * @param locator the locator
     */
    record Found(Duration time, String objective, AsaLocator locator) implements DiscoveryEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }
}
