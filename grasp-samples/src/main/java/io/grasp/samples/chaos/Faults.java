package io.grasp.samples.chaos;

import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Has things go wrong, and ends all of it. */
final class Faults {
    private static final int SECONDS_EACH = 8;
    private static final int MOST_SLOW_MILLIS = 50;
    private static final double JUMPS_FAR = 0.1;
    private static final double IN_GOOD_ORDER = 0.3;
    private static final double UNPLUGGED = 0.4;
    private static final double OFTEN = 0.5;
    private static final double SELDOM = 0.2;

    private final World world;
    private final Draw draw;
    private final LinkFaults weather;
    private final List<Runnable> unplugged = new ArrayList<>();

    Faults(World world, Draw draw) {
        this.world = world;
        this.draw = draw;
        this.weather = new LinkFaults(world.faults, Math.max(1, world.links.size()), draw.split());
    }

    /** {@return which of the faults happen in one run: the fewer they are, the more each of them gets to do} */
    static Set<Fault> choose(Set<Fault> from, Draw draw) {
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

    /** Plans what goes wrong when. */
    void plan() {
        weather.change(world.links, world.areFloodsExact());
        for (Fault fault : Fault.values()) {
            if (world.faults.contains(fault)) {
                int most = (int) (world.config.duration().toSeconds() / SECONDS_EACH);
                for (int episodes = draw.between(1, 1 + most); episodes > 0; episodes--) {
                    Duration begin = draw.before(world.config.duration());
                    world.agenda.at(begin, () -> inject(fault));
                }
            }
        }
    }

    private void inject(Fault fault) {
        world.tally.fault();
        switch (fault) {
            case LOSS, DUPLICATION, REORDERING, JITTER, BANDWIDTH, CORRUPTION ->
                weather.change(world.links, world.areFloodsExact());
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
        List<SimNode> nodes = world.hosts.stream().map(Host::node).toList();
        world.runner.network().partition(draw.sample(nodes, draw.between(1, nodes.size())));
        later(() -> world.runner.network().heal());
    }

    private void flap() {
        List<SimLink> inUse =
                world.links.stream().filter(link -> !link.nodes().isEmpty()).toList();
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
        SimNetwork network = world.runner.network();
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
        Host host = draw.any(world.hosts);
        if (host.isUp()) {
            if (draw.chance(IN_GOOD_ORDER)) {
                host.close();
            } else {
                host.crash();
            }
            later(() -> {
                if (!host.isUp()) {
                    host.start();
                }
            });
        }
    }

    private void toNode(Consumer<SimNode> begin, Consumer<SimNode> end) {
        SimNode node = draw.any(world.hosts).node();
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
        world.agenda.in(draw.before(world.config.duration().dividedBy(3)).plusMillis(1), end);
    }

    /** Ends everything that went wrong, and starts who has crashed. */
    void end() {
        world.runner.network().heal();
        unplugged.forEach(Runnable::run);
        for (SimLink link : world.links) {
            link.setConditions(weather.calm());
            link.up();
        }
        for (Host host : world.hosts) {
            host.node().setProcessingTime(Duration.ZERO);
            host.node().setClock(Duration.ZERO, 1);
            host.node().resume();
            if (!host.isUp()) {
                host.start();
            }
        }
    }
}
