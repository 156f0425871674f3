package io.grasp.engine.discovery;

import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Multicast;
import io.grasp.model.GraspException;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.wire.Discovery;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Sends a discovery in progress again, each time with another Session ID, because neighbors may have received it before
 * on some path: on a link that comes up, with growing pauses (RFC 8990 section 2.5.4.3), and on all links when a search
 * begins another try.
 *
 * <pre>
 *   IDLE -- a link comes up: sent on it --> PAUSING ---+ after 1 s and after 2 s: sent on the links that came up
 *    ^                                       |    ^----+ another link comes up: sent on it, the pauses begin again
 *    '---------- after 4 s: sent once more --+
 *                                            '-- the discovery ends --> ENDED
 * </pre>
 */
final class DiscoveryRepeats {
    /** A neighbor may notice the link later than this node, because most nodes poll their links once a second. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final int MAX_REPEATS = 3;

    private final EngineContext context;
    private final Supplier<Discovery> again;
    private final Set<String> late = new HashSet<>();
    private final Deadlines.Deadline pause;
    private int repeats;

    /** @param again creates the discovery with another Session ID; throws if all sessions of the node are in use */
    DiscoveryRepeats(EngineContext context, Supplier<Discovery> again) {
        this.context = context;
        this.again = again;
        this.pause = context.deadlines.unarmed(this::repeat); // repeats it for neighbors that may have missed it
    }

    void linkUp(Link link) {
        late.add(link.name());
        askAgain(Set.of(link.name()));
        repeats = 0;
        pause.arm(FIRST_PAUSE);
    }

    /** Sends the discovery on every link again. */
    void everywhere() {
        askAgain(context.links().stream().map(Link::name).collect(Collectors.toSet()));
    }

    private void repeat() {
        askAgain(late);
        repeats++;
        if (repeats < MAX_REPEATS) {
            pause.arm(FIRST_PAUSE.multipliedBy(1L << repeats));
        }
    }

    private void askAgain(Set<String> names) {
        Discovery message;
        try {
            message = again.get();
        } catch (GraspException full) {
            context.drop(DropReason.SESSIONS, MessagePath.SOME_LINK);
            return;
        }
        for (Link link : context.links()) {
            if (names.contains(link.name())) {
                ask(link, message);
            }
        }
    }

    private void ask(Link link, Discovery message) {
        Multicast.on(link, context, message).ifPresent(multicast -> multicast.send(context, Completion.IGNORED));
    }

    void end() {
        pause.cancel();
    }
}
