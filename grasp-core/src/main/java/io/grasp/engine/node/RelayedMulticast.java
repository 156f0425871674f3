package io.grasp.engine.node;

import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageDecoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message that is relayed to several links. It is reported as relayed when the first of them has accepted it. */
public final class RelayedMulticast {
    private final EngineContext context;
    /** {@code null} while links have not accepted it yet: then only its bytes are kept. */
    private @Nullable GraspMessage message;

    private final byte[] encoded;
    private final MessagePath path;
    private final List<Link> links = new ArrayList<>();
    private boolean reported;

    /**
     * A relayed message for every link except the one it came from, if that is known, and except links for which it is
     * too long.
     *
     * @param path where it came from
     */
    public RelayedMulticast(
            EngineContext context, GraspMessage message, byte[] encoded, @Nullable Link from, MessagePath path) {
        this.context = context;
        this.message = message;
        this.encoded = encoded;
        this.path = path;
        for (Link link : context.links()) {
            if (from != null && link.index() == from.index()) {
                continue;
            }
            if (encoded.length > link.maxMulticastBytes()) {
                context.drop(DropReason.TOO_LONG_FOR_LINK, path);
            } else {
                links.add(link);
            }
        }
    }

    /** {@return whether there is no link for it} */
    public boolean isEmpty() {
        return links.isEmpty();
    }

    /** Sends it on each link. A link that does not accept it is reported, and its copy is counted as dropped. */
    public void send() {
        for (Link link : links) {
            link.multicast(encoded, failure -> sent(link, failure));
        }
        message = null;
    }

    private void sent(Link link, @Nullable Throwable failure) {
        if (failure != null) {
            context.observer().linkFailed(link.name(), failure);
            context.drop(DropReason.LINK_FAILED, path);
            return;
        }
        GraspMessage relayed = message == null ? MessageDecoder.decodeAgain(encoded) : message;
        if (!reported) {
            reported = true;
            context.observer().relayed(relayed, path);
        }
        context.sent(relayed, encoded, MessagePath.link(link.name()));
    }
}
