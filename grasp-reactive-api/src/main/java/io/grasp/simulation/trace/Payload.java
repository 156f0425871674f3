package io.grasp.simulation.trace;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.util.PrintableText;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageFramer;
import io.grasp.wire.MessagePrinter;
import io.grasp.wire.MessageType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The decoded content of an event.
 *
 * @param messages the messages, if the bytes are only complete messages
 * @param types the MESSAGE_TYPE of each; bytes that are not a message may still have a readable type, or have
 *     {@link MalformedMessageException#NO_TYPE}
 * @param length the number of bytes
 * @param notation the content in human-readable form on one line: the messages by name and in diagnostic notation, or
 *     the bytes and the error
 */
record Payload(List<GraspMessage> messages, List<Integer> types, int length, String notation) {
    private static final Payload EMPTY = new Payload(List.of(), List.of(), 0, "");

    static Payload of(byte[] bytes) {
        if (bytes.length == 0) {
            return EMPTY;
        }
        List<byte[]> items = items(bytes);
        return items.isEmpty() ? piece(bytes) : whole(items, bytes.length);
    }

    /** A chunk of a stream may contain several messages; each is shown. */
    private static List<byte[]> items(byte[] bytes) {
        MessageFramer framer = new MessageFramer(CborLimits.UNBOUNDED);
        framer.feed(bytes);
        List<byte[]> items = new ArrayList<>(1);
        try {
            for (byte[] item = framer.next(); item != null; item = framer.next()) {
                items.add(item);
            }
        } catch (CborException e) {
            return List.of();
        }
        return framer.pendingBytes() == 0 ? items : List.of();
    }

    private static Payload whole(List<byte[]> items, int length) {
        MessageDecoder decoder = new MessageDecoder(CborLimits.UNBOUNDED);
        List<GraspMessage> messages = new ArrayList<>(items.size());
        List<Integer> types = new ArrayList<>(items.size());
        StringBuilder notation = new StringBuilder();
        for (byte[] item : items) {
            notation.append(notation.isEmpty() ? "" : " ");
            try {
                GraspMessage message = decoder.decode(item);
                messages.add(message);
                types.add(message.type());
                notation.append(MessageType.name(message.type())).append(' ').append(MessagePrinter.print(item));
            } catch (MalformedMessageException e) {
                types.add(e.type());
                notation.append(MessagePrinter.print(item))
                        .append(" (")
                        .append(e.getMessage())
                        .append(')');
            }
        }
        return new Payload(List.copyOf(messages), List.copyOf(types), length, PrintableText.of(notation.toString()));
    }

    private static Payload piece(byte[] bytes) {
        String why;
        try {
            new MessageDecoder(CborLimits.UNBOUNDED).decode(bytes);
            why = "";
        } catch (MalformedMessageException e) {
            why = ": " + e.getMessage();
        }
        String notation = "h'" + HexFormat.of().formatHex(bytes) + "' (" + bytes.length
                + (bytes.length == 1 ? " byte" : " bytes") + why + ")";
        return new Payload(List.of(), List.of(MalformedMessageException.NO_TYPE), bytes.length, notation);
    }
}
