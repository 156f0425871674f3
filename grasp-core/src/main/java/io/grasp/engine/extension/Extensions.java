package io.grasp.engine.extension;

import io.grasp.cbor.CborItem;
import io.grasp.engine.channel.ChannelConnector;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Multicast;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.UnknownMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The extensions that RFC 8990 leaves to later documents: messages of unassigned types in both directions, and unknown
 * options. All methods are called on the loop. The policy for peers is not asked: these messages have no objective, so
 * their handlers decide by the identity of the path.
 */
public final class Extensions {
    private final EngineContext context;
    private final ReplySender replies;
    private final ChannelConnector connector;
    private final ExtensionHandlers<ReceivedExtension> messageHandlers = new ExtensionHandlers<>();
    private final ExtensionHandlers<ReceivedOption> optionHandlers = new ExtensionHandlers<>();

    public Extensions(EngineContext context, ReplySender replies, ChannelConnector connector) {
        this.context = context;
        this.replies = replies;
        this.connector = connector;
        context.options(this::optionsIn);
    }

    /**
     * Adds a handler for messages of an unassigned type; until it is cancelled, such messages are not answered with
     * M_INVALID.
     *
     * @throws IllegalArgumentException if the type is assigned
     */
    public Cancellable onMessages(RegisteredAsa asa, int type, ExtensionHandler<ReceivedExtension> handler) {
        return messageHandlers.add(asa, ExtensionMessage.requireUnassigned(type), handler);
    }

    /**
     * Adds a handler for options with an unassigned number: in discoveries and floods that are not duplicates, and in
     * every message on a connection.
     *
     * @throws IllegalArgumentException if the number is assigned
     */
    public Cancellable onOptions(RegisteredAsa asa, int type, ExtensionHandler<ReceivedOption> handler) {
        return optionHandlers.add(asa, ExtensionMessage.requireUnassigned(type), handler);
    }

    /** A message that RFC 8990 knows came in, perhaps with options that it does not know. */
    private void optionsIn(GraspMessage message, byte[] encoded, MessagePath path) {
        if (optionHandlers.isEmpty()) {
            return;
        }
        for (CborItem element : ExtensionCodec.unknownElements(message)) {
            int type = ExtensionCodec.optionType(element);
            if (optionHandlers.contains(type)) {
                CborItem whole = CborItem.wrap(encoded, 0, encoded.length);
                ReceivedOption option =
                        new ReceivedOption(type, element, message.type(), message.session(), whole, path);
                if (!optionHandlers.offer(type, option)) {
                    context.drop(DropReason.NO_DEMAND, path);
                }
            }
        }
    }

    /** {@return the content of a message of an unassigned type, or {@code null} if its type has no handler} */
    public @Nullable ExtensionMessage read(UnknownMessage unknown) {
        return messageHandlers.contains(unknown.type()) ? ExtensionCodec.read(unknown) : null;
    }

    /** Hands a message on to the handlers of its type; {@return whether one of them has accepted it} */
    public boolean received(UnknownMessage message, ReplyPath back, MessagePath path) {
        ReceivedExtension received = new ReceivedExtension(message, path, (answer, sent) -> {
            context.requireSecurity();
            UnknownMessage encodable = ExtensionCodec.write(answer);
            replies.send(encodable, context.encodeUnicast(encodable), back, path, sent);
        });
        boolean accepted = messageHandlers.offer(message.type(), received);
        if (!accepted) {
            context.drop(DropReason.NO_DEMAND, path);
        }
        return accepted;
    }

    /**
     * Sends a message to all neighbors on every link on which it fits.
     *
     * @param sent called when it has been sent on at least one link, or at once if there is no link
     * @return its Session ID
     */
    public SessionId multicast(int type, List<ObjectiveValue> content, Completion sent) {
        requireAllowed();
        SessionId id = context.sessions.unused();
        InetAddress initiator = context.addresses.initiator();
        UnknownMessage message = ExtensionCodec.write(new ExtensionMessage(type, id, initiator, content));
        List<Multicast> multicasts = Multicast.onAllLinks(context, message);
        context.sessions.rememberMulticast(id, initiator);
        Multicast.send(multicasts, context, sent);
        return id;
    }

    /**
     * Sends a message to one peer, and reports the answers on the same connection.
     *
     * @param timeout how long to wait for answers
     * @return the exchange; initially there is no demand
     */
    public ExtensionExchange ask(
            RegisteredAsa asa,
            AsaLocator peer,
            int type,
            List<ObjectiveValue> content,
            Duration timeout,
            ExtensionEvents events) {
        requireAllowed();
        SessionId id = context.sessions.begin();
        try {
            UnknownMessage message = ExtensionCodec.write(new ExtensionMessage(type, id, null, content));
            byte[] encoded = context.encodeUnicast(message);
            MessageChannel channel = connector.open(peer, asa.name(), null);
            ExtensionExchange exchange = new ExtensionExchange(context, asa, id, channel, timeout, events);
            channel.send(message, encoded, Completion.IGNORED); // a failure closes the channel, which reports more
            return exchange;
        } catch (GraspException | IllegalArgumentException refused) {
            context.sessions.end(id);
            throw refused;
        }
    }

    private void requireAllowed() {
        context.requireSecurity();
        if (context.dull.isDull()) {
            throw GraspException.local(
                    GraspErrorCode.NO_SECURITY, "a DULL instance sends only M_DISCOVERY and M_FLOOD");
        }
    }
}
