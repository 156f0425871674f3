package io.grasp.samples.prefix.manager;

import io.grasp.model.Peer;
import io.grasp.samples.text.NodeAddress;

/** The name of a peer in the pool and in events. */
final class PeerName {
    private PeerName() {}

    /** {@return the name in the peer's certificate, or its address if the substrate does not authenticate peers} */
    static String of(Peer peer) {
        return peer.identity()
                .map(identity -> identity.nodeName().toString())
                .orElseGet(() -> NodeAddress.of(peer).toString());
    }
}
