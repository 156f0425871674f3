package io.grasp.engine;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.Discovery;
import io.grasp.wire.LoopCount;
import io.grasp.wire.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Relays discoveries between links, and their responses back to the previous hop (RFC 8990 section 2.5.4.4). */
final class DiscoveryRelay {
    private final EngineContext context;
    private final Replies replies;
    private final DiscoveryCache cache;
    private final RelayBudget budget;
    private final Memory<SessionKey> relayed;
    private final Map<SessionKey, RelayedDiscovery> sessions = new LinkedHashMap<>();

    DiscoveryRelay(EngineContext context, Replies replies, DiscoveryCache cache) {
        this.context = context;
        this.replies = replies;
        this.cache = cache;
        this.budget = new RelayBudget(context.loop, context.relay.discoveries(), context.relay.linkPercent());
        this.relayed = Memory.ofRelayed(context, context.relay.discoveries());
    }

    /** A discovery of an objective that nobody here supports or knows of: relays it to every other link, or drops it. */
    void discovery(Discovery discovery, byte[] encoded, @Nullable Link from, ReplyPath previousHop, MessagePath path) {
        int loopCount = discovery.objective().loopCount() - 1;
        SessionKey key = new SessionKey(discovery.session(), discovery.initiator());
        if (context.links().size() < (from == null ? 1 : 2)) {
            context.drop(DropReason.NOT_SUPPORTED, path);
        } else if (loopCount <= 0) {
            context.drop(DropReason.LOOP_COUNT, path);
        } else if (relayed.contains(key)) {
            context.drop(DropReason.DUPLICATE, path);
        } else if (sessions.size() >= context.relay.sessions()) {
            context.refuseRelay(discovery, DropReason.LIMIT, path);
        } else if (!budget.take(from)) {
            context.refuseRelay(discovery, DropReason.RELAY_RATE, path);
        } else {
            relay(discovery, LoopCount.replace(encoded, loopCount), loopCount, from, previousHop, path);
        }
    }

    private void relay(
            Discovery discovery,
            byte[] encoded,
            int loopCount,
            @Nullable Link from,
            ReplyPath previousHop,
            MessagePath path) {
        Discovery message = new Discovery(
                discovery.session(),
                discovery.initiator(),
                discovery.objective().withLoopCount(loopCount),
                discovery.extras());
        List<Multicast> multicasts = Multicast.relay(context, message, encoded, from, path);
        if (multicasts.isEmpty()) {
            return;
        }
        SessionKey key = new SessionKey(discovery.session(), discovery.initiator());
        relayed.add(key);
        context.observer.relayed(message, path);
        Deadlines.Deadline deadline = context.deadlines.in(
                context.timeouts.discoveryHop().multipliedBy(loopCount),
                () -> sessions.remove(key)); // When to stop passing on responses
        sessions.put(
                key,
                new RelayedDiscovery(
                        discovery.objective().name(), from, previousHop, path, deadline, context.limits.locators()));
        multicasts.forEach(multicast -> multicast.send(context, Completion.IGNORED));
    }

    /**
     * Passes on a response to a relayed discovery, and remembers what it tells.
     *
     * @param link the link it belongs to, or {@code null} if that cannot be told
     * @param path where it came from
     * @return whether the discovery is under way
     */
    boolean response(Response response, byte[] encoded, @Nullable Link link, MessagePath path) {
        RelayedDiscovery session = sessions.get(new SessionKey(response.session(), response.initiator()));
        if (session != null) {
            Learned.from(response, link, context.timeouts).forEach(found -> cache.put(session.objective(), found));
            session.passOn(response, encoded, replies, path);
        }
        return session != null;
    }

    void linkDown(Link gone) {
        budget.forget(gone);
        sessions.values().removeIf(session -> {
            boolean hopGone = session.isFrom(gone);
            if (hopGone) {
                session.end();
            }
            return hopGone;
        });
    }

    /** Ends all that is under way: nothing more is passed on. */
    void close() {
        sessions.values().forEach(RelayedDiscovery::end);
        sessions.clear();
    }

    /** {@return how many relayed discoveries wait for responses} */
    int underWay() {
        return sessions.size();
    }
}
