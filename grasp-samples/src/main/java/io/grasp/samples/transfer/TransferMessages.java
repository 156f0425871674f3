package io.grasp.samples.transfer;

import io.grasp.api.RawChannel;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborReader;
import io.grasp.cbor.CborWriter;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * The objectives of both exchanges, and the items on the raw channel. The request is the value of the objective:
 *
 * <pre>
 *   request = [1, name, offset, sha256]   offset: the number of bytes that the requester has; sha256: of these
 *   item    = chunk / working / header / end / failure / stored
 *   chunk   = bytes                       1 to 16384, in order
 *   working = null                        the server is still reading what the requester has
 *   header  = [0, size, offset]           from the server, first; offset: that of the request, or 0 if the hash differs
 *   end     = [1, sha256]                 from the server, after the last chunk; of the whole file
 *   failure = [2, code, text]             from either side, instead of anything else; code 0: no known reason
 *   stored  = [3]                         from the requester: the file has its name
 * </pre>
 */
final class TransferMessages {
    static final Objective FILE = Objective.negotiable("io.grasp:file");

    /** The objective of graspy's getter.py and pusher.py, with the loop count of their requests. */
    static final Objective GRASPY_FILE = Objective.negotiable("411:mvFile").withLoopCount(10);

    static final int CHUNK_BYTES = 16 << 10;
    static final int HASH_BYTES = 32;

    private static final int MAX_TEXT = 200;

    /** A chunk with its head, and the message of the request. */
    private static final int MESSAGE_BYTES = CHUNK_BYTES + 64;

    private static final int VERSION = 1;
    private static final int ENCODED_CBOR = 24;

    // The kinds of items that are arrays.
    private static final int KIND_HEADER = 0;
    private static final int KIND_END = 1;
    private static final int KIND_FAILURE = 2;
    private static final int KIND_STORED = 3;

    static final ObjectiveValue WORKING = item(CborWriter::writeNull);
    static final ObjectiveValue STORED = item(writer -> {
        writer.writeArrayHeader(1);
        writer.writeUnsigned(KIND_STORED);
    });

    private TransferMessages() {}

    /** {@return how both sides register the objective} Several ASAs of a node may transfer files. */
    static RegistrationOptions options() {
        return RegistrationOptions.DEFAULTS.withMaxMessageBytes(MESSAGE_BYTES).withOverlap(true);
    }

    /** {@return how both sides register graspy's objective} Its loop count must not end a transfer. */
    static RegistrationOptions graspyOptions() {
        return RegistrationOptions.DEFAULTS.withRaisedLoopCount(true).withOverlap(true);
    }

    /** A request. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(FileName name, long offset, byte[] sha256) {}

    /** What comes from the other side. */
    sealed interface Item {}

    /** Some of the content. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Chunk(byte[] bytes) implements Item {}

    /** See {@link #WORKING}. */
    record Working() implements Item {}

    /** Begins a file. */
    record Header(long size, long offset) implements Item {}

    /** Ends a file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record End(byte[] sha256) implements Item {}

    /** Ends a transfer. */
    record Failure(TransferException.Reason reason, String text) implements Item {
        TransferException exception() {
            return new TransferException(reason, text);
        }
    }

    /** See {@link #STORED}. */
    record Stored() implements Item {}

    static ObjectiveValue request(FileName name, long offset, byte[] sha256) {
        return item(writer -> {
            writer.writeArrayHeader(4);
            writer.writeUnsigned(VERSION);
            writer.writeText(name.text());
            writer.writeUnsigned(offset);
            writer.writeBytes(sha256);
        });
    }

    static ObjectiveValue chunk(byte[] bytes) {
        return item(writer -> writer.writeBytes(bytes));
    }

    static ObjectiveValue header(long size, long offset) {
        return item(writer -> {
            writer.writeArrayHeader(3);
            writer.writeUnsigned(KIND_HEADER);
            writer.writeUnsigned(size);
            writer.writeUnsigned(offset);
        });
    }

    static ObjectiveValue end(byte[] sha256) {
        return item(writer -> {
            writer.writeArrayHeader(2);
            writer.writeUnsigned(KIND_END);
            writer.writeBytes(sha256);
        });
    }

    /** A failure without a code is one of the requester's disk. The peer does not learn local names of files. */
    private static ObjectiveValue failure(TransferException failure) {
        int code = failure.reason().code();
        return item(writer -> {
            writer.writeArrayHeader(3);
            writer.writeUnsigned(KIND_FAILURE);
            writer.writeUnsigned(code);
            writer.writeText(code == 0 ? "The file could not be stored" : String.valueOf(failure.getMessage()));
        });
    }

    /** Ends a transfer with a failure. A peer that reads nothing delays this only until the channel is closed. */
    static Mono<Void> refuse(RawChannel channel, TransferException why) {
        return Mono.when(channel.send(failure(why)).onErrorComplete(), channel.close());
    }

    /** @throws TransferException with {@link TransferException.Reason#INVALID} if it is not a request */
    static Request readRequest(ObjectiveValue value) {
        try {
            CborReader reader = reader(value);
            if (reader.readArrayHeader() != 4 || reader.readUnsigned() != VERSION) {
                throw invalid();
            }
            FileName name = new FileName(reader.readText());
            long offset = reader.readUnsigned(Long.MAX_VALUE);
            byte[] sha256 = reader.readBytes();
            if (sha256.length != (offset == 0 ? 0 : HASH_BYTES)) {
                throw invalid();
            }
            return new Request(name, offset, sha256);
        } catch (CborException e) {
            throw invalid();
        }
    }

    /** @throws TransferException with {@link TransferException.Reason#INVALID} if it is none of them */
    static Item read(ObjectiveValue value) {
        try {
            CborReader reader = reader(value);
            if (reader.isNull()) {
                return new Working();
            }
            if (reader.isBytes()) {
                return chunk(reader);
            }
            int elements = reader.readArrayHeader();
            long kind = reader.readUnsigned();
            if (kind == KIND_HEADER && elements == 3) {
                return new Header(reader.readUnsigned(Long.MAX_VALUE), reader.readUnsigned(Long.MAX_VALUE));
            } else if (kind == KIND_END && elements == 2) {
                return new End(reader.readBytes());
            } else if (kind == KIND_FAILURE && elements == 3) {
                TransferException.Reason reason = TransferException.Reason.of(reader.readUnsigned());
                String text = reader.readText();
                return new Failure(reason, text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
            } else if (kind == KIND_STORED && elements == 1) {
                return new Stored();
            }
        } catch (CborException e) {
            // below
        }
        throw invalid();
    }

    private static Chunk chunk(CborReader reader) throws CborException {
        byte[] bytes = reader.readBytes();
        if (bytes.length == 0 || bytes.length > CHUNK_BYTES) {
            throw invalid();
        }
        return new Chunk(bytes);
    }

    /**
     * {@return the bytes of a message of graspy} It wraps bytes in tag 24 whenever they happen to be a CBOR item.
     *
     * @throws TransferException with {@link TransferException.Reason#INVALID} if it is not bytes
     */
    static byte[] graspyBytes(ObjectiveValue value) {
        try {
            CborReader reader = reader(value);
            if (!reader.isTag() || reader.readTag() == ENCODED_CBOR) {
                return reader.readBytes();
            }
        } catch (CborException e) {
            // below
        }
        throw invalid();
    }

    private static TransferException invalid() {
        return new TransferException(TransferException.Reason.INVALID, "Invalid message");
    }

    private static CborReader reader(ObjectiveValue value) throws CborException {
        if (!value.isPresent()) {
            throw new CborException(CborException.Reason.TRUNCATED, 0);
        }
        return value.item().reader();
    }

    private static ObjectiveValue item(Consumer<CborWriter> content) {
        CborWriter writer = new CborWriter();
        content.accept(writer);
        byte[] encoded = writer.toByteArray();
        return ObjectiveValue.ofItem(CborItem.wrap(encoded, 0, encoded.length));
    }
}
