package io.grasp.samples.chaos;

import io.grasp.api.GraspConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.Timeouts;
import io.grasp.simulation.Invariant;
import io.grasp.simulation.Invariants;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationFailure;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Plays one seed: a network, ASAs that flood, discover, negotiate and synchronize, and faults among all of it; then a
 * calm in which everything comes to its end; then a look whether the network works as if nothing had happened.
 */
public final class ChaosRun {
    /** Longer than a node remembers anything, and than a stream waits before it sends again. */
    private static final Duration CALM = Duration.ofSeconds(200);

    private static final Timeouts TIMEOUTS =
            Timeouts.DEFAULTS.withOwnMove(Duration.ofSeconds(20)).withTotalWait(Duration.ofSeconds(30));
    private static final double IN_PIECES = 0.2;
    private static final double FORGETFUL = 0.4;
    /** So few that nodes forget floods while their copies are under way, which relays must not. */
    private static final int FEW = 4;

    private static final Limits FORGETFUL_LIMITS = Limits.DEFAULTS.withRememberedSessions(FEW);
    private static final double STINGY = 0.25;
    /** So little that much is refused: whatever is counted must be counted down again, or nothing works afterwards. */
    private static final Limits STINGY_LIMITS = Limits.DEFAULTS
            .withSessions(FEW)
            .withConnections(FEW)
            .withQueuedNegotiations(1)
            .withPendingReplies(2)
            .withFloodEntries(FEW)
            .withDiscoveryEntries(2)
            .withLocators(2);

    private static final int LARGEST_PIECE = 40;

    private final ChaosConfig config;
    private final Tally tally = new Tally();
    private final SimulationRunner runner;
    private final Draw draw;
    private final String topologyText;
    private final Links kind;
    private final Set<Fault> faults;
    private final boolean forgetful;

    private enum Links {
        DATAGRAM,
        STREAM,
        MIXED
    }

    private ChaosRun(ChaosConfig config) {
        this.config = config;
        this.draw = new Draw(config.seed());
        String drawn = RandomTopology.draw(config, draw.split());
        String wanted = config.topology();
        this.topologyText = wanted == null ? drawn : wanted;
        this.kind = draw.any(List.of(Links.DATAGRAM, Links.DATAGRAM, Links.DATAGRAM, Links.STREAM, Links.MIXED));
        this.faults = Faults.choose(config.faults(), draw.split());
        this.forgetful = World.areFloodsExact(faults) && draw.chance(FORGETFUL);
        boolean stingy = !World.areFloodsExact(faults) && draw.chance(STINGY);
        this.runner = SimulationRunner.create(SimulationConfig.seeded(config.seed())
                .withNode(GraspConfig.defaults()
                        .withTimeouts(TIMEOUTS)
                        .withLimits(forgetful ? FORGETFUL_LIMITS : stingy ? STINGY_LIMITS : Limits.DEFAULTS)
                        .withRelayLimits(stingy ? RelayLimits.DEFAULTS.withSessions(FEW) : RelayLimits.DEFAULTS)
                        .withObserver(tally))
                .withInvariants(invariants())
                .withKeptEvents(config.keptEvents()));
    }

    private List<Invariant> invariants() {
        if (faults.contains(Fault.CORRUPTION)) {
            return Invariants.robustness();
        }
        List<Invariant> all = new ArrayList<>(Invariants.all());
        all.add(new NoEchoInvariant());
        if (forgetful) {
            all.remove(Invariants.floodsAreProcessedOnce());
        }
        return all;
    }

    /**
     * Plays a seed. Runs in several threads do not disturb each other.
     *
     * @param config the seed, and what the run is like
     * @return what became of it
     */
    public static ChaosResult run(ChaosConfig config) {
        return new ChaosRun(config).run();
    }

    private ChaosResult run() {
        World world = build();
        String failure = null;
        try {
            play(world);
        } catch (SimulationFailure failed) {
            failure = failed.getCause() == null ? null : describe(failed.getCause());
        } catch (RuntimeException | AssertionError failed) {
            failure = describe(failed);
        }
        return new ChaosResult(
                config.seed(),
                topologyText + " " + kind.name().toLowerCase(Locale.ROOT),
                faults,
                runner.simulation().trace().hash(),
                tally.counts(runner.simulation().trace().count()),
                runner.simulation().now(),
                world.findings.all(),
                failure,
                runner.simulation().trace());
    }

    private World build() {
        SimNetwork network = runner.network();
        Topology topology = Topology.parse(topologyText, draw.seed());
        List<SimNode> nodes = new ArrayList<>();
        for (int i = 0; i < topology.nodes(); i++) {
            nodes.add(network.node("n" + i));
        }
        List<SimLink> links = new ArrayList<>();
        if (topology.isLan()) {
            links.add(network.link("lan", drawKind(), LinkConditions.PERFECT, nodes.toArray(SimNode[]::new)));
        }
        for (Topology.Edge edge : topology.edges()) {
            SimNode a = nodes.get(edge.a());
            SimNode b = nodes.get(edge.b());
            links.add(network.link(a + "-" + b, drawKind(), LinkConditions.PERFECT, a, b));
        }
        if (draw.chance(IN_PIECES)) {
            network.chunkSize(draw.between(1, LARGEST_PIECE));
        }
        World world = new World(config, faults, forgetful, runner, tally, topology, links);
        for (int i = 0; i < nodes.size(); i++) {
            world.hosts.add(new Host(world, i, nodes.get(i), draw.split()));
        }
        return world;
    }

    private LinkKind drawKind() {
        boolean stream = kind == Links.STREAM || kind == Links.MIXED && draw.chance(0.5);
        return stream ? LinkKind.STREAM : LinkKind.DATAGRAM;
    }

    private void play(World world) {
        Faults trouble = new Faults(world, draw.split());
        Workload workload = new Workload(world, draw.split());
        Liveness liveness = new Liveness(world, draw.split());

        world.agenda.at(Duration.ZERO, () -> world.hosts.forEach(Host::start));
        trouble.plan();
        workload.plan();
        world.agenda.runUntil(config.duration());

        world.agenda.in(Duration.ZERO, trouble::end);
        world.agenda.runUntil(config.duration().plus(CALM));
        liveness.checkIdle();
        world.floods.finish();
        world.operations.finish();

        liveness.check();
        runner.close();
    }

    private static String describe(Throwable failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        return failure + (frames.length == 0 ? "" : ", at " + frames[0]);
    }
}
