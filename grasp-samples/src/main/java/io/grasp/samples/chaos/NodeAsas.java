package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Negotiation;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.simulation.chaos.ChaosNode;
import io.grasp.simulation.chaos.ChaosRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The ASAs on a node: one that only watches, and a worker that comes and goes. */
final class NodeAsas {
    private static final int VALUES_EACH = 1000;
    private static final double ONE_AT_A_TIME = 0.3;

    private final RunState world;
    private final ChaosNode node;
    private final AsaProfile profile;
    private final ChaosRandom draw;
    private final boolean oneAtATime;
    private int workers;
    private int workerLife;
    private @Nullable Asa worker;

    NodeAsas(RunState world, ChaosNode node) {
        this.world = world;
        this.node = node;
        this.draw = node.random();
        this.profile = AsaProfile.draw(draw);
        this.oneAtATime = draw.chance(ONE_AT_A_TIME);
    }

    ChaosNode node() {
        return node;
    }

    int number() {
        return node.number();
    }

    AsaProfile profile() {
        return profile;
    }

    /** {@return how many times it has been started or stopped} */
    int life() {
        return node.life();
    }

    /** {@return the running node, or {@code null} if it has crashed or not started yet} */
    @Nullable
    Grasp grasp() {
        return node.grasp().orElse(null);
    }

    /** {@return the ASA that works here now, if any} */
    @Nullable
    Asa worker() {
        return workerLife == node.life() ? worker : null;
    }

    /** {@return whether a locator leads here} */
    boolean isAt(Locator locator) {
        return node.isAt(locator);
    }

    /** Starts the ASAs on the node, which has just started. */
    void started(Grasp started) {
        world.begin(node, "register", watch(started).then(hire()));
    }

    /** Ends the worker and all its activities. */
    void dismiss() {
        Asa dismissed = worker();
        worker = null;
        if (dismissed != null) {
            world.begin(node, "deregister", dismissed.deregister());
        }
    }

    /** Starts a worker, if there is none. */
    Mono<Void> hire() {
        Grasp here = grasp();
        if (here == null || worker() != null) {
            return Mono.empty();
        }
        int begun = life();
        return here.registerAsa("worker " + ++workers)
                .flatMap(asa -> objectives().concatMap(asa::register).then(Mono.<Void>fromRunnable(() -> {
                    if (life() == begun && worker() == null) {
                        worker = asa;
                        workerLife = begun;
                        work(here, asa);
                    } else {
                        world.goOn(node, "deregister", asa.deregister());
                    }
                })));
    }

    /** {@return a value that only this host serves} */
    int newServed() {
        return number() * VALUES_EACH + draw.between(0, VALUES_EACH - 1);
    }

    boolean hasServed(int value) {
        return value / VALUES_EACH == number();
    }

    private Mono<Void> watch(Grasp here) {
        int begun = life();
        return here.registerAsa("watcher").flatMap(asa -> {
            AsaProfile.FLOODED.forEach(name -> world.goOn(
                    node, "floods", asa.floods(name).doOnNext(flooded -> world.floods.arrived(node, begun, flooded))));
            Mono<Void> own = world.run.isHonest() ? Mono.empty() : new OwnFlood(world, node).begin(asa);
            return own.thenMany(Flux.fromIterable(profile.shows()))
                    .concatMap(name -> asa.register(
                            Objective.discoverable(name), RegistrationOptions.DEFAULTS.withDiscoverable(true)))
                    .then();
        });
    }

    private Flux<Objective> objectives() {
        return Flux.fromStream(() -> Stream.of(
                        AsaProfile.FLOODED.stream().map(Objective::synchronizable),
                        AsaProfile.NEGOTIATED.stream().map(Objective::negotiable),
                        profile.serves().stream().map(Objective::synchronizable))
                .flatMap(objectives -> objectives));
    }

    private void work(Grasp here, Asa asa) {
        int begun = life();
        for (String name : profile.negotiates()) {
            // Not the listener with a handler: an answer continues when its listener ends, and is observed until its
            // end.
            Flux<Negotiation> requests = asa.listenNegotiate(Objective.negotiable(name));
            Flux<?> answers = oneAtATime
                    ? requests.concatMap(
                            taken -> answer(here, taken).onErrorComplete(failure -> forgive(begun, failure)), 1)
                    : requests.doOnNext(taken -> world.begin(node, "answer a request", answer(here, taken)));
            world.goOn(node, "listen for negotiations", answers);
        }
        for (String name : profile.serves()) {
            world.begin(
                    node,
                    "serve",
                    asa.listenSynchronize(Objective.synchronizable(name).withValue(newServed())));
        }
    }

    /** The next request is answered although this one has failed. */
    private boolean forgive(int begun, Throwable failure) {
        world.failed(node, begun, "answer a request", failure);
        return true;
    }

    private Mono<Void> answer(Grasp here, Negotiation taken) {
        return new RandomNegotiator(world, node, here, draw).respond(taken);
    }

    @Override
    public String toString() {
        return node.name();
    }
}
