package io.grasp.inspection;

import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A peer that was refused, or that has refused this node, on a substrate that authenticates its peers. Those refused
 * last are remembered, each address once for each reason. Any host can cause refusals.
 *
 * @param peer the address and port of the last refused connection
 * @param identity what the peer's certificate said, if it was good and the peer was refused for another reason
 * @param reason why
 * @param detail the same in words, with the name in the peer's certificate if that is the reason
 * @param count how often since it was remembered
 * @param last the time since the last refusal
 */
public record RefusedPeer(
        InetSocketAddress peer,
        Optional<PeerIdentity> identity,
        PeerRefusal reason,
        String detail,
        long count,
        Duration last) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
