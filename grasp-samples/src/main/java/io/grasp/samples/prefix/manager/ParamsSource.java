package io.grasp.samples.prefix.manager;

/** How a manager has got the parameters of the domain. */
public enum ParamsSource {
    /** They are built in: nothing else is known yet. */
    BUILT_IN,
    /** By a flood. */
    FLOODED,
    /** By synchronization with another node. */
    SYNCHRONIZED,
    /** This node announces them. */
    OWN
}
