package io.grasp.engine.node;

import io.grasp.model.GraspException;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.wire.GraspMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A message that is ready to be sent on one link. All are encoded before the first is sent, so that a message that fits
 * nowhere fails.
 */
public final class Multicast {
    private final Link link;
    private final GraspMessage message;
    private final byte[] encoded;

    private Multicast(Link link, GraspMessage message, byte[] encoded) {
        this.link = link;
        this.message = message;
        this.encoded = encoded;
    }

    /**
     * A message for every link, except links for which it is too long.
     *
     * @throws GraspException if it is too long for every link
     */
    public static List<Multicast> onAllLinks(EngineContext context, GraspMessage message) {
        return onLinks(context.links(), context, link -> message, link -> false);
    }

    /**
     * A message for some links, except links for which it is too long.
     *
     * @param essential whether a link must not be skipped
     * @throws GraspException if it is too long for every link, or for an essential one
     */
    public static List<Multicast> onLinks(
            Collection<Link> links,
            EngineContext context,
            Function<Link, GraspMessage> messageFor,
            Predicate<Link> essential) {
        List<Multicast> multicasts = new ArrayList<>();
        Map<Link, GraspException> leftOut = new LinkedHashMap<>();
        for (Link link : links) {
            GraspMessage message = messageFor.apply(link);
            try {
                multicasts.add(new Multicast(link, message, context.encodeMulticast(message, link)));
            } catch (GraspException tooLong) {
                leftOut.put(link, tooLong);
            }
        }
        leftOut.keySet().stream()
                .filter(link -> multicasts.isEmpty() || essential.test(link))
                .max(Comparator.comparingInt(Link::maxMulticastBytes))
                .ifPresent(link -> {
                    throw leftOut.get(link);
                });
        leftOut.keySet().forEach(link -> context.drop(DropReason.TOO_LONG_FOR_LINK, MessagePath.link(link.name())));
        return multicasts;
    }

    /** {@return a message for one link, unless it is too long for the link} */
    public static Optional<Multicast> on(Link link, EngineContext context, GraspMessage message) {
        try {
            return Optional.of(new Multicast(link, message, context.encodeMulticast(message, link)));
        } catch (GraspException tooLong) {
            context.drop(DropReason.TOO_LONG_FOR_LINK, MessagePath.link(link.name()));
            return Optional.empty();
        }
    }

    public Link link() {
        return link;
    }

    /**
     * Sends on several links.
     *
     * @param sent called once: with success when one has been sent or there is none to send, with a failure when all
     *     have failed
     */
    public static void send(List<Multicast> multicasts, EngineContext context, Completion sent) {
        if (multicasts.isEmpty()) {
            sent.done(null);
            return;
        }
        AnyOf outcome = new AnyOf(multicasts.size(), sent);
        multicasts.forEach(multicast -> multicast.send(context, outcome));
    }

    /** Sends it. If the link does not accept it, that is reported, and counted as a drop. */
    public void send(EngineContext context, Completion sent) {
        link.multicast(encoded, failure -> {
            if (failure == null) {
                context.sent(message, encoded, MessagePath.link(link.name()));
            } else {
                context.observer().linkFailed(link.name(), failure);
                context.drop(DropReason.LINK_FAILED, MessagePath.link(link.name()));
            }
            sent.done(failure);
        });
    }

    /** Succeeds when one link succeeds, and fails when all links fail. */
    private static final class AnyOf implements Completion {
        private final Completion whole;
        private int left;
        private boolean oneSucceeded;

        AnyOf(int count, Completion whole) {
            this.left = count;
            this.whole = whole;
        }

        @Override
        public void done(@Nullable Throwable failure) {
            oneSucceeded |= failure == null;
            if (--left == 0) {
                whole.done(oneSucceeded ? null : failure);
            }
        }
    }
}
