package io.grasp.api;

import io.grasp.cbor.CborItem;
import io.grasp.engine.extension.ReceivedOption;
import io.grasp.model.SessionId;
import io.grasp.observe.MessagePath;
import java.util.Optional;

/** An option that RFC 8990 does not define, in a message that it defines, see {@link Extensions#options}. */
public final class IncomingOption {
    private final ReceivedOption received;

    IncomingOption(ReceivedOption received) {
        this.received = received;
    }

    /** {@return the option's number} */
    public int type() {
        return received.type();
    }

    /** {@return the complete option} */
    public CborItem option() {
        return received.option();
    }

    /** {@return the MESSAGE_TYPE of the message that it is in} */
    public int messageType() {
        return received.messageType();
    }

    /** {@return the Session ID of the message that it is in} */
    public Optional<SessionId> session() {
        return Optional.ofNullable(received.session());
    }

    /** {@return the complete message as it was received, byte for byte} */
    public CborItem message() {
        return received.message();
    }

    /** {@return the path on which it came} */
    public MessagePath path() {
        return received.path();
    }
}
