package io.grasp.simulation.chaos;

import io.grasp.api.Grasp;
import io.grasp.simulation.Invariant;
import io.grasp.simulation.Invariants;
import io.grasp.simulation.Simulation;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationFailure;
import io.grasp.simulation.SimulationRunner;
import io.grasp.simulation.Violation;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * One run, as its {@link ChaosWorkload} sees it: a network, a time of faults, a calm in which everything ends, and a
 * check whether everything works again. Called on the network's loop, or in {@link ChaosWorkload#recovered}.
 */
public final class ChaosRun {
    /** Violated by an operation that has not ended at the end of the calm, although its node did not crash. */
    public static final String OPERATIONS_END = "every operation ends";

    /** Violated by an operation that fails with an exception other than a {@link io.grasp.model.GraspException}. */
    public static final String ERRORS = "operations fail only with a GraspException";

    /** Violated by ASAs whose {@linkplain ChaosWorkload#started publisher} fails while their node is up. */
    public static final String ASAS_RUN = "ASAs run as long as their node";

    private static final double IN_PIECES = 0.2;
    private static final int LARGEST_PIECE = 40;
    /** More violations would add no information. */
    private static final int MOST_VIOLATIONS = 100;

    private final ChaosConfig config;
    private final ChaosWorkload workload;
    private final ChaosRandom random;
    private final String topologyText;
    private final LinkKinds linkKinds;
    private final Set<Fault> faults;
    private final SimulationRunner runner;
    private final Agenda agenda;
    private final Operations operations = new Operations(this);
    private final Topology topology;
    private final List<SimLink> links = new ArrayList<>();
    private final List<ChaosNode> nodes = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final ChaosAdversaries adversaries;
    private final FaultInjector injector;

    private enum LinkKinds {
        DATAGRAM,
        STREAM,
        MIXED
    }

    private ChaosRun(ChaosConfig config, ChaosWorkload workload) {
        this.config = config;
        this.workload = workload;
        this.random = new ChaosRandom(config.seed());
        String drawn = RandomTopology.draw(config, random.split());
        this.topologyText = config.topology().orElse(drawn);
        this.linkKinds = random.any(
                List.of(LinkKinds.DATAGRAM, LinkKinds.DATAGRAM, LinkKinds.DATAGRAM, LinkKinds.STREAM, LinkKinds.MIXED));
        this.faults = FaultInjector.choose(config.faults(), random.split());
        this.runner = SimulationRunner.create(workload.configure(settings(), faults, random));
        this.agenda = new Agenda(runner);
        this.topology = Topology.parse(topologyText, random.seed());
        build();
        this.adversaries = new ChaosAdversaries(this);
        adversaries.connect(links);
        this.injector = new FaultInjector(this, random.split());
    }

    /** Plays a run. Runs in several threads do not affect each other. */
    static ChaosResult play(ChaosConfig config, ChaosWorkload workload) {
        return new ChaosRun(config, workload).play();
    }

    private SimulationConfig settings() {
        List<Invariant> invariants = new ArrayList<>(
                faults.contains(Fault.CORRUPTION)
                        ? Invariants.robustness()
                        : isHonest() ? Invariants.all() : Invariants.besideAdversaries());
        invariants.addAll(config.invariants());
        return SimulationConfig.seeded(config.seed())
                .withNode(config.node())
                .withInvariants(invariants)
                .withKeptEvents(config.keptEvents());
    }

    private void build() {
        SimNetwork network = runner.network();
        List<SimNode> made = new ArrayList<>();
        for (int i = 0; i < topology.nodes(); i++) {
            made.add(network.node("n" + i));
        }
        if (topology.isLan()) {
            links.add(network.link("lan", drawKind(), LinkConditions.PERFECT, made.toArray(SimNode[]::new)));
        }
        for (Topology.Edge edge : topology.edges()) {
            SimNode a = made.get(edge.a());
            SimNode b = made.get(edge.b());
            links.add(network.link(a + "-" + b, drawKind(), LinkConditions.PERFECT, a, b));
        }
        if (random.chance(IN_PIECES)) {
            network.chunkSize(random.between(1, LARGEST_PIECE));
        }
        for (int i = 0; i < made.size(); i++) {
            nodes.add(new ChaosNode(this, i, made.get(i), random.split()));
        }
    }

    private LinkKind drawKind() {
        boolean stream = linkKinds == LinkKinds.STREAM || linkKinds == LinkKinds.MIXED && random.chance(0.5);
        return stream ? LinkKind.STREAM : LinkKind.DATAGRAM;
    }

    private ChaosResult play() {
        @Nullable Throwable failure = null;
        try {
            agenda.at(Duration.ZERO, () -> nodes.forEach(ChaosNode::start));
            injector.plan();
            adversaries.plan();
            workload.plan(this);
            agenda.runUntil(config.duration());

            agenda.in(Duration.ZERO, adversaries::end);
            agenda.in(Duration.ZERO, injector::end);
            agenda.runUntil(config.duration().plus(config.calm()));
            workload.recovered(this);
            endOperations();
            runner.close();
        } catch (SimulationFailure failed) {
            failure = failed.getCause(); // violations are in the simulation
        } catch (RuntimeException | AssertionError failed) {
            failure = failed;
        } finally {
            operations.cancel();
        }
        List<Violation> all = new ArrayList<>(simulation().violations());
        all.addAll(violations);
        return new ChaosResult(
                config,
                topologyText + " " + linkKinds.name().toLowerCase(Locale.ROOT),
                faults,
                injector.injected(),
                injector.script(),
                simulation().trace().hash(),
                now(),
                all,
                adversaries.counts(),
                Optional.ofNullable(failure),
                simulation().trace());
    }

    void startAsas(ChaosNode node, Grasp grasp) {
        operations.asas(node, workload.started(node, grasp));
    }

    /** {@return the settings} */
    public ChaosConfig config() {
        return config;
    }

    /** {@return the faults that this run injects: those of the settings that the seed chose} */
    public Set<Fault> faults() {
        return faults;
    }

    /** {@return which nodes are neighbors} */
    public Topology topology() {
        return topology;
    }

    /** {@return the nodes, by number} */
    public List<ChaosNode> nodes() {
        return List.copyOf(nodes);
    }

    /** {@return the nodes of the run on a link, without adversaries} */
    List<SimNode> nodesOn(SimLink link) {
        return link.nodes().stream()
                .filter(each -> nodes.stream().anyMatch(node -> node.node() == each))
                .toList();
    }

    List<SimLink> links() {
        return links;
    }

    SimNetwork network() {
        return runner.network();
    }

    ChaosNode node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no node '" + name + "' among n0 to n" + (nodes.size() - 1)));
    }

    SimLink link(String name) {
        return links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no link '" + name + "' among " + links));
    }

    /** {@return the simulation that this run drives} */
    public Simulation simulation() {
        return runner.simulation();
    }

    /**
     * Advances time, and waits for publishers.
     *
     * @return the runner of the simulation; only for use in {@link ChaosWorkload#recovered}
     */
    public SimulationRunner runner() {
        return runner;
    }

    /** {@return random decisions for the workload} */
    public ChaosRandom random() {
        return random;
    }

    /** {@return the virtual time since the run began} */
    public Duration now() {
        return simulation().now();
    }

    /** {@return whether messages arrive unchanged: no fault of this run corrupts them} */
    public boolean isIntact() {
        return !faults.contains(Fault.CORRUPTION);
    }

    /** {@return whether no adversary takes part} */
    public boolean isHonest() {
        return config.adversaries() == 0;
    }

    /**
     * {@return whether every multicast reaches all neighbors, and first on the path with the fewest hops: this run
     * injects only duplication and inaccurate clocks, all links have the same delay, and no adversary takes part}
     */
    public boolean isLossless() {
        return Fault.areLossless(faults) && isHonest();
    }

    /**
     * Plans a task, on the network's loop. A task that is not due before the faults end is dropped; the same applies to
     * the calm.
     *
     * @param time when, since the run began
     * @param task the task
     */
    public void at(Duration time, Runnable task) {
        agenda.at(time, task);
    }

    /**
     * Plans a task as {@link #at} does.
     *
     * @param delay how long from now
     * @param task the task
     */
    public void in(Duration delay, Runnable task) {
        agenda.in(delay, task);
    }

    /**
     * Subscribes to something that must end before the run does, unless its node crashes. It may fail with a
     * {@link io.grasp.model.GraspException}, because faults can interrupt any operation.
     *
     * @param node the node
     * @param name a name for reports
     * @param work the publisher
     */
    public void operation(ChaosNode node, String name, Publisher<?> work) {
        operations.begin(node, name, work);
    }

    /**
     * Subscribes to a publisher that may run until the end of the run. It may fail like an {@link #operation}.
     *
     * @param node the node
     * @param name a name for reports
     * @param work the publisher
     */
    public void background(ChaosNode node, String name, Publisher<?> work) {
        operations.keep(node, name, work);
    }

    /**
     * Reports each {@link #operation} that should have ended and has not, and cancels all that are still running,
     * including those of {@link #background} and the ASAs of each node. The run does this after
     * {@link ChaosWorkload#recovered}.
     */
    public void endOperations() {
        operations.finish();
    }

    /**
     * Reports a violation. The run continues, and fails at its end. Only the first of very many reports are kept.
     *
     * @param rule the violated rule
     * @param what a description
     */
    public void violated(String rule, String what) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(new Violation(rule, now(), what));
        }
    }
}
