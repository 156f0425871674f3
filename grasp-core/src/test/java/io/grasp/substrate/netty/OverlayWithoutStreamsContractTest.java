package io.grasp.substrate.netty;

import io.grasp.substrate.netty.overlay.OverlayConfig;

/** The substrate's contract on TLS connections, one for each session. */
class OverlayWithoutStreamsContractTest extends OverlayContractTest {
    @Override
    OverlayConfig config() {
        return super.config().withStreams(false);
    }
}
