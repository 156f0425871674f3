package io.grasp.inspection;

import io.grasp.model.AddressInfo;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.util.AddressText;
import java.util.List;
import java.util.Optional;

/**
 * A link of this node, or an interface or a neighbor that could be one, and why it is or is not used.
 *
 * @param name its name
 * @param index its index; for an interface that is not a link, its own index, or 0 if it has none
 * @param state whether it is used, or why not
 * @param detail the same in words for the operator
 * @param link the properties of the link; empty if it is not used
 * @param locator the locator of this node's ASAs for peers on the link; empty if it is not used
 * @param addresses its addresses, each with its use
 */
public record LinkEntry(
        String name,
        int index,
        InterfaceInfo.State state,
        String detail,
        Optional<LinkInfo> link,
        Optional<Locator> locator,
        List<AddressInfo> addresses) {
    /** Copies the list. */
    public LinkEntry {
        addresses = List.copyOf(addresses);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
