package com.example.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.simulation.Simulation;
import io.grasp.simulation.SimulationConfig;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The customer on a simulated link, without a network. The test has the other node. */
@SpringBootTest(properties = "bandwidth.timeout=1s")
@AutoConfigureWebTestClient(timeout = "30s")
class CustomerControllerTest {
    private static final Scheduler LOOP = Schedulers.newSingle("simulation");
    private static final Simulation SIMULATION = Simulation.on(LOOP, SimulationConfig.seeded(1));

    @TestBean
    private Grasp grasp;

    @Autowired
    private WebTestClient client;

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
    void theCustomerTakesWhatAProviderOffersOnceThereIsOne() {
        client.get()
                .uri("/bandwidth/80")
                .exchange()
                .expectStatus()
                .isEqualTo(HttpStatus.GATEWAY_TIMEOUT)
                .expectBody()
                .jsonPath("$.detail")
                .value(String.class, detail -> assertThat(detail).startsWith("No reply to discovery"));

        SIMULATION
                .start("theirs")
                .flatMap(node -> node.registerAsa("provider"))
                .flatMap(CustomerControllerTest::offer50)
                .subscribe();
        client.get()
                .uri("/bandwidth/80")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(Bandwidth.class)
                .isEqualTo(new Bandwidth(50));
    }

    private static Mono<Void> offer50(Asa provider) {
        return provider.typed(Bandwidth.OBJECTIVE)
                .register()
                .flatMap(bandwidth -> bandwidth.listenNegotiate(customer ->
                        customer.converse(offers -> offers.map(asked -> asked.propose(new Bandwidth(50))))));
    }
}
