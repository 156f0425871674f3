package io.grasp.wire;

import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A GRASP message (RFC 8990 section 2.8): one record for each type, and unknown types as data. */
public sealed interface GraspMessage extends MessageInfo
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

    @Override
    default String typeName() {
        return MessageType.name(type());
    }

    @Override
    default @Nullable InetAddress initiator() {
        return null;
    }

    @Override
    default @Nullable Objective objective() {
        return null;
    }
}
