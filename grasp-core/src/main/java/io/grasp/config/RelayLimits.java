package io.grasp.config;

import io.grasp.model.MemoryNeed;
import io.grasp.model.MemoryNeed.Part;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The bounds that apply when a node relays. A message counts once, however many links it is relayed to. Immutable;
 * start from {@link #DEFAULTS}.
 *
 * @param discoveries the rate of relayed M_DISCOVERY messages, from all links together
 * @param floods the rate of relayed M_FLOOD messages, from all links together
 * @param linkPercent the share of each rate that one link may use, 1 to 100: a link that sends too much does not use up
 *     what the other links need
 * @param sessions the maximum number of relayed discoveries that wait for responses at one time; the links, and on each
 *     link its neighbors, have equal shares of it if they need them
 * @param waiting how many discoveries, and how many floods, may wait at one time until the rate allows to relay them; 0
 *     if they are dropped at once. The links, and on each link its neighbors, are served in turn.
 */
public record RelayLimits(RelayRate discoveries, RelayRate floods, int linkPercent, int sessions, int waiting) {
    /** The memory of a remembered message, in bytes. */
    private static final int RELAYED_BYTES = 128;
    /** The memory of a message that waits for the rate, in bytes. */
    private static final int WAITING_BYTES = 6 << 10;
    /** The memory of a relayed discovery that waits for responses, with a long name, in bytes. */
    private static final int DISCOVERY_BYTES = 4 << 10;
    /** The memory of an option that was passed on, of which a digest and the source are kept, in bytes. */
    private static final int OPTION_BYTES = 160;

    /** The default bounds. */
    public static final RelayLimits DEFAULTS =
            new RelayLimits(new RelayRate(100, 200), new RelayRate(100, 200), 50, 512, 64);

    /** Checks the components. */
    public RelayLimits {
        Objects.requireNonNull(discoveries, "discoveries");
        Objects.requireNonNull(floods, "floods");
        if (linkPercent < 1 || linkPercent > 100) {
            throw new IllegalArgumentException("linkPercent is " + linkPercent + ", must be 1 to 100");
        }
        if (sessions < 1) {
            throw new IllegalArgumentException("relay sessions are " + sessions + ", must be at least 1");
        }
        if (waiting < 0) {
            throw new IllegalArgumentException("waiting relayed messages are " + waiting + ", must be at least 0");
        }
    }

    /**
     * These bounds with another rate for discoveries.
     *
     * @param value the rate
     * @return the changed bounds
     */
    public RelayLimits withDiscoveries(RelayRate value) {
        return new RelayLimits(value, floods, linkPercent, sessions, waiting);
    }

    /**
     * These bounds with another rate for floods.
     *
     * @param value the rate
     * @return the changed bounds
     */
    public RelayLimits withFloods(RelayRate value) {
        return new RelayLimits(discoveries, value, linkPercent, sessions, waiting);
    }

    /**
     * These bounds with another share for each link.
     *
     * @param value the share in percent
     * @return the changed bounds
     */
    public RelayLimits withLinkPercent(int value) {
        return new RelayLimits(discoveries, floods, value, sessions, waiting);
    }

    /**
     * These bounds with another maximum of relayed discoveries.
     *
     * @param value the maximum number at one time
     * @return the changed bounds
     */
    public RelayLimits withSessions(int value) {
        return new RelayLimits(discoveries, floods, linkPercent, value, waiting);
    }

    /**
     * These bounds with another maximum of messages that wait until they can be relayed.
     *
     * @param value the maximum number at one time, of discoveries and of floods each
     * @return the changed bounds
     */
    public RelayLimits withWaiting(int value) {
        return new RelayLimits(discoveries, floods, linkPercent, sessions, value);
    }

    /**
     * The most memory that relaying takes.
     *
     * @param locators half of the maximum number of options that are passed on for one discovery
     * @param memory how long relayed messages are remembered
     */
    MemoryNeed worstCase(int locators, Duration memory) {
        return new MemoryNeed(List.of(
                Part.heap("relayed messages", (discoveries.most(memory) + floods.most(memory)) * RELAYED_BYTES),
                Part.heap("messages that wait to be relayed", 2L * WAITING_BYTES * waiting),
                Part.heap("relayed discoveries", sessions * (DISCOVERY_BYTES + 2L * OPTION_BYTES * locators))));
    }
}
