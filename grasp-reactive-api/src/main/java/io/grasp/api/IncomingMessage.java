package io.grasp.api;

import io.grasp.cbor.CborItem;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Loop;
import java.util.List;
import reactor.core.publisher.Mono;

/** A received message of an unassigned type, see {@link Extensions#messages}. */
public final class IncomingMessage {
    private final Loop loop;
    private final ReceivedExtension received;

    IncomingMessage(Loop loop, ReceivedExtension received) {
        this.loop = loop;
        this.received = received;
    }

    /** {@return the message} */
    public ExtensionMessage message() {
        return received.message();
    }

    /** {@return the message as it was received, byte for byte} */
    public CborItem raw() {
        return received.raw();
    }

    /** {@return the path on which it came} */
    public MessagePath path() {
        return received.path();
    }

    /**
     * Answers with a message of the same type and Session ID: on the same connection, or, for a multicast, in the same
     * way as an M_RESPONSE. A connection waits {@link io.grasp.config.Timeouts#firstMessage} for it.
     *
     * @param options the options after the Session ID, each a value for {@link ObjectiveValue#of}
     * @return completes when it has been sent, fails if it could not be sent
     */
    public Mono<Void> reply(Object... options) {
        List<Object> content = List.of(options);
        return LoopFlux.single(loop, emitter -> {
            ExtensionMessage asked = message();
            ExtensionMessage answer = new ExtensionMessage(asked.type(), asked.session(), null, values(content));
            received.reply(answer, failure -> EventAdapters.sent(emitter, failure));
            return () -> {};
        });
    }

    /** {@return the options of a message, as items} */
    static List<ObjectiveValue> values(List<Object> options) {
        return options.stream().map(ObjectiveValue::of).toList();
    }
}
