package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.EngineConfig;
import org.junit.jupiter.api.Test;

class GraspConfigTest {
    @Test
    @Proves("8990-2.5.4.4-7")
    void withoutSettingsANodeHasTheBoundsAndTimesOfTheEngine() {
        assertThat(GraspConfig.defaults().engine()).isEqualTo(EngineConfig.DEFAULTS);
    }
}
