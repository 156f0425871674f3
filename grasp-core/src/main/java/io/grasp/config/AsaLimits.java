package io.grasp.config;

import io.grasp.util.SettingChecks;

/**
 * The bounds of one ASA, within the {@link Limits} of its node. They ensure that one ASA leaves something to the
 * others.
 *
 * @param objectives the maximum number of objectives that it has registered, at least 1
 * @param sessions the maximum number of its sessions in both roles, with its discoveries, at least 1. A further one of
 *     its own fails; a further request of a peer is refused, unless another ASA listens for it
 */
public record AsaLimits(int objectives, int sessions) {
    /** No bounds but those of the node. */
    public static final AsaLimits NONE = new AsaLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

    /** Checks the components. */
    public AsaLimits {
        SettingChecks.between("objectives", objectives, 1, Integer.MAX_VALUE);
        SettingChecks.between("sessions", sessions, 1, Integer.MAX_VALUE);
    }

    /**
     * {@return these bounds with another {@link #objectives}}
     *
     * @param most the bound
     */
    public AsaLimits withObjectives(int most) {
        return new AsaLimits(most, sessions);
    }

    /**
     * {@return these bounds with another {@link #sessions}}
     *
     * @param most the bound
     */
    public AsaLimits withSessions(int most) {
        return new AsaLimits(objectives, most);
    }
}
