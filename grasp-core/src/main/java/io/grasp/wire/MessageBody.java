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
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads the elements after the Session ID, for each known message type (RFC 8990 section 2.8). */
final class MessageBody {
    private MessageBody() {}

    static GraspMessage read(int type, SessionId session, ArrayElements elements) throws CborException {
        return switch (type) {
            case MessageType.M_DISCOVERY -> discovery(session, elements);
            case MessageType.M_RESPONSE -> response(session, elements);
            case MessageType.M_REQ_NEG ->
                about(elements, (objective, extras) -> new RequestNegotiation(session, objective, extras));
            case MessageType.M_REQ_SYN ->
                about(elements, (objective, extras) -> new RequestSynchronization(session, objective, extras));
            case MessageType.M_NEGOTIATE ->
                about(elements, (objective, extras) -> new Negotiate(session, objective, extras));
            case MessageType.M_END -> end(session, elements);
            case MessageType.M_WAIT -> new Wait(session, uint32(elements.next()), elements.rest());
            case MessageType.M_SYNCH -> about(elements, (objective, extras) -> new Synch(session, objective, extras));
            case MessageType.M_FLOOD -> flood(session, elements);
            case MessageType.M_INVALID -> invalid(session, elements);
            default -> throw new IllegalArgumentException(MessageType.name(type) + " is not a known message");
        };
    }

    private static GraspMessage discovery(SessionId session, ArrayElements elements) throws CborException {
        InetAddress initiator = Addresses.read(elements.next());
        return about(elements, (objective, extras) -> new Discovery(session, initiator, objective, extras));
    }

    /**
     * Reads a message about one objective, which is the first element that is an objective. Other elements are kept,
     * wherever they stand (RFC 8990 section 2.8.2).
     */
    private static GraspMessage about(
            ArrayElements elements, BiFunction<Objective, List<CborItem>, GraspMessage> message) throws CborException {
        int start = elements.position();
        List<CborItem> extras = List.of();
        while (elements.hasNext()) {
            Objective objective = elements.nextExact(MessageBody::objective);
            if (objective != null) {
                return message.apply(objective, elements.rest(extras));
            }
            extras = Lists.with(extras, elements.next().readItem());
        }
        throw elements.whyInexact(start, MessageBody::objective);
    }

    private static Response response(SessionId session, ArrayElements elements) throws CborException {
        InetAddress initiator = Addresses.read(elements.next());
        long ttlMillis = uint32(elements.next());
        List<GraspOption> options = List.of();
        List<CborItem> extras = List.of();
        Objective objective = null;
        do {
            int type = elements.nextOptionType();
            Objective exact =
                    objective == null && elements.nextIsObjective() ? elements.nextExact(MessageBody::objective) : null;
            if (exact != null) {
                objective = exact;
            } else if (type == ArrayElements.NO_OPTION || OptionType.belongsToEnd(type)) {
                extras = Lists.with(extras, elements.next().readItem());
            } else {
                options = Lists.with(options, OptionDecoder.ofResponse(type, elements));
            }
        } while (elements.hasNext());
        return new Response(session, initiator, ttlMillis, options, objective, extras);
    }

    /** The first exact outcome counts, wherever it stands; if there is none, the first element is kept instead. */
    private static End end(SessionId session, ArrayElements elements) throws CborException {
        int first = elements.nextOptionType();
        GraspOption outcome = null;
        List<CborItem> extras = List.of();
        while (elements.hasNext() && outcome == null) {
            outcome = elements.nextExact(OptionDecoder::outcome);
            if (outcome == null) {
                extras = Lists.with(extras, elements.next().readItem());
            }
        }
        extras = elements.rest(extras);
        if (outcome == null && first != ArrayElements.NO_OPTION) {
            outcome = new GraspOption.Unknown(first, extras.get(0));
            extras = extras.subList(1, extras.size());
        }
        return new End(session, outcome, extras);
    }

    /** An inexact pair of an objective and its tag is kept as received; the other pairs are still used. */
    private static Flood flood(SessionId session, ArrayElements elements) throws CborException {
        InetAddress initiator = Addresses.read(elements.next());
        long ttlMillis = uint32(elements.next());
        List<CborItem> preceding = List.of();
        List<TaggedObjective> objectives = List.of();
        List<CborItem> extras = List.of();
        while (elements.hasNext()) {
            TaggedObjective tagged = elements.nextExact(MessageBody::taggedObjective);
            if (tagged != null) {
                objectives = Lists.with(objectives, tagged);
            } else if (objectives.isEmpty()) {
                preceding = Lists.with(preceding, elements.next().readItem());
            } else {
                extras = Lists.with(extras, elements.next().readItem());
            }
        }
        if (objectives.isEmpty() && firstObjective(preceding) == null) {
            throw new CborException(Reason.WRONG_LENGTH, elements.position());
        }
        return new Flood(session, initiator, ttlMillis, preceding, objectives, extras);
    }

    /**
     * {@return the first objective in elements that may be pairs of an objective and something else; {@code null} if
     * there is none}
     */
    static @Nullable Objective firstObjective(List<CborItem> elements) {
        for (CborItem element : elements) {
            Objective objective = objectiveOfPair(element);
            if (objective != null) {
                return objective;
            }
        }
        return null;
    }

    /** {@return the objective of an element that may be a pair of an objective and something else, or {@code null}} */
    static @Nullable Objective objectiveOfPair(CborItem element) {
        try {
            return objectiveOfPair(element.reader());
        } catch (CborException inexact) {
            return null;
        }
    }

    private static Objective objectiveOfPair(CborReader in) throws CborException {
        return objective(ArrayElements.begin(in).next());
    }

    /** Skips the elements before the first objective of a discovery, and the objective's name and flags. */
    static void enterObjective(ArrayElements elements) throws CborException {
        while (!elements.beginsWith(MessageBody::objective)) {
            elements.next().skip();
        }
        enter(elements.next());
    }

    /** Skips the elements before the first objective of a flood, and the objective's name and flags. */
    static void enterFirstOfPairs(ArrayElements elements) throws CborException {
        while (!elements.beginsWith(MessageBody::objectiveOfPair)) {
            elements.next().skip();
        }
        enterPair(elements.next());
    }

    static void enterPair(CborReader in) throws CborException {
        enter(ArrayElements.begin(in).next());
    }

    private static void enter(CborReader in) throws CborException {
        ArrayElements objective = ArrayElements.begin(in);
        objective.next().skip(); // name
        objective.next().skip(); // flags
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
        // graspy's bulk transfer increments it without a bound: treat anything above 255 as 255
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
