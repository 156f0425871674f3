package io.grasp.inspection;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** A message was sent or received, or something was dropped. */
public sealed interface TraceEvent {
    /** {@return the time on the node's clock ({@code Grasp.now()})} */
    Duration time();

    /** {@return where it came from or goes} */
    MessagePath path();

    /**
     * A message was sent, for a multicast on one link, or received.
     *
     * @param time see {@link #time}
     * @param sent whether this node has sent it
     * @param type the number of its type, see {@link io.grasp.model.MessageInfo#type}
     * @param typeName the name of its type, such as {@code M_FLOOD}
     * @param session its Session ID, if it has one
     * @param initiator the address that names the session's initiator, if it has one
     * @param objective the name of its objective, or of the first one of a flood, if it has one
     * @param path see {@link TraceEvent#path}
     * @param message all of it, as CBOR
     */
    record Message(
            Duration time,
            boolean sent,
            int type,
            String typeName,
            Optional<SessionId> session,
            Optional<InetAddress> initiator,
            Optional<String> objective,
            MessagePath path,
            CborItem message)
            implements TraceEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * Something was dropped: a message that was received, or bytes that are none, or a connection; or a multicast was
     * not sent on a link.
     *
     * @param time see {@link #time}
     * @param reason the reason
     * @param path see {@link TraceEvent#path}
     */
    record Dropped(Duration time, DropReason reason, MessagePath path) implements TraceEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }
}
