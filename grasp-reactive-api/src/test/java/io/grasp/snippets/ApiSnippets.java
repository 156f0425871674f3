package io.grasp.snippets;

import io.grasp.api.Asa;
import io.grasp.api.DiscoverOptions;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Inspection;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedMove;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.PageRequest;
import io.grasp.inspection.SessionEntry;
import io.grasp.inspection.SessionEvent;
import io.grasp.logging.LoggingObserver;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.neighbors.DullNeighborSource;
import io.grasp.security.NodeIdentity;
import io.grasp.simulation.SimulationRunner;
import io.grasp.simulation.adversary.Adversary;
import io.grasp.simulation.adversary.Attack;
import io.grasp.simulation.adversary.AttackRun;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The code in the Javadoc of this module. */
abstract class ApiSnippets {
    private static final TypedObjective<Integer> EX3 = TypedObjective.negotiable("EX3", Integer.class);

    abstract TypedMove<Integer> answer(TypedOffer<Integer> offer);

    abstract Move next(Objective offer);

    abstract Mono<Void> use(Asa asa);

    Mono<TypedOutcome<Integer>> typed(Asa asa) {
        // @start region="typed"
        Mono<TypedOutcome<Integer>> outcome =
                asa.typed(EX3).register().flatMap(ex3 -> ex3.negotiate(300, offers -> offers.map(this::answer)));
        // @end
        return outcome;
    }

    Mono<Void> listen(Asa asa, Objective objective) {
        // @start region="listen"
        Mono<Void> listening =
                asa.listenNegotiate(objective, negotiation -> negotiation.converse(offers -> offers.map(this::next)));
        // @end
        return listening;
    }

    Mono<Void> listenTyped(TypedAsa<Integer> bank) {
        // @start region="listenTyped"
        Mono<Void> listening = bank.listenNegotiate(negotiation ->
                negotiation.converse(offers -> offers.map(asked -> asked.propose(asked.value() / 2))));
        // @end
        return listening;
    }

    Flux<AsaLocator> discover(Asa asa, Objective objective, AsaLocator node, Duration time) {
        // @start region="discover"
        Flux<AsaLocator> peers = asa.discover(
                        objective, DiscoverOptions.within(time).withPeer(node))
                .onErrorResume(GraspException.class, failure -> Flux.empty())
                .switchIfEmpty(asa.discover(objective, DiscoverOptions.within(time)));
        // @end
        return peers;
    }

    Mono<Void> registerAsa(Grasp grasp, String name) {
        // @start region="registerAsa"
        Mono<Void> work = Mono.usingWhen(grasp.registerAsa(name), asa -> use(asa), Asa::deregister);
        // @end
        return work;
    }

    Mono<Objective> backoff(Grasp grasp, Asa asa, Objective objective, Duration timeout) {
        // @start region="backoff"
        Mono<Objective> value =
                asa.synchronize(objective, RequestOptions.within(timeout)).retryWhen(grasp.backoff(5));
        // @end
        return value;
    }

    static GraspConfig findNeighbors(NodeIdentity identity) {
        // @start region="findNeighbors"
        OverlayConfig overlay = OverlayConfig.defaults().withNeighborSource(DullNeighborSource.on("eth0"));
        GraspConfig config = GraspConfig.defaults().withOverlay(overlay, identity);
        // @end
        return config;
    }

    static GraspConfig logging() {
        // @start region="logging"
        GraspConfig config = GraspConfig.defaults().withAdditionalObserver(LoggingObserver.create());
        // @end
        return config;
    }

    static AttackRun attack(SimulationRunner run) {
        // @start region="attack"
        run.link("lan", LinkConditions.PERFECT, "town", "home", "mallory");
        AttackRun mallory = run.attack(
                "mallory",
                Adversary.of(Attack.FLOOD_STORM, 500)
                        .and(Attack.ENDLESS_NEGOTIATIONS, 50)
                        .withObjectives("EX3")
                        .withForgedSources(0.5));
        // @end
        return mallory;
    }

    Flux<SessionEntry> sessions(Grasp grasp) {
        // @start region="pages"
        Flux<SessionEntry> sessions = Inspection.all(PageRequest.FIRST, grasp.inspection()::sessions);
        // @end
        return sessions;
    }

    Flux<SessionEvent> watch(Grasp grasp) {
        // @start region="watch"
        Flux<SessionEvent> events = grasp.inspection()
                .sessionEvents(EventOptions.DEFAULTS.withObjective("EX3"))
                .concatMapIterable(EventBatch::events);
        // @end
        return events;
    }
}
