package io.grasp.engine.node;

/**
 * A session whose peer has asked for time (M_WAIT, RFC 8990 section 2.8.9). It may wait as long as there are places for
 * all, and gives way when they run out.
 */
@FunctionalInterface
public interface WaitingSession {
    /**
     * Ends the session for another one; does nothing if it has ended. Its ASA is notified on a later turn of the loop,
     * because it may begin a session at once, for which another one would have to give way.
     *
     * @param abrupt whether the connection must be gone at once
     */
    void giveWay(boolean abrupt);
}
