package io.grasp.config;

/** What happens if the nodes of a process may need more memory than the JVM has ({@link io.grasp.model.MemoryNeed}). */
public enum MemoryCheck {
    /** The node starts, and its observer is notified. */
    WARN,
    /** The node does not start. */
    REFUSE,
    /** Nothing is checked. */
    OFF
}
