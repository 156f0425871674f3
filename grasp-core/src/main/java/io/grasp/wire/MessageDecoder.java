package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborScanner;
import io.grasp.model.SessionId;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages as RFC 8990 section 4 defines them, in any well-formed encoding. Extensible parts are kept as data:
 * unknown message types, unknown options, and elements after the last known one. An option, or an objective with its
 * tag, that is well-formed but does not match that section exactly is kept as data too, and the elements around it are
 * still used (section 2.8.2). A message is malformed if it has no valid header (type, session, initiator, times) or
 * lacks the objective that it is about.
 *
 * <p>Objective values, unknown options and extras are slices of the message's bytes. Not thread-safe.
 */
public final class MessageDecoder {
    private static final int MAX_TYPE = 255;

    /** The greatest depth of content that is kept as received: in an array in a pair in the message. */
    private static final int ENVELOPE_DEPTH = 4;

    private CborLimits limits;
    private final CborScanner scanner;
    private final CborScanner parts;

    /** @param limits the limits to enforce */
    public MessageDecoder(CborLimits limits) {
        this.limits = limits;
        this.scanner = new CborScanner(limits);
        this.parts = new CborScanner(limitsOfParts(limits));
    }

    private static CborLimits limitsOfParts(CborLimits limits) {
        return new CborLimits(limits.maxBytes(), Math.max(1, limits.maxDepth() - ENVELOPE_DEPTH), limits.maxItems());
    }

    /**
     * Changes the limits.
     *
     * @param newLimits the limits from now on
     */
    public void limits(CborLimits newLimits) {
        limits = newLimits;
        scanner.limits(newLimits);
        parts.limits(limitsOfParts(newLimits));
    }

    /**
     * Decodes a message.
     *
     * @param message exactly one message; must not be changed while the result is in use
     * @return the message
     * @throws MalformedMessageException if the bytes are not a message
     */
    public GraspMessage decode(byte[] message) throws MalformedMessageException {
        GraspMessage asItIsRead = decodeAsItIsRead(message);
        return asItIsRead == null ? decodeScanned(message) : asItIsRead;
    }

    /**
     * Checks the message while reading it, in a single pass, because nearly all messages are valid.
     *
     * @return the message, or {@code null} if a scan of the whole message must decide
     */
    private @Nullable GraspMessage decodeAsItIsRead(byte[] message) {
        boolean canBeTooMuch = message.length > Math.min(limits.maxBytes(), limits.maxItems());
        if (canBeTooMuch || limits.maxDepth() <= ENVELOPE_DEPTH) {
            return null;
        }
        CborReader in = new CborReader(message, 0, message.length, parts);
        try {
            ArrayElements elements = ArrayElements.begin(in);
            int type = readType(elements);
            if (type == MessageType.M_NOOP || !MessageType.isKnown(type)) {
                return null;
            }
            GraspMessage read = MessageBody.read(type, readSession(elements), elements);
            return in.atEnd() ? read : null;
        } catch (CborException unexpected) {
            return null;
        }
    }

    /** Checks the bytes first and then the message, so that an error in the bytes is reported first. */
    private GraspMessage decodeScanned(byte[] message) throws MalformedMessageException {
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

    /**
     * Decodes a message again that was accepted before. What waits for a peer keeps the bytes of a message: decoded,
     * each element takes many times as much memory.
     *
     * @param message exactly one message; must not be changed while the result is in use
     * @return the message
     * @throws IllegalArgumentException if the bytes are not a message
     */
    public static GraspMessage decodeAgain(byte[] message) {
        try {
            return new MessageDecoder(CborLimits.UNBOUNDED).decode(message);
        } catch (MalformedMessageException e) {
            throw new IllegalArgumentException("not a message that was accepted before", e);
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

    /** {@return the type in bytes that may not be a message, or {@link MalformedMessageException#NO_TYPE}} */
    private int peekType(byte[] message) {
        try {
            return readType(ArrayElements.begin(reader(message)));
        } catch (CborException unreadable) {
            return MalformedMessageException.NO_TYPE;
        }
    }

    /** {@return the Session ID in bytes that may not be a message, or {@code null}} */
    private @Nullable SessionId peekSession(byte[] message) {
        try {
            ArrayElements elements = ArrayElements.begin(reader(message));
            return readType(elements) == MessageType.M_NOOP ? null : readSession(elements);
        } catch (CborException unreadable) {
            return null;
        }
    }
}
