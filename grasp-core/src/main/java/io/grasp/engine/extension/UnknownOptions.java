package io.grasp.engine.extension;

import io.grasp.cbor.CborItem;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.OptionSink;
import io.grasp.engine.node.Owner;
import io.grasp.model.ExtensionMessage;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;

/** Options that RFC 8990 does not define, in messages that it defines. They are only reported to their handlers. */
final class UnknownOptions implements OptionSink {
    private final EngineContext context;
    private final ExtensionHandlers<ReceivedOption> handlers = new ExtensionHandlers<>();

    UnknownOptions(EngineContext context) {
        this.context = context;
    }

    Cancellable handle(Owner asa, int type, ExtensionHandler<ReceivedOption> handler) {
        return handlers.add(asa, ExtensionMessage.requireUnassigned(type), handler);
    }

    @Override
    public void in(GraspMessage message, byte[] encoded, MessagePath path) {
        if (handlers.isEmpty()) {
            return;
        }
        for (CborItem element : ExtensionCodec.unknownElements(message)) {
            int type = ExtensionCodec.optionType(element);
            if (handlers.contains(type)) {
                CborItem whole = CborItem.wrap(encoded, 0, encoded.length);
                ReceivedOption option =
                        new ReceivedOption(type, element, message.type(), message.session(), whole, path);
                if (!handlers.tell(type, option)) {
                    context.drop(DropReason.LIMIT, path);
                }
            }
        }
    }
}
