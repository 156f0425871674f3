package io.grasp.simulation.adversary;

import io.grasp.substrate.Loop;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.concurrent.RejectedExecutionException;

/** The running attacks of an {@link Adversary}. Call its methods on the network's loop, or while it does not run. */
public final class AttackRun {
    private final SimNode node;
    private final Loop loop;
    private final Attacker attacker;

    private AttackRun(SimNode node, Attacker attacker) {
        this.node = node;
        this.loop = node.loop();
        this.attacker = attacker;
    }

    static AttackRun start(Adversary plan, SimNetwork network, SimNode node) {
        if (node.isRunning()) {
            throw new IllegalStateException("GRASP or another adversary runs on " + node);
        }
        AttackRun run = new AttackRun(node, new Attacker(plan, network, node));
        run.loop.execute(run.attacker::start);
        return run;
    }

    /** {@return the node that it is on} */
    public SimNode node() {
        return node;
    }

    /** {@return what it has done so far} */
    public AttackCounts counts() {
        return attacker.counts();
    }

    /**
     * Ends the attacks, aborts all connections and closes the node when the network's loop next runs. Does nothing if
     * the attacks have ended.
     */
    public void stop() {
        try {
            loop.execute(attacker::stop);
        } catch (RejectedExecutionException crashed) {
            // the node has crashed, which has ended everything
        }
    }
}
