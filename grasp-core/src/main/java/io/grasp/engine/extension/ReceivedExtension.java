package io.grasp.engine.extension;

import io.grasp.cbor.CborItem;
import io.grasp.model.ExtensionMessage;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.UnknownMessage;
import java.util.Objects;

/** A received message of an unassigned type. Its methods are called on the loop. */
public final class ReceivedExtension {
    private final UnknownMessage received;
    private final MessagePath path;
    private final Back back;

    /** Sends an answer. */
    interface Back {
        void reply(ExtensionMessage answer, Completion sent);
    }

    ReceivedExtension(UnknownMessage received, MessagePath path, Back back) {
        this.received = received;
        this.path = path;
        this.back = back;
    }

    /** {@return the message, which each call reads from its bytes: it may wait for an ASA for long} */
    public ExtensionMessage message() {
        return Objects.requireNonNull(ExtensionCodec.read(received), "the message could be read before");
    }

    /** {@return the message as it was received, byte for byte} */
    public CborItem raw() {
        return received.raw();
    }

    /** {@return the path on which it came} */
    public MessagePath path() {
        return path;
    }

    /**
     * Sends a message to the sender of this one: on the same connection, or, for a multicast, in the same way as an
     * M_RESPONSE.
     *
     * @param answer the message
     * @param sent called when it has been sent, or with the failure
     */
    public void reply(ExtensionMessage answer, Completion sent) {
        back.reply(answer, sent);
    }
}
