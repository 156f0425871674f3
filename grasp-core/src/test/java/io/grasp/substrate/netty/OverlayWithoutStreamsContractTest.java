package io.grasp.substrate.netty;

import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** The substrate's contract on TLS connections, one for each session. */
@Tag("long")
class OverlayWithoutStreamsContractTest extends OverlayContractTest {
    @Override
    OverlayConfig config() {
        return super.config().withStreams(false).withCloseTimeout(Duration.ofSeconds(1));
    }

    /** More than the buffers of the sockets. */
    @Override
    protected int moreBytesThanAreKept() {
        return 16 << 20;
    }
}
