package io.grasp.engine;

import io.grasp.cbor.CborItem;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.UnknownMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What RFC 8990 leaves to later documents: messages of unassigned types, both ways, and unknown options. All methods are called on
 * the loop.
 */
public final class Extensions {
    private static final int FIRST_ASSIGNED_OPTION = 100;
    private static final int LAST_ASSIGNED_OPTION = 106;

    private final EngineContext context;
    private final Replies replies;
    private final Opener opener;
    private final Map<Integer, Set<ExtensionHandler<ReceivedExtension>>> messages = new LinkedHashMap<>();
    private final Map<Integer, Set<ExtensionHandler<ReceivedOption>>> options = new LinkedHashMap<>();

    Extensions(EngineContext context, Replies replies, Opener opener) {
        this.context = context;
        this.replies = replies;
        this.opener = opener;
    }

    /**
     * Handles messages of an unassigned type; until it is cancelled, no M_INVALID answers them.
     *
     * @throws IllegalArgumentException if the type is assigned
     */
    public Cancellable onMessages(int type, ExtensionHandler<ReceivedExtension> handler) {
        return add(messages, ExtensionMessage.requireUnassigned(type), handler);
    }

    /**
     * Handles options of an unassigned number, in the messages that are processed.
     *
     * @throws IllegalArgumentException if the number is assigned
     */
    public Cancellable onOptions(int type, ExtensionHandler<ReceivedOption> handler) {
        if (type < 0 || type >= FIRST_ASSIGNED_OPTION && type <= LAST_ASSIGNED_OPTION) {
            throw new IllegalArgumentException("option " + type + " is assigned by RFC 8990");
        }
        return add(options, type, handler);
    }

    private <T> Cancellable add(Map<Integer, Set<ExtensionHandler<T>>> all, int type, ExtensionHandler<T> handler) {
        context.requireOpen();
        all.computeIfAbsent(type, each -> new LinkedHashSet<>()).add(handler);
        return () -> {
            Set<ExtensionHandler<T>> same = all.get(type);
            if (same != null && same.remove(handler) && same.isEmpty()) {
                all.remove(type);
            }
        };
    }

    /** {@return whether somebody handles messages of the type, and this one has been seen to} */
    boolean received(UnknownMessage unknown, ReplyPath back, MessagePath path) {
        Set<ExtensionHandler<ReceivedExtension>> handlers = messages.get(unknown.type());
        ExtensionMessage message = handlers == null ? null : ExtensionCodec.read(unknown);
        if (handlers == null || message == null) {
            return false;
        }
        tell(handlers, path, new ReceivedExtension(message, unknown.raw(), path, (answer, sent) -> {
            UnknownMessage encodable = ExtensionCodec.write(answer);
            replies.send(encodable, context.encodeUnicast(encodable), back, path, sent);
        }));
        return true;
    }

    /** Tells of the unknown options of a message that is processed. */
    void options(GraspMessage message, byte[] encoded, MessagePath path) {
        if (options.isEmpty()) {
            return;
        }
        for (CborItem element : ExtensionCodec.unknownElements(message)) {
            int type = ExtensionCodec.optionType(element);
            Set<ExtensionHandler<ReceivedOption>> handlers = options.get(type);
            if (handlers != null) {
                CborItem whole = CborItem.wrap(encoded, 0, encoded.length);
                tell(handlers, path, new ReceivedOption(type, element, message.type(), message.session(), whole, path));
            }
        }
    }

    private <T> void tell(Set<ExtensionHandler<T>> handlers, MessagePath path, T received) {
        boolean taken = false;
        for (ExtensionHandler<T> handler : List.copyOf(handlers)) {
            taken |= handler.received(received);
        }
        if (!taken) {
            context.drop(DropReason.LIMIT, path);
        }
    }

    /**
     * Sends a message to all neighbors on every link.
     *
     * @param sent told when it has been sent on at least one link, or to none because there is none
     * @return its Session ID
     */
    public SessionId multicast(int type, List<ObjectiveValue> content, Completion sent) {
        requireAllowed();
        SessionId id = context.sessions.unused();
        UnknownMessage message =
                ExtensionCodec.write(new ExtensionMessage(type, id, context.addresses.initiator(), content));
        List<Multicast> multicasts = Multicast.onAllLinks(context, link -> message);
        Multicast.send(multicasts, context, sent);
        return id;
    }

    /** Sends a message to one peer, and tells what comes back on the same connection. */
    public Cancellable ask(
            AsaLocator peer, int type, List<ObjectiveValue> content, Duration timeout, ExtensionEvents events) {
        requireAllowed();
        SessionId id = context.sessions.begin();
        try {
            UnknownMessage message = ExtensionCodec.write(new ExtensionMessage(type, id, null, content));
            byte[] encoded = context.encodeUnicast(message);
            MessageChannel channel = opener.open(peer, null, Unattended.INSTANCE);
            ExtensionExchange exchange = new ExtensionExchange(context, id, channel, timeout, events);
            channel.send(message, encoded, Completion.IGNORED); // a failure closes the channel, which tells more
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
                    GraspErrorCode.NO_SECURITY, "a DULL instance sends no message but M_DISCOVERY and M_FLOOD");
        }
    }

    void close() {
        List.copyOf(messages.values()).forEach(all -> List.copyOf(all).forEach(ExtensionHandler::stopped));
        List.copyOf(options.values()).forEach(all -> List.copyOf(all).forEach(ExtensionHandler::stopped));
        messages.clear();
        options.clear();
    }
}
