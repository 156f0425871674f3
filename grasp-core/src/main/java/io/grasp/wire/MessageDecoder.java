package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborScanner;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages. What RFC 8990 lets grow is kept as data: unknown message types, unknown options, elements after the
 * last one known. Objective values are slices of the message's bytes.
 */
public final class MessageDecoder {
    private static final int MAX_TYPE = 255;
    private static final long MAX_UINT32 = 0xFFFF_FFFFL;

    private final CborLimits limits;

    /** @param limits what to refuse */
    public MessageDecoder(CborLimits limits) {
        this.limits = limits;
    }

    /**
     * Decodes a message.
     *
     * @param message exactly one message; must not be changed while the result is in use
     * @return the message
     * @throws MalformedMessageException if it is none
     */
    public GraspMessage decode(byte[] message) throws MalformedMessageException {
        return new Decoding(message).decode();
    }

    private final class Decoding {
        private final byte[] message;
        private final CborReader in;
        private int type = MalformedMessageException.NO_TYPE;
        private @Nullable SessionId session;

        Decoding(byte[] message) {
            this.message = message;
            this.in = new CborReader(message, 0, message.length, limits);
        }

        GraspMessage decode() throws MalformedMessageException {
            try {
                CborScanner.requireSingleItem(message, 0, message.length, limits);
                ArrayElements elements = ArrayElements.begin(in);
                type = (int) elements.next().readUnsigned(MAX_TYPE);
                if (type == MessageType.M_NOOP) {
                    return new Noop();
                }
                if (!isKnown(type)) {
                    return unknown(elements);
                }
                SessionId id = new SessionId(elements.next().readUnsigned(SessionId.MAX_VALUE));
                session = id;
                return known(id, elements);
            } catch (CborException e) {
                String what =
                        type == MalformedMessageException.NO_TYPE ? "no GRASP message" : "no " + MessageType.name(type);
                throw new MalformedMessageException(what + ": " + e.getMessage(), e.offset(), type, session, e);
            }
        }

        private GraspMessage unknown(ArrayElements elements) throws CborException {
            SessionId id = null;
            if (elements.hasNext() && in.isUnsigned()) {
                long value = elements.next().readUnsigned(Long.MAX_VALUE);
                id = value <= SessionId.MAX_VALUE ? new SessionId(value) : null;
            }
            return new UnknownMessage(type, id, CborItem.wrap(message, 0, message.length));
        }

        private GraspMessage known(SessionId id, ArrayElements elements) throws CborException {
            return switch (type) {
                case MessageType.M_DISCOVERY -> {
                    InetAddress initiator = OptionDecoder.address(elements.next());
                    yield new Discovery(id, initiator, objective(elements.next()), rest(elements));
                }
                case MessageType.M_RESPONSE -> response(id, elements);
                case MessageType.M_REQ_NEG -> new RequestNegotiation(id, objective(elements.next()), rest(elements));
                case MessageType.M_REQ_SYN ->
                    new RequestSynchronization(id, objective(elements.next()), rest(elements));
                case MessageType.M_NEGOTIATE -> new Negotiate(id, objective(elements.next()), rest(elements));
                case MessageType.M_SYNCH -> new Synch(id, objective(elements.next()), rest(elements));
                case MessageType.M_END -> new End(id, OptionDecoder.option(elements.next()), rest(elements));
                case MessageType.M_WAIT -> new Wait(id, elements.next().readUnsigned(MAX_UINT32), rest(elements));
                case MessageType.M_FLOOD -> flood(id, elements);
                default -> new Invalid(id, elements.hasNext() ? elements.next().readItem() : null, rest(elements));
            };
        }

        private Response response(SessionId id, ArrayElements elements) throws CborException {
            InetAddress initiator = OptionDecoder.address(elements.next());
            long ttlMillis = elements.next().readUnsigned(MAX_UINT32);
            List<GraspOption> options = new ArrayList<>(2);
            options.add(OptionDecoder.option(elements.next()));
            Objective objective = null;
            while (objective == null && elements.hasNext()) {
                if (startsWithText()) {
                    objective = objective(elements.next());
                } else if (in.isArray()) {
                    options.add(OptionDecoder.option(elements.next()));
                } else {
                    break;
                }
            }
            return new Response(id, initiator, ttlMillis, options, objective, rest(elements));
        }

        private Flood flood(SessionId id, ArrayElements elements) throws CborException {
            InetAddress initiator = OptionDecoder.address(elements.next());
            long ttlMillis = elements.next().readUnsigned(MAX_UINT32);
            List<TaggedObjective> objectives = new ArrayList<>(2);
            objectives.add(tagged(elements.next()));
            while (elements.hasNext() && startsWithArray()) {
                objectives.add(tagged(elements.next()));
            }
            return new Flood(id, initiator, ttlMillis, objectives, rest(elements));
        }

        private TaggedObjective tagged(CborReader reader) throws CborException {
            ArrayElements pair = ArrayElements.begin(reader);
            Objective objective = objective(pair.next());
            pair.next();
            Locator tag = isEmptyArray() ? null : OptionDecoder.locator(reader);
            if (tag == null) {
                ArrayElements.begin(reader).end();
            }
            pair.end();
            return new TaggedObjective(objective, tag);
        }

        private Objective objective(CborReader reader) throws CborException {
            ArrayElements elements = ArrayElements.begin(reader);
            String name = elements.next().readText();
            int flags = (int) elements.next().readUnsigned(Integer.MAX_VALUE);
            int loopCount = (int) elements.next().readUnsigned(Objective.MAX_LOOP_COUNT);
            ObjectiveValue value =
                    elements.hasNext() ? ObjectiveValue.ofItem(elements.next().readItem()) : ObjectiveValue.NONE;
            elements.end();
            return new Objective(name, flags, loopCount, value);
        }

        private List<CborItem> rest(ArrayElements elements) throws CborException {
            List<CborItem> rest = List.of();
            while (elements.hasNext()) {
                if (rest.isEmpty()) {
                    rest = new ArrayList<>(2);
                }
                rest.add(elements.next().readItem());
            }
            return rest;
        }

        /** An objective, and no option, which starts with a number. */
        private boolean startsWithText() {
            return firstInArray(CborReader::isText);
        }

        /** An objective with its tag, and no option. */
        private boolean startsWithArray() {
            return firstInArray(CborReader::isArray);
        }

        private boolean isEmptyArray() {
            return in.isArray() && !firstInArray(reader -> !reader.atEnd() && !reader.isBreak());
        }

        private boolean firstInArray(Predicate<CborReader> test) {
            if (!in.isArray()) {
                return false;
            }
            int start = in.position();
            CborReader ahead = new CborReader(message, start, message.length - start, limits);
            try {
                return ahead.readArrayHeader() != 0 && test.test(ahead);
            } catch (CborException e) {
                throw new AssertionError("the message has been scanned", e);
            }
        }
    }

    private static boolean isKnown(int type) {
        return type <= MessageType.M_FLOOD || type == MessageType.M_INVALID;
    }
}
