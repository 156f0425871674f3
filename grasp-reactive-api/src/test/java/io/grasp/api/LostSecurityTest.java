package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.Security;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The links can lose their protection while a node runs, and get it back (RFC 8990 section 2.5.1, RFC 8991 section 2.3.1). */
class LostSecurityTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Objective EX2 = Objective.synchronizable("EX2");

    private final List<Throwable> failures = new ArrayList<>();

    private void assertNoSecurity(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SECURITY));
    }

    @Test
    @Proves({"8990-2.5.6.2-17", "8990-2.5.6.2-18", "8990-3-1"})
    void sessionsFailAndListenersContinueWhenSecurityIsLost() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(1)), "a", "b");
            Asa server = run.await(run.start("b").registerAsa("server"));
            run.awaitAll(server.register(EX3));
            run.inBackground(server.listenNegotiate(EX3)
                    .flatMap(taken -> taken.converse(offers -> offers.concatMap(offer -> Mono.<Move>never()))
                            .onErrorResume(lost -> Mono.empty())));
            Asa client = run.await(run.start("a").registerAsa("client"));
            run.awaitAll(client.register(EX3).then(client.register(EX2)));
            AsaLocator there =
                    run.awaitAll(client.discover(EX3, Duration.ofSeconds(1))).get(0);
            List<FloodedObjective> heard = new ArrayList<>();
            run.inBackground(client.floods("EX1").doOnNext(heard::add));
            run.inBackground(watched(client.discover(EX2, Duration.ofHours(1))));
            run.inBackground(watched(client.negotiate(EX3.withValue(1), there, offers -> Flux.never())));
            run.advance(Duration.ofSeconds(1));
            assertThat(failures).isEmpty();

            run.network().node("a").setSecurity(Security.NONE);
            run.advance(Duration.ofSeconds(1));
            assertThat(failures).hasSize(2).allSatisfy(this::assertNoSecurity);
            assertThat(run.await(run.simulation().running("a").orElseThrow().load())
                            .sessions())
                    .isZero();
            run.awaitAll(watched(client.getFlood("EX1")));
            run.awaitAll(watched(client.discover(EX3, Duration.ofSeconds(1))));
            run.awaitAll(watched(client.flood(EX2.withValue(1), Duration.ofMinutes(1))));
            assertThat(failures).hasSize(5).allSatisfy(this::assertNoSecurity);
            Objective ex1 = Objective.synchronizable("EX1");
            run.awaitAll(server.register(ex1).thenMany(server.flood(ex1.withValue(1), Duration.ofMinutes(1))));
            run.advance(Duration.ofSeconds(1));
            assertThat(heard).isEmpty();

            run.network().node("a").setSecurity(Security.ASSERTED);
            run.awaitAll(server.flood(ex1.withValue(2), Duration.ofMinutes(1)));
            run.advance(Duration.ofSeconds(1));
            assertThat(heard).as("listeners continue to listen").hasSize(1);
            run.inBackground(watched(client.negotiate(EX3.withValue(1), there, offers -> Flux.never())));
            run.advance(Duration.ofSeconds(1));
            assertThat(failures).hasSize(5);
        });
    }

    private Mono<Void> watched(Publisher<?> operation) {
        return Flux.from(operation).then().onErrorResume(failure -> {
            failures.add(failure);
            return Mono.empty();
        });
    }

    @Test
    void aNegotiationOfAPeerIsClosedWhenSecurityIsLost() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(1)), "a", "b");
            Asa server = run.await(run.start("b").registerAsa("server"));
            run.awaitAll(server.register(EX3));
            List<Negotiation> taken = new ArrayList<>();
            run.inBackground(server.listenNegotiate(EX3).doOnNext(taken::add));
            Asa client = run.await(run.start("a").registerAsa("client"));
            run.awaitAll(client.register(EX3));
            AsaLocator there =
                    run.awaitAll(client.discover(EX3, Duration.ofSeconds(1))).get(0);
            List<NegotiationOutcome> outcomes = new ArrayList<>();
            run.inBackground(watched(client.negotiate(EX3.withValue(1), there, offers -> Flux.never())
                    .doOnNext(outcomes::add)));
            run.advance(Duration.ofSeconds(1));
            assertThat(taken).hasSize(1);

            run.network().node("b").setSecurity(Security.NONE);
            run.advance(Duration.ofSeconds(1));
            assertThat(outcomes).isEmpty();
            assertThat(failures).as("the peer sees its connection closed").hasSize(1);
        });
    }
}
