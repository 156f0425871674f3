package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborScanner;
import io.grasp.model.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages as RFC 8990 section 4 has them, in any well-formed encoding. What may grow is kept as data: unknown
 * message types, unknown options, elements after the last one known. What is well-formed but is not what the section asks
 * for in its place makes the message malformed.
 *
 * <p>Objective values, unknown options and extras are slices of the message's bytes. Not thread-safe.
 */
public final class MessageDecoder {
    private static final int MAX_TYPE = 255;

    private final CborScanner scanner;

    /** @param limits what to refuse */
    public MessageDecoder(CborLimits limits) {
        this.scanner = new CborScanner(limits);
    }

    /**
     * Changes what to refuse.
     *
     * @param limits what to refuse from now on
     */
    public void limits(CborLimits limits) {
        scanner.limits(limits);
    }

    /**
     * Decodes a message.
     *
     * @param message exactly one message; must not be changed while the result is in use
     * @return the message
     * @throws MalformedMessageException if it is none
     */
    public GraspMessage decode(byte[] message) throws MalformedMessageException {
        CborReader in = reader(message);
        try {
            in.requireSingleItem();
            ArrayElements elements = ArrayElements.begin(in);
            int type = readType(elements);
            if (type == MessageType.M_NOOP) {
                return new Noop();
            }
            if (!MessageType.isKnown(type)) {
                return new UnknownMessage(type, peekSession(message), CborItem.wrap(message, 0, message.length));
            }
            return MessageBody.read(type, readSession(elements), elements);
        } catch (CborException e) {
            throw new MalformedMessageException(peekType(message), peekSession(message), e);
        }
    }

    private CborReader reader(byte[] message) {
        return new CborReader(message, 0, message.length, scanner);
    }

    private static int readType(ArrayElements elements) throws CborException {
        return (int) elements.next().readUnsigned(MAX_TYPE);
    }

    private static SessionId readSession(ArrayElements elements) throws CborException {
        return new SessionId(elements.next().readUnsigned(SessionId.MAX_VALUE));
    }

    /** {@return the type of what may be no message, or {@link MalformedMessageException#NO_TYPE}} */
    private int peekType(byte[] message) {
        try {
            return readType(ArrayElements.begin(reader(message)));
        } catch (CborException unreadable) {
            return MalformedMessageException.NO_TYPE;
        }
    }

    /** {@return the Session ID of what may be no message, or {@code null}} */
    private @Nullable SessionId peekSession(byte[] message) {
        try {
            ArrayElements elements = ArrayElements.begin(reader(message));
            return readType(elements) == MessageType.M_NOOP ? null : readSession(elements);
        } catch (CborException unreadable) {
            return null;
        }
    }
}
