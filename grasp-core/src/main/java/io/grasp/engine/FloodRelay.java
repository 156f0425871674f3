package io.grasp.engine;

import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.wire.Flood;
import io.grasp.wire.FloodObjectives;
import io.grasp.wire.LoopCount;
import io.grasp.wire.MalformedMessageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Relays floods between links (RFC 8990 section 2.5.6.2). */
final class FloodRelay {
    private final EngineContext context;
    private final RelayBudget budget;
    private final Memory<SessionKey> relayed;

    FloodRelay(EngineContext context) {
        this.context = context;
        this.budget = new RelayBudget(context.loop, context.relay.floods(), context.relay.linkPercent());
        this.relayed = Memory.ofRelayed(context, context.relay.floods());
    }

    /**
     * Relays a flood to every other link, unless it has been, or its loop count or the rate forbids it. Objectives whose tags
     * lead nowhere beyond this link stay behind; everything else goes byte for byte, but for the loop count.
     */
    void flood(Flood flood, byte[] encoded, Link from, MessagePath path) {
        int loopCount = flood.first().loopCount() - 1;
        // What comes from a link-local initiator is for its link alone; so says its loop count, and if not, it is
        // dropped.
        if (loopCount <= 0 || context.links().size() < 2) {
            return;
        }
        byte[] beyond = FloodObjectives.without(encoded, tagged -> !isPlaceBeyondLink(tagged.locator()));
        Flood rest = flood;
        if (beyond != encoded) {
            rest = decode(beyond);
            loopCount = rest == null ? 0 : Math.min(loopCount, rest.first().loopCount() - 1);
        }
        if (rest == null || loopCount <= 0) {
            return;
        }
        SessionKey key = new SessionKey(flood.session(), flood.initiator());
        if (relayed.contains(key)) {
            context.drop(DropReason.DUPLICATE, path);
        } else if (!budget.take(from)) {
            context.refuseRelay(flood, DropReason.RELAY_RATE, path);
        } else {
            relayed.add(key);
            relay(rest.withLoopCount(loopCount), LoopCount.replace(beyond, loopCount), from, path);
        }
    }

    /** {@return a flood, or {@code null} if no objective is left in it} */
    private @Nullable Flood decode(byte[] shortened) {
        try {
            return (Flood) context.decoder.decode(shortened);
        } catch (MalformedMessageException empty) {
            return null;
        }
    }

    private boolean isPlaceBeyondLink(@Nullable Locator tag) {
        return tag == null || !tag.isLinkLocal() && context.locators.isPlace(tag);
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
