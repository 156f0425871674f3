package io.grasp.samples.quads;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.substrate.netty.quads.QuadsKey;
import java.time.Duration;

/** The objectives and values of the enrolment. */
final class Enrolment {
    /** Carries the public key of the registrar. */
    static final Objective PUBLIC_KEY = Objective.synchronizable("411:quadskip").withLoopCount(4);

    /** Carries the request of a pledge, and the shared key. */
    static final Objective KEYS = Objective.negotiable("411:quadski").withLoopCount(4);

    static final Duration FLOOD_PERIOD = Duration.ofMinutes(1);
    static final Duration FLOOD_TTL = Duration.ofMinutes(2);

    // What graspy says when it refuses.
    static final String WRONG_PASSWORD = "Incorrect password";
    static final String REPLAYED = "The encrypted password came with another key before";
    static final String NO_DRY_RUN = "Dry run not supported";

    static final String INVALID = "Invalid request";

    private static final int ENCODED_CBOR = 24;

    private Enrolment() {}

    /** A request: the password, encrypted for the registrar, and the public key of the pledge. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(byte[] password, byte[] publicKey) {}

    static ObjectiveValue request(byte[] password, byte[] publicKey) {
        CborWriter writer = new CborWriter();
        writer.writeArrayHeader(2);
        writer.writeBytes(password);
        writer.writeBytes(publicKey);
        byte[] encoded = writer.toByteArray();
        return ObjectiveValue.ofItem(CborItem.wrap(encoded, 0, encoded.length));
    }

    /** @throws CborException if it is not one */
    static Request readRequest(ObjectiveValue value) throws CborException {
        CborReader reader = reader(value);
        int elements = reader.readArrayHeader();
        if (elements != 2) {
            throw new CborException(CborException.Reason.MALFORMED, reader.position());
        }
        return new Request(readBytes(reader), readBytes(reader));
    }

    /**
     * {@return the bytes of a value} graspy wraps bytes in tag 24 whenever they happen to begin with a CBOR item, which
     * a PEM text always does and a random text every other time.
     *
     * @throws CborException if it is not bytes
     */
    static byte[] readBytes(ObjectiveValue value) throws CborException {
        return readBytes(reader(value));
    }

    private static CborReader reader(ObjectiveValue value) throws CborException {
        if (!value.isPresent()) {
            throw new CborException(CborException.Reason.TRUNCATED, 0);
        }
        return value.item().reader();
    }

    private static byte[] readBytes(CborReader reader) throws CborException {
        if (reader.isTag() && reader.readTag() != ENCODED_CBOR) {
            throw new CborException(CborException.Reason.MALFORMED, reader.position());
        }
        return reader.readBytes();
    }

    static byte[] encode(QuadsKey key) {
        CborWriter writer = new CborWriter();
        writer.writeArrayHeader(2);
        writer.writeBytes(key.key());
        writer.writeBytes(key.iv());
        return writer.toByteArray();
    }

    /**
     * @throws CborException if it is not an array of two byte strings
     * @throws IllegalArgumentException if they have other lengths
     */
    static QuadsKey decode(byte[] encoded) throws CborException {
        Request pair = readRequest(ObjectiveValue.ofItem(CborItem.of(encoded)));
        return QuadsKey.of(pair.password(), pair.publicKey());
    }
}
