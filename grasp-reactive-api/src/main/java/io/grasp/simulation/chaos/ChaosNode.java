package io.grasp.simulation.chaos;

import io.grasp.api.Grasp;
import io.grasp.model.Locator;
import io.grasp.substrate.sim.SimNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A node of a {@link ChaosRun}. Faults crash it, close it and start it again. */
public final class ChaosNode {
    private final ChaosRun run;
    private final int number;
    private final SimNode node;
    private final ChaosRandom random;
    private Mono<Void> closing = Mono.empty();
    private int life;
    private int crashes;
    private boolean up;
    private @Nullable Grasp grasp;

    ChaosNode(ChaosRun run, int number, SimNode node, ChaosRandom random) {
        this.run = run;
        this.number = number;
        this.node = node;
        this.random = random;
    }

    /** {@return its number in {@link ChaosRun#topology()}, from 0} */
    public int number() {
        return number;
    }

    /** {@return its name, {@code n} and its number} */
    public String name() {
        return node.name();
    }

    /** {@return the node of the simulated network} */
    public SimNode node() {
        return node;
    }

    /** {@return random decisions for this node alone} */
    public ChaosRandom random() {
        return random;
    }

    /** {@return GRASP on this node; empty while it starts, is closed or has crashed} */
    public Optional<Grasp> grasp() {
        return Optional.ofNullable(grasp);
    }

    /** {@return whether it runs or starts} */
    public boolean isUp() {
        return up;
    }

    /**
     * {@return a number that changes whenever the node starts, is closed or crashes, so that activities of an earlier
     * run can be recognized}
     */
    public int life() {
        return life;
    }

    /** {@return how many times it has crashed} */
    public int crashes() {
        return crashes;
    }

    /**
     * {@return whether a locator is one of this node: an address and the port of it}
     *
     * @param locator the locator
     */
    public boolean isAt(Locator locator) {
        return locator instanceof Locator.Ipv6 ipv6
                && node.addresses().contains(ipv6.address())
                && Integer.valueOf(node.port()).equals(ipv6.port());
    }

    void start() {
        up = true;
        life++;
        int begun = life;
        Mono<Grasp> starting = closing.then(run.simulation().start(node.name()));
        run.operation(this, "start", starting.flatMap(started -> {
            if (life != begun) {
                return started.closeAsync();
            }
            grasp = started;
            return Mono.fromRunnable(() -> run.startAsas(this, started));
        }));
    }

    /** Closes the node normally, whatever is in progress; it can be started again. */
    void close() {
        Grasp running = grasp;
        if (running != null) {
            stop();
            closing = running.closeAsync().cache();
            run.operation(this, "close", closing);
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
    }

    @Override
    public String toString() {
        return node.name();
    }
}
