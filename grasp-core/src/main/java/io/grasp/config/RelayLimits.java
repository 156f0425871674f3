package io.grasp.config;

import java.util.Objects;

/**
 * The bounds of a node as a relay. A message counts once, however many links it is relayed to. Immutable; start from
 * {@link #DEFAULTS}.
 *
 * @param discoveries how many M_DISCOVERY messages are relayed, from all links together
 * @param floods how many M_FLOOD messages are relayed, from all links together
 * @param linkPercent the share of each of the two that may come from any one link, 1 to 100: a link that sends too much
 *     leaves the rest to the others
 * @param sessions relayed discoveries that wait for responses at once
 */
public record RelayLimits(RelayRate discoveries, RelayRate floods, int linkPercent, int sessions) {
    /** The bounds of a node that nobody configured. */
    public static final RelayLimits DEFAULTS =
            new RelayLimits(new RelayRate(100, 200), new RelayRate(100, 200), 50, 1024);

    public RelayLimits {
        Objects.requireNonNull(discoveries, "discoveries");
        Objects.requireNonNull(floods, "floods");
        if (linkPercent < 1 || linkPercent > 100) {
            throw new IllegalArgumentException("linkPercent is " + linkPercent + ", must be 1 to 100");
        }
        if (sessions < 1) {
            throw new IllegalArgumentException("relay sessions are " + sessions + ", must be at least 1");
        }
    }

    /**
     * These bounds with another one for discoveries.
     *
     * @param value how many
     * @return the changed bounds
     */
    public RelayLimits withDiscoveries(RelayRate value) {
        return new RelayLimits(value, floods, linkPercent, sessions);
    }

    /**
     * These bounds with another one for floods.
     *
     * @param value how many
     * @return the changed bounds
     */
    public RelayLimits withFloods(RelayRate value) {
        return new RelayLimits(discoveries, value, linkPercent, sessions);
    }

    /**
     * These bounds with another share for each link.
     *
     * @param value how much, in percent
     * @return the changed bounds
     */
    public RelayLimits withLinkPercent(int value) {
        return new RelayLimits(discoveries, floods, value, sessions);
    }

    /**
     * These bounds with another one for relayed discoveries under way.
     *
     * @param value how many at once
     * @return the changed bounds
     */
    public RelayLimits withSessions(int value) {
        return new RelayLimits(discoveries, floods, linkPercent, value);
    }
}
