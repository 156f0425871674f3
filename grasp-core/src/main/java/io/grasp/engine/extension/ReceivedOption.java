package io.grasp.engine.extension;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * An option that RFC 8990 does not define, in a message that it defines.
 *
 * @param type the option's number
 * @param option the complete option
 * @param messageType the MESSAGE_TYPE of the message that it is in
 * @param session the Session ID of the message
 * @param message the complete message as it was received, byte for byte
 * @param path the path on which it came
 */
public record ReceivedOption(
        int type,
        CborItem option,
        int messageType,
        @Nullable SessionId session,
        CborItem message,
        MessagePath path) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
