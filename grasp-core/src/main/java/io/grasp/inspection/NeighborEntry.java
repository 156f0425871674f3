package io.grasp.inspection;

import io.grasp.model.PeerIdentity;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A neighbor that this node has heard of: a host that has sent a multicast, a message on a link, a datagram or a
 * response to a discovery. On a link that does not authenticate its neighbors, a source address may be forged. Those
 * heard of last are remembered ({@link io.grasp.config.Limits#neighbors}).
 *
 * @param link the name of the link; empty if it is not known
 * @param linkIndex the index of the link, 0 if it is not known
 * @param address the neighbor's address, without a scope
 * @param thisHost whether it is an address of this host: of another node here, such as that of a command
 * @param identity what its certificate said last; empty if it is not authenticated
 * @param lastPort the port that its last message came from
 * @param lastType the number of the type of its last message, see {@link io.grasp.model.MessageInfo#type}
 * @param lastTypeName the name of that type, such as {@code M_FLOOD}
 * @param messages the number of its messages
 * @param firstHeard the time since its first message
 * @param lastHeard the time since its last message
 */
public record NeighborEntry(
        String link,
        int linkIndex,
        InetAddress address,
        boolean thisHost,
        Optional<PeerIdentity> identity,
        int lastPort,
        int lastType,
        String lastTypeName,
        long messages,
        Duration firstHeard,
        Duration lastHeard) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
