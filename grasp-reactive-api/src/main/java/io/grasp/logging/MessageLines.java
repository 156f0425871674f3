package io.grasp.logging;

import io.grasp.cbor.CborItem;
import io.grasp.model.MessageInfo;
import io.grasp.observe.MessagePath;

/**
 * Messages as lines of a trace, in the diagnostic notation of RFC 8949: {@code =>} is a multicast sent, {@code ->} a
 * unicast sent; {@code <=} and {@code <-} were received.
 */
final class MessageLines {
    /** A message may be as long as its objective allows. */
    private static final int MAX_CHARS = 3500;

    private MessageLines() {}

    static String sent(MessageInfo message, byte[] encoded, MessagePath path) {
        boolean multicast = path.kind() == MessagePath.Kind.LINK && path.peer() == null;
        return text(multicast ? "=>" : "->", message, encoded) + PathText.place("to", path);
    }

    static String received(MessageInfo message, byte[] encoded, MessagePath path) {
        return text(path.kind() == MessagePath.Kind.LINK ? "<=" : "<-", message, encoded)
                + PathText.place("from", path);
    }

    private static String text(String arrow, MessageInfo message, byte[] encoded) {
        String notation = CborItem.wrap(encoded, 0, encoded.length).diagnostic();
        return arrow + " " + message.typeName() + " "
                + (notation.length() <= MAX_CHARS
                        ? notation
                        : notation.substring(0, MAX_CHARS) + "... (" + encoded.length + " bytes)");
    }
}
