package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.substrate.Loop;
import java.time.Duration;

/** The messages that a relay has relayed, all that the relay rate allows in a time. */
public final class RelayedMessages {
    private final ExpiringSet<CompactKey> messages;

    public RelayedMessages(Loop loop, Duration lifetime, RelayRate rate) {
        int most = Math.toIntExact(Math.min(rate.most(lifetime), Integer.MAX_VALUE));
        this.messages = new ExpiringSet<>(loop, lifetime, most);
    }

    public void add(MulticastKey message) {
        messages.add(CompactKey.of(message));
    }

    public boolean contains(MulticastKey message) {
        return messages.contains(CompactKey.of(message));
    }
}
