package io.grasp.engine.node;

/** An entry of a list that an operator can look at. */
public interface Numbered {
    /**
     * {@return its number in the order in which the entries of its list were created, above 0} An entry that replaces
     * another one of the same identity takes over its number.
     */
    long number();
}
