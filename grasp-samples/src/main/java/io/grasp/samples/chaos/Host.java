package io.grasp.samples.chaos;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Negotiation;
import io.grasp.config.RegistrationOptions;
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
    private static final double ONE_AT_A_TIME = 0.3;

    private final World world;
    private final int number;
    private final SimNode node;
    private final HostProfile habits;
    private final Draw draw;
    private final boolean oneAtATime;
    private Mono<Void> closing = Mono.empty();
    private int life;
    private int crashes;
    private int workers;
    private boolean up;
    private @Nullable Grasp grasp;
    private @Nullable Asa worker;

    Host(World world, int number, SimNode node, Draw draw) {
        this.world = world;
        this.number = number;
        this.node = node;
        this.draw = draw;
        this.habits = HostProfile.draw(draw);
        this.oneAtATime = draw.chance(ONE_AT_A_TIME);
    }

    int number() {
        return number;
    }

    SimNode node() {
        return node;
    }

    HostProfile habits() {
        return habits;
    }

    /** {@return how often it has been started or has stopped} */
    int life() {
        return life;
    }

    /** {@return how often it has crashed} */
    int crashes() {
        return crashes;
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
        Mono<Grasp> starting = closing.then(world.runner.simulation().start(node.name()));
        world.operations.begin(this, "start", starting.flatMap(started -> {
            if (life != begun) {
                return started.closeAsync();
            }
            grasp = started;
            return watch(started).then(hire());
        }));
    }

    /** Closes the node in good order, whatever it has under way; it can be started again. */
    void close() {
        Grasp here = grasp;
        if (here != null) {
            stop();
            closing = here.closeAsync().cache();
            world.operations.begin(this, "close", closing);
        }
    }

    void crash() {
        stop();
        crashes++;
        closing = Mono.empty();
        node.crash();
    }

    private void stop() {
        up = false;
        life++;
        grasp = null;
        worker = null;
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
            HostProfile.FLOODED.forEach(name -> world.operations.goOn(
                    this, "floods", asa.floods(name).doOnNext(flooded -> world.floods.arrived(this, begun, flooded))));
            return Flux.fromIterable(habits.shows())
                    .concatMap(name -> asa.register(
                            Objective.discoverable(name), RegistrationOptions.DEFAULTS.withDiscoverable(true)))
                    .then();
        });
    }

    private Flux<Objective> objectives() {
        return Flux.fromStream(() -> Stream.of(
                        HostProfile.FLOODED.stream().map(Objective::synchronizable),
                        HostProfile.NEGOTIATED.stream().map(Objective::negotiable),
                        habits.serves().stream().map(Objective::synchronizable))
                .flatMap(objectives -> objectives));
    }

    private void work(Grasp here, Asa asa) {
        int begun = life;
        for (String name : habits.negotiates()) {
            // Not the listener with a handler: an answer goes on when its listener ends, and is watched to its own end.
            Flux<Negotiation> requests = asa.listenNegotiate(Objective.negotiable(name));
            Flux<?> answers = oneAtATime
                    ? requests.concatMap(
                            taken -> answer(here, taken).onErrorComplete(failure -> forgive(begun, failure)), 1)
                    : requests.doOnNext(taken -> world.operations.begin(this, "answer a request", answer(here, taken)));
            world.operations.goOn(this, "listen for negotiations", answers);
        }
        for (String name : habits.serves()) {
            world.operations.begin(
                    this,
                    "serve",
                    asa.listenSynchronize(Objective.synchronizable(name).withValue(newServed())));
        }
    }

    /** The next request is answered though this one has failed. */
    private boolean forgive(int begun, Throwable failure) {
        world.operations.failed(this, begun, "answer a request", failure);
        return true;
    }

    private Mono<Void> answer(Grasp here, Negotiation taken) {
        return new Bargain(world, this, here, draw).respond(taken);
    }

    @Override
    public String toString() {
        return node.name();
    }
}
