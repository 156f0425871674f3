package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.engine.RegistrationOptions;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.SimNode;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A node of the network and the ASAs on it: one that only watches, and a worker that comes and goes. */
final class Host {
    private static final int VALUES_EACH = 1000;

    private final World world;
    private final int number;
    private final SimNode node;
    private final Habits habits;
    private final Draw draw;
    private int life;
    private int workers;
    private boolean up;
    private @Nullable Grasp grasp;
    private @Nullable Asa worker;

    Host(World world, int number, SimNode node, Draw draw) {
        this.world = world;
        this.number = number;
        this.node = node;
        this.draw = draw;
        this.habits = Habits.draw(draw);
    }

    int number() {
        return number;
    }

    SimNode node() {
        return node;
    }

    Habits habits() {
        return habits;
    }

    /** {@return how often it has been started or has crashed} */
    int life() {
        return life;
    }

    boolean isUp() {
        return up;
    }

    /** {@return the running node, or {@code null} if it has crashed or not started yet} */
    @Nullable
    Grasp grasp() {
        return grasp;
    }

    /** {@return the ASA that works here now, if any} */
    @Nullable
    Asa worker() {
        return worker;
    }

    /** {@return whether a locator leads here} */
    boolean isAt(Locator locator) {
        return locator instanceof Locator.Ipv6 ipv6
                && node.addresses().contains(ipv6.address())
                && Integer.valueOf(node.port()).equals(ipv6.port());
    }

    void start() {
        up = true;
        life++;
        int begun = life;
        world.operations.begin(
                this, "start", world.runner.simulation().start(node.name()).flatMap(started -> {
                    if (life == begun) {
                        grasp = started;
                    }
                    return watch(started).then(hire());
                }));
    }

    void crash() {
        up = false;
        life++;
        grasp = null;
        worker = null;
        node.crash();
    }

    /** Ends the worker with all that it has under way. */
    void dismiss() {
        Asa dismissed = worker;
        worker = null;
        if (dismissed != null) {
            world.operations.begin(this, "deregister", dismissed.deregister());
        }
    }

    /** Has a worker begin, if none does its work. */
    Mono<Void> hire() {
        Grasp here = grasp;
        if (here == null || worker != null) {
            return Mono.empty();
        }
        int begun = life;
        return here.registerAsa("worker " + ++workers)
                .flatMap(asa -> objectives().concatMap(asa::register).then(Mono.<Void>fromRunnable(() -> {
                    if (life == begun && worker == null) {
                        worker = asa;
                        work(here, asa);
                    } else {
                        world.operations.goOn(this, "deregister", asa.deregister());
                    }
                })));
    }

    /** {@return a value that only this host serves} */
    int newServed() {
        return number * VALUES_EACH + draw.between(0, VALUES_EACH - 1);
    }

    boolean hasServed(int value) {
        return value / VALUES_EACH == number;
    }

    private Mono<Void> watch(Grasp here) {
        int begun = life;
        return here.registerAsa("watcher").flatMap(asa -> {
            Habits.FLOODED.forEach(name -> world.operations.goOn(
                    this, "floods", asa.floods(name).doOnNext(flooded -> world.floods.arrived(this, begun, flooded))));
            return Flux.fromIterable(habits.shows())
                    .concatMap(name -> asa.register(
                            Objective.discoverable(name), RegistrationOptions.DEFAULTS.withDiscoverable(true)))
                    .then();
        });
    }

    private Flux<Objective> objectives() {
        return Flux.fromStream(() -> Stream.of(
                        Habits.FLOODED.stream().map(Objective::synchronizable),
                        Habits.NEGOTIATED.stream().map(Objective::negotiable),
                        habits.serves().stream().map(Objective::synchronizable))
                .flatMap(objectives -> objectives));
    }

    private void work(Grasp here, Asa asa) {
        for (String name : habits.negotiates()) {
            world.operations.goOn(
                    this,
                    "listen for negotiations",
                    asa.listenNegotiate(Objective.negotiable(name))
                            .doOnNext(taken -> world.operations.begin(
                                    this,
                                    "negotiate as the responder",
                                    new Bargain(world, this, here, draw).respond(taken))));
        }
        for (String name : habits.serves()) {
            world.operations.begin(
                    this,
                    "serve",
                    asa.listenSynchronize(Objective.synchronizable(name).withValue(newServed())));
        }
    }

    @Override
    public String toString() {
        return node.name();
    }
}
