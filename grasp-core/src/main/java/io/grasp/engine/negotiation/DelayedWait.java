package io.grasp.engine.negotiation;

import io.grasp.substrate.Loop;
import io.grasp.wire.Wait;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An M_WAIT on its way out: on the next turn of the loop, and not at all if a move comes before, because peers that
 * take one read for one message would not see it.
 */
final class DelayedWait {
    private final Loop loop;
    private final Consumer<Wait> sender;
    private @Nullable Wait unsent;

    DelayedWait(Loop loop, Consumer<Wait> sender) {
        this.loop = loop;
        this.sender = sender;
    }

    void send(Wait message) {
        unsent = message;
        loop.execute(() -> {
            if (message.equals(unsent)) {
                unsent = null;
                sender.accept(message);
            }
        });
    }

    void forget() {
        unsent = null;
    }
}
