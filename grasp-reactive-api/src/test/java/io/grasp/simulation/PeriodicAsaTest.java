package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** ASAs with periodic actions in the node's time. */
class PeriodicAsaTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");

    private static Flux<Void> flooder(Grasp node) {
        return node.registerAsa("flooder")
                .flatMapMany(asa -> asa.register(EX1)
                        .thenMany(Flux.interval(Duration.ZERO, Duration.ofSeconds(60), node.scheduler())
                                .onBackpressureDrop()
                                .concatMap(beat -> asa.flood(EX1.withValue(beat), Duration.ofSeconds(90)))));
    }

    @Test
    void aPeriodicFlooderLeavesNothingBehind() {
        AtomicInteger heard = new AtomicInteger();
        AtomicReference<Throwable> end = new AtomicReference<>();
        SimulationRunner.verify(1, run -> {
            run.link("road", LinkConditions.PERFECT, "town", "home");
            run.inBackground(flooder(run.start("town")).doOnError(end::set));
            run.inBackground(run.start("home")
                    .registerAsa("reader")
                    .flatMapMany(asa -> asa.floods("EX1"))
                    .doOnNext(flooded -> heard.incrementAndGet()));
            run.advance(Duration.ofMinutes(5));
        });

        assertThat(heard).as("all except the first, which the reader missed").hasValue(5);
        assertThat(end.get()).hasMessageContaining("the node is closed");
    }

    /** The node of the first ASA has crashed, so its time has stopped. */
    @Test
    void aCrashedFlooderIsStartedAgain() {
        SimulationRunner.verify(2, run -> {
            run.link("road", LinkConditions.PERFECT, "town", "home");
            run.inBackground(flooder(run.start("town")));
            run.advance(Duration.ofMinutes(1));
            run.network().node("town").crash();
            run.advance(Duration.ofMinutes(1));
            run.inBackground(flooder(run.start("town")));
            run.advance(Duration.ofMinutes(1));
        });
    }
}
