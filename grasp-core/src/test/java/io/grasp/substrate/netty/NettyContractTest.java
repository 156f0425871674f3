package io.grasp.substrate.netty;

import io.grasp.substrate.Substrate;
import java.time.Duration;

/** The substrate's contract on a real interface, with several nodes of one host. */
class NettyContractTest extends EventLoopSubstrateContractTest {
    @Override
    protected Substrate newSubstrate() {
        return NettySubstrate.on(nettyLoop(), config());
    }

    NettyConfig config() {
        return NettyConfig.defaults().withLinks(TestNetwork.LINK).withCloseTimeout(Duration.ofMillis(100));
    }
}
