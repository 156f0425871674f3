package io.grasp.engine.flood;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.MulticastKey;
import io.grasp.engine.node.RelayBudget;
import io.grasp.engine.node.RelayedMessages;
import io.grasp.engine.node.RelayedMulticast;
import io.grasp.engine.node.SessionKey;
import io.grasp.inspection.RelayState;
import io.grasp.model.Locator;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.wire.Flood;
import io.grasp.wire.LoopCount;
import io.grasp.wire.MessageDecoder;
import org.jspecify.annotations.Nullable;

/** Relays floods between links (RFC 8990 section 2.5.6.2). */
final class FloodRelay {
    private final EngineContext context;
    private final RelayBudget<Waiting> budget;
    private final RelayedMessages relayed;

    FloodRelay(EngineContext context) {
        this.context = context;
        this.budget = new RelayBudget<>(context, context.relay.floods(), this::relayWaiting, this::refuse);
        this.relayed = new RelayedMessages(context.loop, context.timeouts.sessionMemory(), context.relay.floods());
    }

    /**
     * Relays a flood to every other link, byte for byte except for the loop count, now or when the rate allows it,
     * unless it has already been relayed, its loop count does not allow it, too many wait, or every tag in it is valid
     * only on the link on which it came.
     */
    void flood(Flood flood, byte[] encoded, Link from, MessagePath path, TrafficSource source) {
        int loopCount = flood.first().loopCount() - 1;
        // A flood from a link-local initiator is for its link alone: its loop count is 1, or it is dropped.
        if (loopCount <= 0 || context.links().size() < 2 || !isForOtherLinks(flood)) {
            return;
        }
        MulticastKey key = key(flood);
        budget.relayWaiting();
        if (relayed.contains(key)) {
            context.drop(DropReason.DUPLICATE, path);
        } else if (budget.take(key, source)) {
            relay(key, flood, loopCount, encoded, from, path);
        } else if (!budget.await(key, source, from, new Waiting(key, loopCount, encoded, from, path))) {
            refuse(flood, path);
        }
    }

    /** {@return whether this node has relayed a flood, within the time in which it is not relayed again} */
    boolean hasRelayed(Flood flood) {
        return relayed.contains(key(flood));
    }

    private MulticastKey key(Flood flood) {
        return context.policy.keyOf(new SessionKey(flood.session(), flood.initiator()), flood.names());
    }

    /** A flood that waits until the rate allows to relay it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(MulticastKey key, int loopCount, byte[] encoded, Link from, MessagePath path) {
        Flood flood() {
            return (Flood) MessageDecoder.decodeAgain(encoded);
        }
    }

    /** {@return whether it was relayed} Meanwhile another copy of it may have been relayed. */
    private boolean relayWaiting(Waiting waiting) {
        boolean first = !relayed.contains(waiting.key);
        if (first) {
            relay(waiting.key, waiting.flood(), waiting.loopCount, waiting.encoded, waiting.from, waiting.path);
        } else {
            context.drop(DropReason.DUPLICATE, waiting.path);
        }
        return first;
    }

    private void refuse(Waiting waiting) {
        refuse(waiting.flood(), waiting.path);
    }

    private void refuse(Flood flood, MessagePath path) {
        context.refuseRelay(flood, DropReason.RELAY_RATE, path);
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

    private void relay(MulticastKey key, Flood received, int loopCount, byte[] encoded, Link from, MessagePath path) {
        relayed.add(key);
        Flood flood = received.withLoopCount(loopCount);
        new RelayedMulticast(context, flood, LoopCount.replace(encoded, loopCount), from, path).send();
    }

    /** {@return the number of relayed floods that are remembered} */
    int remembered() {
        return relayed.size();
    }

    /** {@return what is left of the rate} */
    RelayState.Budget budget() {
        return budget.state();
    }

    void linkDown(Link gone) {
        budget.forget(gone);
    }

    /** Nothing that waits is relayed any more. */
    void close() {
        budget.close();
    }
}
