package io.grasp.substrate.netty.mux;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the preface and the frames of a peer from bytes that are split anywhere. It keeps no buffer, and of a frame
 * only its header and a payload of known size; the payload of DATA is passed on as it comes.
 */
final class FrameReader {
    /** Receives what was read. */
    interface Handler {
        /**
         * The preface, whose fields are possible.
         *
         * @param windowBytes the first credit of each stream
         * @param maxStreams how many streams this end may have open
         * @param maxMessageBytes the longest message that the peer takes
         */
        void preface(int windowBytes, int maxStreams, int maxMessageBytes) throws MuxProtocolException;

        /** The header of a DATA frame; the payload follows in any number of parts, and then {@link #dataEnds}. */
        void dataBegins(int stream, int flags, int length) throws MuxProtocolException;

        /** {@return whether the payload of the current DATA frame is wanted} */
        boolean takesData();

        void data(byte[] bytes);

        void dataEnds();

        void reset(int stream, int code) throws MuxProtocolException;

        void credit(int stream, int bytes) throws MuxProtocolException;

        void message(byte[] message) throws MuxProtocolException;

        void ping(long token, boolean comesBack) throws MuxProtocolException;

        void goAway(int lastStream, int code, boolean done) throws MuxProtocolException;

        /** A frame of a type that is to be ignored. */
        void ignored() throws MuxProtocolException;

        /** {@return whether nothing more is to be read} */
        boolean hasEnded();
    }

    private final Handler handler;
    private final MuxRole peer;
    private final int maxMessageBytes;

    /** The preface, a header or a payload of known size, as far as it has come. */
    private final ByteBuffer known = ByteBuffer.allocate(Frames.PREFACE_BYTES);

    /** The parts of a message, replaced after each so that a long one leaves no large array. */
    private ByteArrayOutputStream message = new ByteArrayOutputStream(0);

    private boolean prefaceRead;
    private boolean inFrame;
    private int type;
    private int flags;
    private int length;
    private int stream;

    /** How much of the payload of a DATA, MESSAGE or ignored frame is to come. */
    private int remaining;

    FrameReader(Handler handler, MuxRole peer, int maxMessageBytes) {
        this.handler = handler;
        this.peer = peer;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Reads all bytes, unless the connection ends. */
    void read(ByteBuf in) throws MuxProtocolException {
        boolean more = true;
        while (more && !handler.hasEnded()) {
            if (!prefaceRead) {
                more = readPreface(in);
            } else if (!inFrame) {
                more = fill(in, Frames.HEADER_BYTES);
                if (more) {
                    begin();
                }
            } else {
                more = readPayload(in);
            }
        }
    }

    /** {@return whether as many bytes have come as are needed, and can be taken from {@link #known}} */
    private boolean fill(ByteBuf in, int needed) {
        known.limit(Math.min(needed, known.position() + in.readableBytes()));
        in.readBytes(known);
        if (known.position() < needed) {
            return false;
        }
        known.flip();
        return true;
    }

    private boolean readPreface(ByteBuf in) throws MuxProtocolException {
        boolean complete = fill(in, Frames.PREFACE_BYTES);
        int seen = Math.min(complete ? known.limit() : known.position(), Frames.MAGIC.length);
        if (!Arrays.equals(known.array(), 0, seen, Frames.MAGIC, 0, seen)) {
            throw new MuxProtocolException(
                    MuxViolation.BAD_PREFACE, "the peer does not multiplex: " + PeerSpeech.of(known.array()[0]));
        }
        if (!complete) {
            return false;
        }
        known.position(Frames.MAGIC.length);
        int version = known.get();
        if (version != Frames.VERSION) {
            throw new MuxProtocolException(
                    MuxViolation.UNSUPPORTED_VERSION,
                    "the peer multiplexes by version " + (version & 0xFF) + ", this end by " + Frames.VERSION);
        }
        int role = known.get();
        if (role != peer.code()) {
            throw new MuxProtocolException(
                    MuxViolation.BAD_PREFACE, "both ends have the same role; is this a connection to itself?");
        }
        known.getShort();
        int windowBytes = known.getInt();
        int maxStreams = known.getInt();
        int maxMessage = known.getInt();
        known.clear();
        if (windowBytes < MuxConfig.MIN_WINDOW_BYTES || maxStreams < 1 || maxMessage < MuxConfig.MIN_WINDOW_BYTES) {
            throw new MuxProtocolException(MuxViolation.BAD_PREFACE, "the peer's preface has an impossible limit");
        }
        prefaceRead = true;
        handler.preface(windowBytes, maxStreams, maxMessage);
        return true;
    }

    private void begin() throws MuxProtocolException {
        type = known.get() & 0xFF;
        flags = known.get() & 0xFF;
        length = known.getShort() & 0xFFFF;
        stream = known.getInt();
        known.clear();
        if (type > Frames.GO_AWAY && type < Frames.FIRST_IGNORED) {
            throw new MuxProtocolException(MuxViolation.UNKNOWN_TYPE, "frame of unknown type " + type);
        }
        if (!isPossibleLength()) {
            throw new MuxProtocolException(
                    MuxViolation.BAD_LENGTH, "frame of type " + type + " with " + length + " bytes");
        }
        boolean ofConnection = type == Frames.MESSAGE || type == Frames.PING || type == Frames.GO_AWAY;
        if (ofConnection && stream != 0) {
            throw new MuxProtocolException(
                    MuxViolation.BAD_STREAM, "frame of type " + type + " on stream " + number(stream));
        }
        remaining = length;
        inFrame = true;
        if (type == Frames.DATA) {
            handler.dataBegins(stream, flags, length);
        } else if (type == Frames.MESSAGE && message.size() + length > maxMessageBytes) {
            throw new MuxProtocolException(
                    MuxViolation.MESSAGE_TOO_LONG, "message of more than " + maxMessageBytes + " bytes");
        }
    }

    private boolean isPossibleLength() {
        return switch (type) {
            case Frames.RESET -> length == Frames.RESET_BYTES;
            case Frames.CREDIT -> length == Frames.CREDIT_BYTES;
            case Frames.PING -> length == Frames.PING_BYTES;
            case Frames.GO_AWAY -> length == Frames.GO_AWAY_BYTES;
            case Frames.MESSAGE -> length > 0 && length <= Frames.MAX_PAYLOAD;
            default -> length <= Frames.MAX_PAYLOAD;
        };
    }

    /** {@return whether the frame is complete} */
    private boolean readPayload(ByteBuf in) throws MuxProtocolException {
        if (type == Frames.DATA || type == Frames.MESSAGE || type >= Frames.FIRST_IGNORED) {
            return readPart(in);
        }
        if (!fill(in, length)) {
            return false;
        }
        inFrame = false;
        switch (type) {
            case Frames.RESET -> handler.reset(stream, known.getInt());
            case Frames.CREDIT -> handler.credit(stream, known.getInt());
            case Frames.PING -> handler.ping(known.getLong(), (flags & Frames.ACK) != 0);
            default -> handler.goAway(known.getInt(), known.getInt(), (flags & Frames.DONE) != 0);
        }
        known.clear();
        return true;
    }

    private boolean readPart(ByteBuf in) throws MuxProtocolException {
        int part = Math.min(remaining, in.readableBytes());
        remaining -= part;
        boolean complete = remaining == 0;
        inFrame = !complete;
        switch (type) {
            case Frames.DATA -> readData(in, part, complete);
            case Frames.MESSAGE -> readMessage(in, part, complete && (flags & Frames.END) != 0);
            default -> {
                in.skipBytes(part);
                if (complete) {
                    handler.ignored();
                }
            }
        }
        return complete;
    }

    private void readData(ByteBuf in, int part, boolean complete) {
        if (part > 0 && handler.takesData()) {
            handler.data(bytes(in, part));
        } else {
            in.skipBytes(part);
        }
        if (complete) {
            handler.dataEnds();
        }
    }

    private void readMessage(ByteBuf in, int part, boolean complete) throws MuxProtocolException {
        byte[] bytes = bytes(in, part);
        if (complete && message.size() == 0) {
            handler.message(bytes);
            return;
        }
        message.writeBytes(bytes);
        if (complete) {
            byte[] whole = message.toByteArray();
            message = new ByteArrayOutputStream(0);
            handler.message(whole);
        }
    }

    private static byte[] bytes(ByteBuf in, int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    private static String number(int stream) {
        return Integer.toUnsignedString(stream);
    }
}
