package io.grasp.logging;

import io.grasp.model.PeerIdentity;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;

/** Describes where a message came from, or goes to. */
final class PathText {
    private PathText() {}

    /**
     * The other end of a path, to append to a phrase.
     *
     * @param preposition {@code to} or {@code from}
     * @param path the path
     * @return such as {@code  from [fe80::2]:7017 on link eth0}, with a space before it; empty if nothing is known
     */
    static String place(String preposition, MessagePath path) {
        if (path.kind() == MessagePath.Kind.LOOPBACK) {
            return " within this node";
        }
        StringBuilder text = new StringBuilder();
        InetSocketAddress peer = path.peer();
        if (peer != null) {
            text.append(' ').append(preposition).append(' ').append(AddressText.of(peer));
        }
        PeerIdentity identity = path.identity();
        if (identity != null) {
            text.append(" (").append(identity.nodeName()).append(')');
        }
        if (!path.link().isEmpty()) {
            text.append(" on link ").append(path.link());
        }
        return text.toString();
    }
}
