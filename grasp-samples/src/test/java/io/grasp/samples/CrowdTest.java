package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.samples.asa.NegotiationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Many customers at once. */
class CrowdTest {
    private static final int CUSTOMERS = 50;
    private static final int ROUNDS = 3;

    @Test
    void briggsNegotiatesWithManyCustomersAtOnce() {
        try (Town town = new Town()) {
            AtOnce atOnce = new AtOnce();
            List<NegotiationReport> his = new ArrayList<>();
            Grasp bank = town.node(atOnce);
            town.briggs(bank, 1, line -> {}, his::add);
            List<Flux<NegotiationReport>> customers = new ArrayList<>();
            for (int i = 0; i < CUSTOMERS; i++) {
                customers.add(town.gray(town.node(), i, ROUNDS));
            }

            List<NegotiationReport> hers = town.await(Flux.merge(Flux.fromIterable(customers), CUSTOMERS));
            town.loop.advance(Duration.ofSeconds(5));

            assertThat(hers).hasSize(CUSTOMERS * ROUNDS).noneMatch(NegotiationReport::hasFailed);
            assertThat(his).containsExactlyInAnyOrderElementsOf(hers);
            assertThat(atOnce.most).isGreaterThan(CUSTOMERS / 2);
            EngineLoad load = town.await(bank.load()).get(0);
            assertThat(load.sessions()).isZero();
            assertThat(load.channels()).isZero();
        }
    }

    /** Counts sessions in progress. */
    private static final class AtOnce implements GraspObserver {
        private int now;
        private int most;

        @Override
        public void sessionStarted(SessionInfo session) {
            most = Math.max(most, ++now);
        }

        @Override
        public void sessionEnded(SessionInfo session, SessionOutcome outcome, Throwable failure) {
            now--;
        }
    }
}
