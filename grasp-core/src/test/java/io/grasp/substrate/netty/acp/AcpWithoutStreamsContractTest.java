package io.grasp.substrate.netty.acp;

import org.junit.jupiter.api.Tag;

/** The substrate's contract with a TLS connection for each session, as RFC 8994 describes it. */
@Tag("long")
class AcpWithoutStreamsContractTest extends AcpContractTest {
    @Override
    AcpConfig config() {
        return super.config().withStreams(false);
    }
}
