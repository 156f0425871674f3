package com.example.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.host.AsaHost;
import io.grasp.host.AsaSetup;
import io.grasp.host.HostConfig;
import io.grasp.host.HostedAsa;
import io.grasp.host.InstalledAsa;
import io.grasp.model.Objective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** The provider in a host, on a simulated link. */
class HostedProviderTest {
    @Test
    void theHostFindsTheClassInTheJar() {
        assertThat(ServiceLoader.load(HostedAsa.class)).hasExactlyElementsOfTypes(HostedProvider.class);
    }

    @Test
    void aPolicyChangesTheLimitWhileTheProviderRuns() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(20)), "core", "edge");
            Grasp core = run.start("core");
            Grasp edge = run.start("edge");
            AsaHost host = AsaHost.on(core, HostConfig.DEFAULTS.withOwnThreads(false));
            run.await(host.run(List.of(AsaSetup.of(InstalledAsa.of(HostedProvider::new)))));
            assertThat(run.await(Customer.request(edge, 80)).agreed()).contains(new Bandwidth(80));

            Asa operator = run.await(edge.registerAsa("operator"));
            Objective policy = Objective.synchronizable("provider.Params");
            run.await(operator.register(policy));
            run.await(operator.flood(policy.withValue(Map.of("limit", 50)), Duration.ofMinutes(10)));
            run.advance(Duration.ofSeconds(1));

            assertThat(run.await(Customer.request(edge, 80)).agreed()).contains(new Bandwidth(50));
            run.await(host.closeAsync());
        });
    }
}
