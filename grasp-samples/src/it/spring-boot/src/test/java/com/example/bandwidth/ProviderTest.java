package com.example.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.simulation.Simulation;
import io.grasp.simulation.SimulationConfig;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.bean.override.convention.TestBean;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The provider on a simulated link, without a network. The test has the other node. */
@SpringBootTest(properties = "bandwidth.role=provider")
class ProviderTest {
    private static final Scheduler LOOP = Schedulers.newSingle("simulation");
    private static final Simulation SIMULATION = Simulation.on(LOOP, SimulationConfig.seeded(2));

    @TestBean
    private Grasp grasp;

    /** Replaces the bean of the application. */
    static Grasp grasp() {
        SIMULATION.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(2)), "ours", "theirs");
        return SIMULATION.start("ours").block();
    }

    @AfterAll
    static void close() {
        SIMULATION.closeAsync().block();
        LOOP.dispose();
    }

    @Test
    void theProviderGivesWhatIsAskedForUpToItsLimit() {
        Grasp customer = SIMULATION.start("theirs").block();

        assertThat(ask(customer, 80).agreed()).contains(new Bandwidth(80));
        assertThat(ask(customer, 150).agreed()).contains(new Bandwidth(100));
    }

    private static TypedOutcome<Bandwidth> ask(Grasp node, int mbits) {
        return Mono.usingWhen(node.registerAsa("customer"), asa -> ask(asa, mbits), Asa::deregister)
                .block();
    }

    private static Mono<TypedOutcome<Bandwidth>> ask(Asa customer, int mbits) {
        RequestOptions options = RequestOptions.within(Duration.ofSeconds(5));
        return customer.typed(Bandwidth.OBJECTIVE)
                .register()
                .flatMap(bandwidth ->
                        bandwidth.negotiate(new Bandwidth(mbits), options, offers -> offers.map(TypedOffer::accept)));
    }
}
