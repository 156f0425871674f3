package io.grasp.wire;

import io.grasp.model.SessionId;
import org.jspecify.annotations.Nullable;

/** A GRASP message (RFC 8990 section 2.8): one record for each type, and unknown types as data. */
public sealed interface GraspMessage
        permits Noop,
                Discovery,
                Response,
                RequestNegotiation,
                RequestSynchronization,
                Negotiate,
                End,
                Wait,
                Synch,
                Flood,
                Invalid,
                UnknownMessage {

    /** {@return the MESSAGE_TYPE number, see {@link MessageType}} */
    int type();

    /** {@return the Session ID, or {@code null} if the message has none} */
    @Nullable
    SessionId session();
}
