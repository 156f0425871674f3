package io.grasp.engine.flood;

import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.engine.node.Multicast;
import io.grasp.engine.node.RelayBudget;
import io.grasp.engine.node.SessionKey;
import io.grasp.model.Locator;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.wire.Flood;
import io.grasp.wire.LoopCount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Relays floods between links (RFC 8990 section 2.5.6.2). */
final class FloodRelay {
    private final EngineContext context;
    private final RelayBudget budget;
    private final ExpiringSet<SessionKey> relayed;

    FloodRelay(EngineContext context) {
        this.context = context;
        this.budget = new RelayBudget(context.loop, context.relay.floods(), context.relay.linkPercent());
        this.relayed = ExpiringSet.ofRelayed(context.loop, context.timeouts.sessionMemory(), context.relay.floods());
    }

    /**
     * Relays a flood to every other link, byte for byte except for the loop count, unless it has already been relayed,
     * its loop count or the relay rate does not allow it, or every tag in it is valid only on the link on which it
     * came.
     */
    void flood(Flood flood, byte[] encoded, Link from, MessagePath path) {
        int loopCount = flood.first().loopCount() - 1;
        // A flood from a link-local initiator is for its link alone: its loop count is 1, or it is dropped.
        if (loopCount <= 0 || context.links().size() < 2 || !isForOtherLinks(flood)) {
            return;
        }
        SessionKey key = new SessionKey(flood.session(), flood.initiator());
        if (relayed.contains(key)) {
            context.drop(DropReason.DUPLICATE, path);
        } else if (!budget.take(from)) {
            context.refuseRelay(flood, DropReason.RELAY_RATE, path);
        } else {
            relayed.add(key);
            relay(flood.withLoopCount(loopCount), LoopCount.replace(encoded, loopCount), from, path);
        }
    }

    /** Other nodes may understand elements that this node cannot read. */
    private boolean isForOtherLinks(Flood flood) {
        return !flood.preceding().isEmpty()
                || !flood.extras().isEmpty()
                || flood.objectives().stream().anyMatch(tagged -> isForOtherLinks(tagged.locator()));
    }

    private boolean isForOtherLinks(@Nullable Locator tag) {
        return tag == null || context.locators.isPlaceBeyondLink(tag);
    }

    private void relay(Flood flood, byte[] encoded, Link from, MessagePath path) {
        List<Multicast> multicasts = Multicast.relay(context, flood, encoded, from, path);
        if (!multicasts.isEmpty()) {
            context.observer.relayed(flood, path);
            multicasts.forEach(multicast -> multicast.send(context, Completion.IGNORED));
        }
    }

    void linkDown(Link gone) {
        budget.forget(gone);
    }
}
