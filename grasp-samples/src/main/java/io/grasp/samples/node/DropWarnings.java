package io.grasp.samples.node;

import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Prints a line for what is dropped because two nodes are configured differently, or because of the policy for peers,
 * and what an operator would otherwise look for in vain. Any host can cause it at any rate, so that each peer and
 * reason has one line a minute, and all have ten; the others are counted.
 */
final class DropWarnings implements GraspObserver {
    private static final int MAX_LINES = 10;

    private final LineLimit limit;
    private final Consumer<String> lines;

    private record Subject(DropReason reason, Object peer) {}

    /**
     * @param nanoTime the clock
     * @param lines receives the lines
     */
    DropWarnings(LongSupplier nanoTime, Consumer<String> lines) {
        this.limit = new LineLimit(nanoTime, 1, MAX_LINES);
        this.lines = lines;
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        String why = reason.explanation();
        if (!why.isEmpty()
                && limit.permits(
                        new Subject(reason, subject(path)),
                        omitted -> lines.accept("drops of peers' messages not printed: " + omitted))) {
            lines.accept(who(path) + ": " + why);
        }
    }

    /** {@return what has a line a minute: a peer can choose its port} */
    private static Object subject(MessagePath path) {
        if (path.identity() != null) {
            return path.identity().nodeName();
        }
        return path.peer() == null ? path.link() : path.peer().getAddress();
    }

    private static String who(MessagePath path) {
        InetSocketAddress peer = path.peer();
        String place = peer == null ? "" : AddressText.onThisHost(peer);
        if (path.identity() != null) {
            return "peer " + path.identity().nodeName() + (place.isEmpty() ? "" : " at " + place);
        }
        return place.isEmpty() ? "link " + path.link() : "peer " + place;
    }
}
