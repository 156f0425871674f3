package io.grasp.substrate.netty;

import io.grasp.substrate.netty.overlay.OverlayConfig;
import org.junit.jupiter.api.Tag;

/** The substrate's contract on TLS connections, one for each session. */
@Tag("long")
class OverlayWithoutStreamsContractTest extends OverlayContractTest {
    @Override
    OverlayConfig config() {
        return super.config().withStreams(false);
    }
}
