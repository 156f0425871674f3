package io.grasp.substrate.netty;

import io.grasp.substrate.netty.quads.QuadsKey;
import org.junit.jupiter.api.Tag;

/** The substrate's contract with encrypted messages. It takes several seconds; {@link NettyQuadsTest} is the short one. */
@Tag("long")
class QuadsContractTest extends NettyContractTest {
    private static final QuadsKey KEY = QuadsKey.of(new byte[QuadsKey.KEY_BYTES], new byte[QuadsKey.IV_BYTES]);

    @Override
    NettyConfig config() {
        return super.config().withQuads(KEY);
    }
}
