package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what follows the Session ID, for each known type of message (RFC 8990 section 2.8). */
final class MessageBody {
    private MessageBody() {}

    static GraspMessage read(int type, SessionId session, ArrayElements elements) throws CborException {
        return switch (type) {
            case MessageType.M_DISCOVERY -> discovery(session, elements);
            case MessageType.M_RESPONSE -> response(session, elements);
            case MessageType.M_REQ_NEG -> new RequestNegotiation(session, objective(elements.next()), elements.rest());
            case MessageType.M_REQ_SYN ->
                new RequestSynchronization(session, objective(elements.next()), elements.rest());
            case MessageType.M_NEGOTIATE -> new Negotiate(session, objective(elements.next()), elements.rest());
            case MessageType.M_END -> end(session, elements);
            case MessageType.M_WAIT -> new Wait(session, uint32(elements.next()), elements.rest());
            case MessageType.M_SYNCH -> new Synch(session, objective(elements.next()), elements.rest());
            case MessageType.M_FLOOD -> flood(session, elements);
            case MessageType.M_INVALID -> invalid(session, elements);
            default -> throw new IllegalArgumentException(MessageType.name(type) + " is not a known message");
        };
    }

    private static Discovery discovery(SessionId session, ArrayElements elements) throws CborException {
        InetAddress initiator = Addresses.read(elements.next());
        return new Discovery(session, initiator, objective(elements.next()), elements.rest());
    }

    private static Response response(SessionId session, ArrayElements elements) throws CborException {
        InetAddress initiator = Addresses.read(elements.next());
        long ttlMillis = uint32(elements.next());
        List<GraspOption> options = List.of();
        List<CborItem> extras = List.of();
        Objective objective = null;
        do {
            int type = elements.nextOptionType();
            if (objective == null && elements.nextIsObjective()) {
                objective = objective(elements.next());
            } else if (type == ArrayElements.NO_OPTION || OptionType.belongsToEnd(type)) {
                extras = Lists.with(extras, elements.next().readItem());
            } else {
                options = Lists.with(options, OptionDecoder.ofResponse(type, elements.next()));
            }
        } while (elements.hasNext());
        return new Response(session, initiator, ttlMillis, options, objective, extras);
    }

    private static End end(SessionId session, ArrayElements elements) throws CborException {
        int type = elements.nextOptionType();
        GraspOption outcome = type == ArrayElements.NO_OPTION ? null : OptionDecoder.ofEnd(type, elements.next());
        return new End(session, outcome, elements.rest());
    }

    private static Flood flood(SessionId session, ArrayElements elements) throws CborException {
        InetAddress initiator = Addresses.read(elements.next());
        long ttlMillis = uint32(elements.next());
        List<TaggedObjective> objectives = List.of();
        List<CborItem> extras = List.of();
        while (elements.hasNext()) {
            if (elements.nextIsTaggedObjective()) {
                objectives = Lists.with(objectives, taggedObjective(elements.next()));
            } else {
                extras = Lists.with(extras, elements.next().readItem());
            }
        }
        if (objectives.isEmpty()) {
            throw new CborException(Reason.WRONG_LENGTH, elements.position());
        }
        return new Flood(session, initiator, ttlMillis, objectives, extras);
    }

    private static Invalid invalid(SessionId session, ArrayElements elements) throws CborException {
        CborItem content = elements.hasNext() ? elements.next().readItem() : null;
        return new Invalid(session, content, elements.rest());
    }

    private static TaggedObjective taggedObjective(CborReader in) throws CborException {
        ArrayElements pair = ArrayElements.begin(in);
        Objective objective = objective(pair.next());
        Locator tag = tag(pair.next());
        pair.end();
        return new TaggedObjective(objective, tag);
    }

    /** An empty array stands for no locator. */
    private static @Nullable Locator tag(CborReader in) throws CborException {
        ArrayElements option = ArrayElements.begin(in);
        if (option.hasNext()) {
            return OptionDecoder.locator(option);
        }
        option.end();
        return null;
    }

    private static Objective objective(CborReader in) throws CborException {
        ArrayElements elements = ArrayElements.begin(in);
        String name = elements.next().readText();
        int flags = (int) elements.next().readUnsigned(Integer.MAX_VALUE);
        // graspy's bulk transfer adds to it without a bound: that more than 255 is allowed means no less than 255
        int loopCount = (int) elements.next().readUnsignedUpTo(Objective.MAX_LOOP_COUNT);
        ObjectiveValue value =
                elements.hasNext() ? ObjectiveValue.ofItem(elements.next().readItem()) : ObjectiveValue.NONE;
        elements.end();
        return new Objective(name, flags, loopCount, value);
    }

    private static long uint32(CborReader in) throws CborException {
        return in.readUnsigned(Uint32.MAX_VALUE);
    }
}
