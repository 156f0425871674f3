package io.grasp.model;

import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.Objects;

/**
 * An address of an interface of this host, and what GRASP uses it for.
 *
 * @param address the address, without scope
 * @param prefixLength the length of its network's prefix in bits
 * @param use what it is used for, or why it is not used
 */
public record AddressInfo(InetAddress address, int prefixLength, Use use) {
    /** What an address is used for, or why it is not used. */
    public enum Use {
        /** Neighbors know the node by it: multicasts come from it, and link-local locators have it. */
        LINK,
        /** Peers on some link get it as the node's locator, or it names the node as an initiator. */
        LOCATOR,
        /** Peers are served there if they know it, but another one is preferred for locators. */
        SERVED,
        /** As {@link #SERVED}; it is deprecated, so that it becomes a locator only if there is no other. */
        DEPRECATED,
        /** As {@link #SERVED}; it is temporary, so that it becomes a locator only if there is no stable one. */
        TEMPORARY,
        /** Not used: it is still being checked for duplicates. */
        CHECKED_FOR_DUPLICATES,
        /** Not used: another host on the link has it. */
        DUPLICATE,
        /** Not used: the link uses another link-local address. */
        OTHER_LINK_LOCAL,
        /** Not used: the interface is not a link. */
        NOT_A_LINK,
        /** Not used, since the node uses only link-local addresses (DULL). */
        LINK_LOCAL_ONLY
    }

    /** Checks the components. */
    public AddressInfo {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(use, "use");
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
