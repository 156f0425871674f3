package io.grasp.simulation.chaos;

import io.grasp.simulation.chaos.FaultEvent.Action;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Injects the faults of a run, at random or by a script, and ends them. It records what it does. */
final class FaultInjector {
    private static final int SECONDS_EACH = 8;
    private static final int MOST_SLOW_MILLIS = 50;
    private static final double JUMPS_FAR = 0.1;
    private static final double IN_GOOD_ORDER = 0.3;
    private static final double UNPLUGGED = 0.4;
    private static final double OFTEN = 0.5;
    private static final double SELDOM = 0.2;

    /** Enough for an hour of all faults on a typical network. */
    private static final int MOST_RECORDED = 100_000;

    /** The actions that only end a fault. */
    private static final Set<Action> ENDS =
            EnumSet.of(Action.HEAL, Action.UP, Action.CONNECT, Action.START, Action.RESUME);

    private final ChaosRun run;
    private final ChaosRandom random;
    private final LinkFaults linkFaults;
    private final List<FaultEvent> recorded = new ArrayList<>();
    private final Set<FaultEvent> disconnected = new LinkedHashSet<>();
    private long injected;

    FaultInjector(ChaosRun run, ChaosRandom random) {
        this.run = run;
        this.random = random;
        this.linkFaults = new LinkFaults(run.faults(), Math.max(1, run.links().size()), random.split());
        run.config().script().ifPresent(script -> script.events().forEach(this::check));
    }

    /** {@return the faults of one run: the fewer they are, the more of each kind are injected} */
    static Set<Fault> choose(Set<Fault> from, ChaosRandom random) {
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            // Little can be checked if bits change.
            boolean drawn = random.chance(fault == Fault.CORRUPTION ? SELDOM : OFTEN);
            if (from.contains(fault) && (drawn || from.size() == 1)) {
                chosen.add(fault);
            }
        }
        return chosen;
    }

    /** {@return the number of injected faults} */
    long injected() {
        return injected;
    }

    /** {@return the faults injected so far; empty if there were too many to keep} */
    Optional<FaultScript> script() {
        return recorded.size() > MOST_RECORDED ? Optional.empty() : Optional.of(new FaultScript(recorded));
    }

    /** Plans the faults. Called before anything runs. */
    void plan() {
        run.links().forEach(link -> link.setConditions(linkFaults.calm()));
        run.config().script().ifPresentOrElse(this::plan, this::planAtRandom);
    }

    private void plan(FaultScript script) {
        for (FaultEvent event : script.events()) {
            if (event.action() == Action.CONDITIONS && event.at().isZero()) {
                happen(event);
            } else {
                injected += ENDS.contains(event.action()) ? 0 : 1;
                run.at(event.at(), () -> happen(event));
            }
        }
    }

    private void planAtRandom() {
        changeLinks();
        for (Fault fault : Fault.values()) {
            if (run.faults().contains(fault)) {
                int most = (int) (run.config().duration().toSeconds() / SECONDS_EACH);
                for (int episodes = random.between(1, 1 + most); episodes > 0; episodes--) {
                    Duration begin = random.before(run.config().duration());
                    run.at(begin, () -> inject(fault));
                }
            }
        }
    }

    private void inject(Fault fault) {
        injected++;
        switch (fault) {
            case LOSS, DUPLICATION, REORDERING, JITTER, BANDWIDTH, CORRUPTION -> changeLinks();
            case PARTITION -> partition();
            case FLAP -> flap();
            case CRASH -> crash();
            case SUSPEND -> {
                String node = anyNode();
                happen(Action.SUSPEND, node);
                later(() -> happen(Action.RESUME, node));
            }
            case SKEW -> {
                String node = anyNode();
                skew(node);
                later(() -> skew(node));
            }
            case SLOW -> {
                String node = anyNode();
                happen(FaultEvent.slow(run.now(), node, random.millis(1, MOST_SLOW_MILLIS)));
                later(() -> happen(FaultEvent.slow(run.now(), node, Duration.ZERO)));
            }
        }
    }

    private void happen(Action action, String... targets) {
        happen(new FaultEvent(run.now(), action, targets));
    }

    private void happen(FaultEvent event) {
        if (recorded.size() <= MOST_RECORDED) {
            recorded.add(event);
        }
        if (event.action() == Action.DISCONNECT) {
            disconnected.add(event);
        }
        apply(event);
    }

    /** @throws IllegalArgumentException if the run has no such node or link, or injects no faults at that time */
    private void check(FaultEvent event) {
        Duration end = run.config().duration();
        if (event.at().compareTo(end) >= 0) {
            throw new IllegalArgumentException("fault '" + event + "' is not within the first " + end.toSeconds()
                    + " s, in which faults are injected");
        }
        event.nodes().forEach(run::node);
        event.links().forEach(run::link);
    }

    private void apply(FaultEvent event) {
        List<ChaosNode> nodes = event.nodes().stream().map(run::node).toList();
        List<SimLink> links = event.links().stream().map(run::link).toList();
        switch (event.action()) {
            case PARTITION ->
                run.network().partition(nodes.stream().map(ChaosNode::node).toList());
            case HEAL -> run.network().heal();
            case CONDITIONS -> links.get(0).setConditions(event.conditions());
            case DOWN -> links.get(0).down();
            case UP -> links.get(0).up();
            case DISCONNECT -> {
                if (isConnected(nodes.get(0), links.get(0))) {
                    run.network().disconnect(nodes.get(0).node(), links.get(0));
                }
            }
            case CONNECT -> {
                if (!isConnected(nodes.get(0), links.get(0))) {
                    run.network().connect(nodes.get(0).node(), links.get(0));
                }
            }
            case CRASH -> {
                if (nodes.get(0).isUp()) {
                    nodes.get(0).crash();
                }
            }
            case CLOSE -> {
                if (nodes.get(0).isUp()) {
                    nodes.get(0).close();
                }
            }
            case START -> {
                if (!nodes.get(0).isUp()) {
                    nodes.get(0).start();
                }
            }
            case SUSPEND -> nodes.get(0).node().suspend();
            case RESUME -> nodes.get(0).node().resume();
            case CLOCK -> nodes.get(0).node().setClock(event.offset(), event.rate());
            case SLOW -> nodes.get(0).node().setProcessingTime(event.time());
        }
    }

    private static boolean isConnected(ChaosNode node, SimLink link) {
        return link.nodes().contains(node.node());
    }

    private void later(Runnable end) {
        run.in(random.before(run.config().duration().dividedBy(3)).plusMillis(1), end);
    }

    private void changeLinks() {
        for (SimLink link : run.links()) {
            happen(FaultEvent.conditions(run.now(), link.name(), linkFaults.draw(run.isLossless())));
        }
    }

    private void partition() {
        List<String> names = run.nodes().stream().map(ChaosNode::name).toList();
        happen(
                Action.PARTITION,
                random.sample(names, random.between(1, names.size())).toArray(String[]::new));
        later(() -> happen(Action.HEAL));
    }

    private void flap() {
        List<SimLink> inUse = run.links().stream()
                .filter(link -> !run.nodesOn(link).isEmpty())
                .toList();
        if (inUse.isEmpty()) {
            return;
        }
        SimLink link = random.any(inUse);
        if (random.chance(UNPLUGGED)) {
            SimNode node = random.any(run.nodesOn(link));
            happen(Action.DISCONNECT, node.name(), link.name());
            later(() -> happen(Action.CONNECT, node.name(), link.name()));
        } else {
            happen(Action.DOWN, link.name());
            later(() -> happen(Action.UP, link.name()));
        }
    }

    private void crash() {
        ChaosNode node = random.any(run.nodes());
        if (node.isUp()) {
            happen(random.chance(IN_GOOD_ORDER) ? Action.CLOSE : Action.CRASH, node.name());
            later(() -> happen(Action.START, node.name()));
        }
    }

    private String anyNode() {
        return random.any(run.nodes()).name();
    }

    private void skew(String node) {
        Duration offset = random.chance(JUMPS_FAR)
                ? random.millis(0, 300_000)
                : random.millis(0, 10_000).minusSeconds(5);
        happen(FaultEvent.clock(run.now(), node, offset, 0.9 + random.upTo(0.2)));
    }

    /** Ends all faults, and starts the nodes that are down. */
    void end() {
        run.network().heal();
        disconnected.forEach(event -> apply(new FaultEvent(run.now(), Action.CONNECT, event.targets(), Map.of())));
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
