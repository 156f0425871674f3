package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.mux.MuxConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * The substrate's contract with sessions that are streams of one TCP connection. {@link OverlayContractTest}, which
 * always runs, has the same streams on TLS.
 */
@Tag("long")
class MuxContractTest extends EventLoopSubstrateContractTest {
    private final List<MuxOverTcp> started = new ArrayList<>();

    @Override
    protected Substrate newSubstrate() {
        MuxConfig config =
                MuxConfig.defaults().withCloseTimeout(Duration.ofSeconds(1)).withMaxMessageBytes(1 << 20);
        return new MuxOverTcp(nettyLoop(), config, started);
    }

    @Override
    protected int moreBytesThanAreKept() {
        return 1 << 20;
    }

    @Override
    protected void assertNothingLeft() {
        super.assertNothingLeft();
        assertThat(started).isEmpty();
    }
}
