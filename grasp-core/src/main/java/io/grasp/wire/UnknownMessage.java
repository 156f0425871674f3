package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * A message of a type that this implementation does not know.
 *
 * @param type the MESSAGE_TYPE number
 * @param session the second element if it can be a Session ID
 * @param raw the whole message
 */
public record UnknownMessage(int type, @Nullable SessionId session, CborItem raw) implements GraspMessage {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
