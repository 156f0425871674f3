package io.grasp.observe;

/**
 * The current load of a node.
 *
 * @param sessions the number of sessions, in both roles, including relayed discoveries
 * @param deadlines the number of armed timers
 * @param channels the number of open connections
 * @param waitingConnections the number of accepted connections without a session
 */
public record EngineLoad(int sessions, int deadlines, int channels, int waitingConnections) {
    /** An idle node. */
    public static final EngineLoad NONE = new EngineLoad(0, 0, 0, 0);
}
