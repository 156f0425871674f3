package io.grasp.engine.extension;

import io.grasp.cbor.CborItem;
import io.grasp.model.ExtensionMessage;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import java.util.Objects;

/** A message of an unassigned type that came in. Called on the loop. */
public final class ReceivedExtension {
    private final ExtensionMessage message;
    private final CborItem raw;
    private final MessagePath path;
    private final Back back;

    /** How to answer. */
    interface Back {
        void reply(ExtensionMessage answer, Completion sent);
    }

    ReceivedExtension(ExtensionMessage message, CborItem raw, MessagePath path, Back back) {
        this.message = Objects.requireNonNull(message);
        this.raw = raw;
        this.path = path;
        this.back = back;
    }

    /** {@return the message} */
    public ExtensionMessage message() {
        return message;
    }

    /** {@return the message as it was received, byte for byte} */
    public CborItem raw() {
        return raw;
    }

    /** {@return the way that it came} */
    public MessagePath path() {
        return path;
    }

    /**
     * Sends a message to who sent this one: on the same connection, or, after a multicast, as an M_RESPONSE would go.
     *
     * @param answer the message
     * @param sent told when it has been sent, or why not
     */
    public void reply(ExtensionMessage answer, Completion sent) {
        back.reply(answer, sent);
    }
}
