package io.grasp.host;

/**
 * The state of an ASA in a host. RFC 9222 section 7 has Undeployed, Installed, Instantiated and Operational; the others
 * say why an installed or instantiated ASA is not operational.
 *
 * <pre>
 *  INSTALLED --&gt; WAITING --&gt; INSTANTIATED --&gt; OPERATIONAL --&gt; DRAINING --&gt; STOPPED --&gt; UNDEPLOYED
 *                   ^              |                |
 *                   |              +-- fails -------+--&gt; PAUSING --&gt; WAITING
 *                   |                               '--&gt; STOPPED: it has ended by itself
 *                   '-- a need that the host does not run, or a bad setting: REFUSED until the plan changes
 * </pre>
 */
public enum LifeCycleState {
    /** Its code is loaded and checked. */
    INSTALLED,
    /** It waits until the ASAs that it needs are operational. */
    WAITING,
    /** It has been started, and is not ready yet. */
    INSTANTIATED,
    /** It is ready. */
    OPERATIONAL,
    /** It accepts nothing new, and finishes what is in progress. */
    DRAINING,
    /** It has failed, and is started again after a pause. */
    PAUSING,
    /** It cannot be started as the plan says. */
    REFUSED,
    /** It has ended, or was stopped. */
    STOPPED,
    /** Its code is unloaded. */
    UNDEPLOYED
}
