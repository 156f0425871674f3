package io.grasp.config;

import java.util.Objects;

/**
 * The bounds that apply when a node relays. A message counts once, however many links it is relayed to. Immutable;
 * start from {@link #DEFAULTS}.
 *
 * @param discoveries the rate of relayed M_DISCOVERY messages, from all links together
 * @param floods the rate of relayed M_FLOOD messages, from all links together
 * @param linkPercent the share of each rate that one link may use, 1 to 100: a link that sends too much does not use up
 *     what the other links need
 * @param sessions the maximum number of relayed discoveries that wait for responses at one time
 */
public record RelayLimits(RelayRate discoveries, RelayRate floods, int linkPercent, int sessions) {
    /** The default bounds. */
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
     * These bounds with another rate for discoveries.
     *
     * @param value the rate
     * @return the changed bounds
     */
    public RelayLimits withDiscoveries(RelayRate value) {
        return new RelayLimits(value, floods, linkPercent, sessions);
    }

    /**
     * These bounds with another rate for floods.
     *
     * @param value the rate
     * @return the changed bounds
     */
    public RelayLimits withFloods(RelayRate value) {
        return new RelayLimits(discoveries, value, linkPercent, sessions);
    }

    /**
     * These bounds with another share for each link.
     *
     * @param value the share in percent
     * @return the changed bounds
     */
    public RelayLimits withLinkPercent(int value) {
        return new RelayLimits(discoveries, floods, value, sessions);
    }

    /**
     * These bounds with another maximum of relayed discoveries.
     *
     * @param value the maximum number at one time
     * @return the changed bounds
     */
    public RelayLimits withSessions(int value) {
        return new RelayLimits(discoveries, floods, linkPercent, value);
    }
}
