package io.grasp.substrate.netty.overlay;

import io.grasp.substrate.netty.member.Members;

/** Opens the state of an overlay to tests of other packages. */
public final class OverlayState {
    private OverlayState() {}

    /** {@return the connections of a node} */
    public static Members members(OverlaySubstrate substrate) {
        return substrate.members();
    }
}
