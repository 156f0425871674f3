package io.grasp.engine.node;

import io.grasp.config.Timeouts;
import java.time.Duration;

/** Describes the time that an operation has waited in vain: how long, whose time it was, and where it is set. */
public final class WaitText {
    private WaitText() {}

    /**
     * The timeout of a call.
     *
     * @param timeout the timeout
     * @param timeouts the node's settings, which have the default
     * @return such as {@code within 2000 ms, the timeout of this call}
     */
    public static String ofCall(Duration timeout, Timeouts timeouts) {
        return within(timeout)
                + (timeout.equals(timeouts.operation()) ? ", GRASP_DEF_TIMEOUT" : ", the timeout of this call");
    }

    /**
     * A setting of the node.
     *
     * @param time its value
     * @param setting what it is, in words
     * @return such as {@code within 2000 ms, the longest time for a move}
     */
    public static String ofSetting(Duration time, String setting) {
        return within(time) + ", " + setting;
    }

    private static String within(Duration time) {
        return "within " + time.toMillis() + " ms";
    }
}
