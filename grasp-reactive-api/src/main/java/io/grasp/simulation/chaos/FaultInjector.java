package io.grasp.simulation.chaos;

import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Injects the faults of a run, and ends them. */
final class FaultInjector {
    private static final int SECONDS_EACH = 8;
    private static final int MOST_SLOW_MILLIS = 50;
    private static final double JUMPS_FAR = 0.1;
    private static final double IN_GOOD_ORDER = 0.3;
    private static final double UNPLUGGED = 0.4;
    private static final double OFTEN = 0.5;
    private static final double SELDOM = 0.2;

    private final ChaosRun run;
    private final ChaosRandom draw;
    private final LinkFaults linkFaults;
    private final List<Runnable> unplugged = new ArrayList<>();
    private long injected;

    FaultInjector(ChaosRun run, ChaosRandom draw) {
        this.run = run;
        this.draw = draw;
        this.linkFaults = new LinkFaults(run.faults(), Math.max(1, run.links().size()), draw.split());
    }

    /** {@return which of the faults happen in one run: the fewer they are, the more each of them gets to do} */
    static Set<Fault> choose(Set<Fault> from, ChaosRandom draw) {
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            // Little can be checked where bits change.
            boolean drawn = draw.chance(fault == Fault.CORRUPTION ? SELDOM : OFTEN);
            if (from.contains(fault) && (drawn || from.size() == 1)) {
                chosen.add(fault);
            }
        }
        return chosen;
    }

    /** {@return how many faults were injected} */
    long injected() {
        return injected;
    }

    /** Plans what goes wrong when. */
    void plan() {
        linkFaults.change(run.links(), run.isLossless());
        for (Fault fault : Fault.values()) {
            if (run.faults().contains(fault)) {
                int most = (int) (run.config().duration().toSeconds() / SECONDS_EACH);
                for (int episodes = draw.between(1, 1 + most); episodes > 0; episodes--) {
                    Duration begin = draw.before(run.config().duration());
                    run.at(begin, () -> inject(fault));
                }
            }
        }
    }

    private void inject(Fault fault) {
        injected++;
        switch (fault) {
            case LOSS, DUPLICATION, REORDERING, JITTER, BANDWIDTH, CORRUPTION ->
                linkFaults.change(run.links(), run.isLossless());
            case PARTITION -> partition();
            case FLAP -> flap();
            case CRASH -> crash();
            case SUSPEND -> toNode(SimNode::suspend, SimNode::resume);
            case SKEW -> toNode(this::skew, this::skew);
            case SLOW ->
                toNode(
                        node -> node.setProcessingTime(draw.millis(1, MOST_SLOW_MILLIS)),
                        node -> node.setProcessingTime(Duration.ZERO));
        }
    }

    private void partition() {
        List<SimNode> nodes = run.nodes().stream().map(ChaosNode::node).toList();
        run.simulation().network().partition(draw.sample(nodes, draw.between(1, nodes.size())));
        later(() -> run.simulation().network().heal());
    }

    private void flap() {
        List<SimLink> inUse =
                run.links().stream().filter(link -> !link.nodes().isEmpty()).toList();
        if (inUse.isEmpty()) {
            return;
        }
        SimLink link = draw.any(inUse);
        if (draw.chance(UNPLUGGED)) {
            unplug(link, draw.any(link.nodes()));
        } else {
            link.down();
            later(link::up);
        }
    }

    /** One node alone loses the link, and gets it back with another index. */
    private void unplug(SimLink link, SimNode node) {
        SimNetwork network = run.simulation().network();
        network.disconnect(node, link);
        Runnable back = () -> {
            if (!link.nodes().contains(node)) {
                network.connect(node, link);
            }
        };
        unplugged.add(back);
        later(back);
    }

    private void crash() {
        ChaosNode node = draw.any(run.nodes());
        if (node.isUp()) {
            if (draw.chance(IN_GOOD_ORDER)) {
                node.close();
            } else {
                node.crash();
            }
            later(() -> {
                if (!node.isUp()) {
                    node.start();
                }
            });
        }
    }

    private void toNode(Consumer<SimNode> begin, Consumer<SimNode> end) {
        SimNode node = draw.any(run.nodes()).node();
        begin.accept(node);
        later(() -> end.accept(node));
    }

    private void skew(SimNode node) {
        Duration offset = draw.chance(JUMPS_FAR)
                ? draw.millis(0, 300_000)
                : draw.millis(0, 10_000).minusSeconds(5);
        node.setClock(offset, 0.9 + draw.upTo(0.2));
    }

    private void later(Runnable end) {
        run.in(draw.before(run.config().duration().dividedBy(3)).plusMillis(1), end);
    }

    /** Ends all faults, and starts the nodes that are down. */
    void end() {
        run.simulation().network().heal();
        unplugged.forEach(Runnable::run);
        for (SimLink link : run.links()) {
            link.setConditions(linkFaults.calm());
            link.up();
        }
        for (ChaosNode node : run.nodes()) {
            node.node().setProcessingTime(Duration.ZERO);
            node.node().setClock(Duration.ZERO, 1);
            node.node().resume();
            if (!node.isUp()) {
                node.start();
            }
        }
    }
}
