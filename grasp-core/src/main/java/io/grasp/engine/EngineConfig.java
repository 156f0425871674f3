package io.grasp.engine;

import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one engine. Immutable.
 *
 * @param limits the bounds
 * @param timeouts when to give up
 * @param relay the bounds as a relay
 * @param initiatorAddress the address that names this node in its multicasts, or {@code null} to choose: a ULA, else
 *     a global one, else a link-local one
 */
public record EngineConfig(
        Limits limits,
        Timeouts timeouts,
        RelayLimits relay,
        @Nullable InetAddress initiatorAddress) {
    /** The settings of a node that nobody configured. */
    public static final EngineConfig DEFAULTS =
            new EngineConfig(Limits.DEFAULTS, Timeouts.DEFAULTS, RelayLimits.DEFAULTS, null);

    public EngineConfig {
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(timeouts, "timeouts");
        Objects.requireNonNull(relay, "relay");
    }
}
