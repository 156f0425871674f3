package io.grasp.substrate.netty.mux;

import io.grasp.substrate.Completion;
import io.grasp.util.IntrusiveList;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * What waits for the socket, in the order in which it is sent: frames about streams and the connection, credit, and
 * then by turns one frame of the link messages and one of the next stream. Streams take turns, so that none waits for
 * another to send all it has.
 */
final class FrameWriter {
    /** How much is handed to the transport at one time; then the socket is asked whether it takes more. */
    static final int BATCH_BYTES = 32 << 10;

    /** The maximum number of frames that wait because the peer makes this end send them but does not read. */
    private static final int MAX_CONTROL_FRAMES = 4096;

    /** What waits of the frames above, with their objects. */
    static final int CONTROL_BYTES = MAX_CONTROL_FRAMES * 40;

    /** What a message that waits takes in addition to its bytes: objects around it, and its completion. */
    static final int MESSAGE_OBJECT_BYTES = 96;

    /** What the transport holds, with its overhead for each write, before it takes no more (Netty's default). */
    static final int TRANSPORT_BYTES = 2 * (64 << 10) + BATCH_BYTES;

    /**
     * A link message.
     *
     * @param bytes the message
     * @param sent called when its last byte has been handed to the transport
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Message(byte[] bytes, Completion sent) {
        int memoryBytes() {
            return bytes.length + MESSAGE_OBJECT_BYTES;
        }
    }

    private final Queue<byte[]> control = new ArrayDeque<>();
    private final IntrusiveList<MuxStream> credits = new IntrusiveList<>();
    private final IntrusiveList<MuxStream> streams = new IntrusiveList<>();
    private final Queue<Message> messages = new ArrayDeque<>();
    private int messageBytes;
    private int sentOfMessage;
    /** The first message of a connection says which node this is, so it goes before all streams. */
    private boolean messageIsNext = true;

    private boolean stopped;

    /** The peer's preface may allow longer messages than those that may be sent before it has come. */
    private int maxMessageBytes = MuxConfig.MIN_WINDOW_BYTES;

    /**
     * Adds a frame to those that are sent first.
     *
     * @return whether there is room for it
     */
    boolean control(byte[] frame) {
        return stopped || (control.size() < MAX_CONTROL_FRAMES && control.add(frame));
    }

    /** Adds the last frame of the connection. Nothing is sent after it. */
    void last(byte[] frame) {
        control.add(frame);
        stopped = true;
    }

    IntrusiveList.Node<MuxStream> creditOf(MuxStream stream) {
        return credits.add(stream);
    }

    IntrusiveList.Node<MuxStream> dataOf(MuxStream stream) {
        return streams.add(stream);
    }

    /** {@return what all messages that wait take of the heap} */
    int messageBytes() {
        return messageBytes;
    }

    void message(byte[] bytes, Completion sent) {
        messages.add(new Message(bytes, sent));
        messageBytes += bytes.length + MESSAGE_OBJECT_BYTES;
    }

    /**
     * The peer has said how long messages may be.
     *
     * @return the completions of messages that are longer
     */
    List<Completion> maxMessageBytes(int bytes) {
        maxMessageBytes = bytes;
        List<Completion> tooLong = new ArrayList<>();
        messages.removeIf(each -> {
            boolean drop = each.bytes.length > bytes;
            if (drop) {
                messageBytes -= each.memoryBytes();
                tooLong.add(each.sent);
            }
            return drop;
        });
        return tooLong;
    }

    /** {@return the completions of the messages that will not be sent, because the connection has ended} */
    List<Completion> dropMessages() {
        List<Completion> dropped = new ArrayList<>();
        messages.forEach(each -> dropped.add(each.sent));
        messages.clear();
        messageBytes = 0;
        return dropped;
    }

    boolean hasMessages() {
        return !messages.isEmpty();
    }

    /** {@return whether there is nothing to send now} */
    boolean isEmpty() {
        return control.isEmpty() && (stopped || (credits.size() == 0 && streams.size() == 0 && !messageIsReady()));
    }

    private boolean messageIsReady() {
        Message first = messages.peek();
        return first != null && first.bytes.length <= maxMessageBytes;
    }

    /**
     * Takes the next frames.
     *
     * @param out gets the frames
     * @param handedOver gets the completions to call when they have been handed to the transport
     */
    void fill(ByteBuf out, List<Completion> handedOver) {
        while (out.readableBytes() < BATCH_BYTES && !isEmpty()) { // after the last frame, the others do not count
            byte[] frame = control.poll();
            IntrusiveList.Node<MuxStream> credit = credits.first();
            IntrusiveList.Node<MuxStream> stream = streams.first();
            if (frame != null) {
                out.writeBytes(frame);
            } else if (credit != null) {
                credit.value().writeCredit(out);
            } else if (stream != null && !(messageIsNext && messageIsReady())) {
                messageIsNext = true;
                stream.value().writeData(out, handedOver);
            } else {
                messageIsNext = false;
                writeMessage(out, handedOver);
            }
        }
    }

    private void writeMessage(ByteBuf out, List<Completion> handedOver) {
        Message first = messages.element();
        int length = Math.min(Frames.MAX_PAYLOAD, first.bytes.length - sentOfMessage);
        boolean complete = sentOfMessage + length == first.bytes.length;
        Frames.header(out, Frames.MESSAGE, complete ? Frames.END : 0, length, 0);
        out.writeBytes(first.bytes, sentOfMessage, length);
        sentOfMessage += length;
        if (complete) {
            messages.remove();
            messageBytes -= first.memoryBytes();
            sentOfMessage = 0;
            handedOver.add(first.sent);
        }
    }
}
