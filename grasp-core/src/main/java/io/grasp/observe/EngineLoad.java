package io.grasp.observe;

/**
 * What a node has under way.
 *
 * @param sessions sessions, in both roles, and relayed discoveries
 * @param deadlines armed timers
 * @param channels open connections
 * @param waitingConnections accepted connections without a session
 */
public record EngineLoad(int sessions, int deadlines, int channels, int waitingConnections) {
    /** Nothing. */
    public static final EngineLoad NONE = new EngineLoad(0, 0, 0, 0);
}
