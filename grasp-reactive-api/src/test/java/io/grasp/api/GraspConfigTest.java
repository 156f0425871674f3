package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.Proves;
import io.grasp.cbor.CborLimits;
import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.observe.GraspObserver;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.acp.AcpConfig;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GraspConfigTest {
    @Test
    @Proves({"8990-2.5.4.4-7", "8990-2.5.6.2-11", "8990-2.5.6.2-12"})
    void theDefaultSettingsAreThoseOfTheEngine() {
        for (GraspConfig config : List.of(
                GraspConfig.defaults(),
                GraspConfig.defaults().withNetwork(NettyConfig.defaults()),
                GraspConfig.defaults().withObserver(GraspObserver.NONE).withRandom(Random::new))) {
            assertThat(config.engine()).isEqualTo(EngineConfig.DEFAULTS);
        }
    }

    /** RFC 8990 section 2.8.3: longer messages are allowed for individual objectives. */
    @Test
    @Proves({"8990-2.8.3-1", "8990-2.8.3-2"})
    void noSettingOfTheNodeChangesTheLongestMessage() {
        for (int bytes : new int[] {1, 2047, 2049, 70_000}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Limits.DEFAULTS.withMessage(CborLimits.DEFAULT.withMaxBytes(bytes)))
                    .withMessageContaining(bytes + " bytes")
                    .withMessageContaining("2048");
        }
        CborLimits shallow = new CborLimits(2048, 8, 100);
        assertThat(Limits.DEFAULTS.withMessage(shallow).message()).isEqualTo(shallow);
    }

    @Test
    void aDullInstanceDoesNotRunOnAnAutonomicControlPlane() {
        NodeIdentity identity = (NodeIdentity) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {NodeIdentity.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("the settings do not use it");
                });
        GraspConfig acp = GraspConfig.defaults().withAcp(AcpConfig.on("wg0"), identity);
        assertThat(acp.worstCase().heapBytes())
                .isGreaterThan(GraspConfig.defaults().engine().worstCase().heapBytes());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> acp.withDull(Dull.allowing("AN_ACP")))
                .withMessageContaining("6.4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GraspConfig.dull("wg0", "AN_ACP").withAcp(AcpConfig.on("wg0"), identity));
    }
}
