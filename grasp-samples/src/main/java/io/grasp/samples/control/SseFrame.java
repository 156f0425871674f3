package io.grasp.samples.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** A server-sent event, which any number of clients may get. */
final class SseFrame {
    /** A comment, which clients ignore. */
    static final SseFrame COMMENT = new SseFrame(":\n\n".getBytes(StandardCharsets.UTF_8));

    private final byte[] bytes;

    private SseFrame(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * {@return an event}
     *
     * @param event its type
     * @param json its data, in one line
     */
    static SseFrame of(String event, byte[] json) {
        byte[] before = ("event: " + event + "\ndata: ").getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[before.length + json.length + 2];
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(json, 0, all, before.length, json.length);
        all[all.length - 2] = '\n';
        all[all.length - 1] = '\n';
        return new SseFrame(all);
    }

    /** {@return the event for one client, whose bytes are not copied} */
    ByteBuf buffer() {
        return Unpooled.wrappedBuffer(bytes);
    }
}
