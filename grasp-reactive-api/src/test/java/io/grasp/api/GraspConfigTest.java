package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.EngineConfig;
import io.grasp.engine.GraspObserver;
import io.grasp.substrate.netty.NettyConfig;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GraspConfigTest {
    @Test
    @Proves({"8990-2.5.4.4-7", "8990-2.5.6.2-11", "8990-2.5.6.2-12"})
    void withoutSettingsANodeHasTheBoundsAndTimesOfTheEngine() {
        for (GraspConfig config : List.of(
                GraspConfig.defaults(),
                GraspConfig.defaults().withNetwork(NettyConfig.defaults()),
                GraspConfig.defaults().withObserver(GraspObserver.NONE).withRandom(Random::new))) {
            assertThat(config.engine()).isEqualTo(EngineConfig.DEFAULTS);
        }
    }
}
