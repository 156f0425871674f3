package io.grasp.model;

import io.grasp.util.AddressText;
import java.util.List;
import java.util.Objects;

/**
 * What could be a link of a node: an interface of this host, or a neighbor; and why it is or is not one.
 *
 * @param name the name of the link, the interface or the neighbor
 * @param index the index of the link; for an interface that is not a link, its own index, or 0 if it has none
 * @param state whether it is used, or why not
 * @param detail the same in words for the operator
 * @param addresses the addresses of the interface
 */
public record InterfaceInfo(String name, int index, State state, String detail, List<AddressInfo> addresses) {
    /** Whether something is used as a link, or why not. */
    public enum State {
        /** It is a link that is up. */
        UP,
        /** The settings name other links. */
        NOT_CHOSEN,
        /** It was chosen, and does not exist. */
        MISSING,
        /** It is down, or has no carrier. */
        DOWN,
        /** It has no usable address. */
        NO_ADDRESS,
        /** Its address is still being checked for duplicates. */
        WAITING_FOR_ADDRESS,
        /** It is the loopback interface, which must be chosen by name. */
        LOOPBACK,
        /** It does not support multicast, and so must be chosen by name. */
        NO_MULTICAST,
        /** It cannot be used, or has failed; the node tries again. */
        FAILED,
        /** There is no connection with this neighbor; the node tries again. */
        UNREACHABLE,
        /** The node tries to connect to this neighbor. */
        CONNECTING,
        /** The rules of a DULL instance do not permit it. */
        NOT_PERMITTED
    }

    /** Checks and copies the components. */
    public InterfaceInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
        addresses = List.copyOf(addresses);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
