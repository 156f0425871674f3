package io.grasp.samples.scenario;

import io.grasp.api.Grasp;
import io.grasp.simulation.Invariants;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationFailure;
import io.grasp.simulation.SimulationRunner;
import io.grasp.simulation.adversary.AttackRun;
import io.grasp.simulation.workload.Workload;
import io.grasp.simulation.workload.WorkloadContext;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.topology.SimTopology;
import io.grasp.substrate.sim.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** One run of a scenario: a network is built, the workload runs for its time, and everything is closed. */
final class ScenarioRun {
    /** Short enough for the bound on the tasks of one step of the simulation. */
    private static final Duration STEP = Duration.ofMillis(100);

    private final ScenarioFile file;
    private final long seed;
    private final TrafficCounter traffic = new TrafficCounter();
    private final Recorder results = new Recorder();
    private final SimulationRunner runner;
    private final SimTopology built;
    private final List<Task> agenda = new ArrayList<>();
    private final List<AttackRun> attacks = new ArrayList<>();
    private final List<Running> workloads = new ArrayList<>();
    private final Map<String, List<Disposable>> work = new HashMap<>();
    private @Nullable Throwable failure;

    /** Something that is to happen at a time. */
    private record Task(Duration at, Runnable action) {}

    /**
     * A workload of this run.
     *
     * @param places the positions of its nodes, by their names
     */
    private record Running(int number, ScenarioFile.Entry entry, Workload workload, Map<String, Integer> places) {}

    private ScenarioRun(ScenarioFile file, long seed) {
        this.file = file;
        this.seed = seed;
        SimulationConfig config = SimulationConfig.seeded(seed)
                .withNode(file.nodeConfig().withObserver(traffic))
                .withInvariants(file.checksRules() ? Invariants.all() : List.of())
                .withKeptEvents(1);
        this.runner = SimulationRunner.create(config);
        Topology topology = file.graph(seed);
        LinkConditions conditions = file.allLinks().over(LinkConditions.PERFECT);
        this.built = topology.build(runner.network(), file.allLinks().linkKind(), conditions);
    }

    /**
     * Runs a scenario.
     *
     * @param file the scenario
     * @param seed determines all random decisions
     * @return the results by column: texts and numbers, the same for the same seed
     * @throws ScenarioException if the settings of a workload do not fit it
     * @throws IllegalStateException if a workload fails, or a rule of the protocol is broken
     */
    static Map<String, Object> run(ScenarioFile file, long seed) {
        return new ScenarioRun(file, seed).run();
    }

    private Map<String, Object> run() {
        for (SimNode node : built.nodes()) {
            runner.start(node.name());
        }
        begin();
        file.allAdversaries().forEach(this::plan);
        file.allEvents().forEach(this::plan);
        agenda.sort(Comparator.comparing(Task::at));
        for (Task task : agenda) {
            advanceTo(task.at());
            task.action().run();
            runner.advance(Duration.ZERO);
        }
        advanceTo(file.duration());

        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("nodes", built.nodes().size());
        columns.put("links", built.links().size());
        columns.put("virtualSeconds", file.duration().toMillis() / 1e3);
        results.addTo(columns);
        traffic.addTo(columns, built.links().size());
        if (!attacks.isEmpty()) {
            columns.put(
                    "attacks",
                    attacks.stream()
                            .mapToLong(attack -> attack.counts().total())
                            .sum());
        }
        columns.put("trace", runner.simulation().trace().hash());
        close();
        return columns;
    }

    private void close() {
        attacks.forEach(AttackRun::stop);
        work.values().forEach(each -> each.forEach(Disposable::dispose));
        try {
            runner.close();
        } catch (SimulationFailure broken) {
            String what = broken.getMessage() == null ? "" : broken.getMessage();
            throw new IllegalStateException(
                    "seed " + seed + ": "
                            + what.lines()
                                    .limit(2)
                                    .reduce((a, b) -> a + " " + b.strip())
                                    .orElse(""),
                    broken);
        }
    }

    private void advanceTo(Duration time) {
        Duration end = time.compareTo(file.duration()) < 0 ? time : file.duration();
        for (Duration left = end.minus(now()); left.compareTo(Duration.ZERO) > 0; left = end.minus(now())) {
            runner.advance(left.compareTo(STEP) < 0 ? left : STEP);
            requireNoFailure();
        }
    }

    private Duration now() {
        return runner.simulation().now();
    }

    private void requireNoFailure() {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ScenarioException wrong) {
                throw wrong;
            }
        }
        if (failure != null) {
            throw new IllegalStateException("seed " + seed + ": " + failure.getMessage(), failure);
        }
    }

    private void begin() {
        for (int i = 0; i < file.workloads().size(); i++) {
            ScenarioFile.Entry entry = file.workloads().get(i);
            Workload workload = Workloads.create(entry.run(), "/workloads/" + i + "/run");
            workloads.add(new Running(i, entry, workload, chosen(i, entry)));
        }
        for (SimNode node : built.nodes()) {
            workOn(node.name());
        }
    }

    /** {@return the nodes of an entry in an order that the seed determines, or in that of the file} */
    private Map<String, Integer> chosen(int number, ScenarioFile.Entry entry) {
        JsonNode choice = entry.nodes();
        List<String> names;
        if (choice != null && choice.isArray()) {
            names = ScenarioCheck.names(choice, "/workloads/" + number + "/nodes");
        } else {
            names = new ArrayList<>(built.nodes().stream().map(SimNode::name).toList());
            RandomGenerator random = random(number, "");
            for (int i = names.size() - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                names.set(i, names.set(other, names.get(i)));
            }
            names = choice != null && choice.isInt() ? names.subList(0, choice.intValue()) : names;
        }
        Map<String, Integer> places = new HashMap<>();
        for (String name : names) {
            places.put(name, places.size());
        }
        return places;
    }

    private RandomGenerator random(int entry, String node) {
        return new SplittableRandom(seed * 1_000_003 + entry * 31L + node.hashCode());
    }

    /** Starts the workloads of a node that has started. */
    private void workOn(String name) {
        Grasp node = runner.simulation().running(name).orElse(null);
        if (node == null) {
            return;
        }
        for (Running each : workloads) {
            Integer place = each.places().get(name);
            if (place != null) {
                Context context = new Context(each, name, place);
                Disposable going = Flux.defer(() -> Flux.from(each.workload().run(node, context)))
                        .subscribe(ignored -> {}, thrown -> failed(each, name, thrown));
                work.computeIfAbsent(name, absent -> new ArrayList<>()).add(going);
            }
        }
        runner.advance(Duration.ZERO);
        requireNoFailure();
    }

    private void failed(Running workload, String node, Throwable thrown) {
        if (failure == null) {
            failure = new IllegalStateException(
                    "workload \"" + workload.entry().name() + "\" on " + node + " has failed: " + thrown, thrown);
        }
    }

    private void plan(ScenarioFile.Attacker attacker) {
        SimNetwork network = runner.network();
        SimNode node = network.node(attacker.name());
        LinkConditions conditions = file.allLinks().over(LinkConditions.PERFECT);
        for (String victim : attacker.on()) {
            network.link(
                    attacker.name() + "-" + victim, file.allLinks().linkKind(), conditions, node, network.node(victim));
        }
        AttackRun[] attack = new AttackRun[1];
        agenda.add(new Task(Objects.requireNonNullElse(attacker.start(), Duration.ZERO), () -> {
            attack[0] = runner.attack(
                    attacker.name(),
                    attacker.adversary().withSeed(seed + node.name().hashCode()));
            attacks.add(attack[0]);
        }));
        if (attacker.stop() != null) {
            agenda.add(new Task(attacker.stop(), () -> {
                if (attack[0] != null) {
                    attack[0].stop();
                }
            }));
        }
    }

    private void plan(ScenarioFile.Event event) {
        String down = event.down();
        String crash = event.crash();
        String suspend = event.suspend();
        List<List<String>> partition = event.partition();
        ScenarioFile.Links changed = event.conditions();
        if (down != null) {
            SimLink link = built.links().stream()
                    .filter(each -> each.name().equals(down))
                    .findFirst()
                    .orElseThrow();
            plan(event, link::down, link::up);
        } else if (crash != null) {
            plan(event, () -> crash(crash), () -> restart(crash));
        } else if (suspend != null) {
            SimNode node = runner.network().node(suspend);
            plan(event, node::suspend, node::resume);
        } else if (partition != null) {
            plan(event, () -> partition(partition), runner.network()::heal);
        } else if (changed != null) {
            LinkConditions usual = file.allLinks().over(LinkConditions.PERFECT);
            plan(event, () -> setConditions(changed.over(usual)), () -> setConditions(usual));
        }
    }

    private void plan(ScenarioFile.Event event, Runnable begin, Runnable end) {
        agenda.add(new Task(event.at(), begin));
        if (event.lasts() != null) {
            agenda.add(new Task(event.at().plus(event.lasts()), end));
        }
    }

    private void crash(String name) {
        work.getOrDefault(name, List.of()).forEach(Disposable::dispose);
        work.remove(name);
        runner.network().node(name).crash();
    }

    private void restart(String name) {
        if (runner.simulation().running(name).isEmpty()) {
            runner.start(name);
            workOn(name);
        }
    }

    @SuppressWarnings("unchecked") // an array of a generic type
    private void partition(List<List<String>> groups) {
        Collection<SimNode>[] nodes = groups.stream()
                .map(group -> group.stream().map(runner.network()::node).toList())
                .toArray(Collection[]::new);
        runner.network().partition(nodes);
    }

    private void setConditions(LinkConditions conditions) {
        built.links().forEach(link -> link.setConditions(conditions));
    }

    private final class Context implements WorkloadContext {
        private final Running workload;
        private final String node;
        private final int index;
        private final RandomGenerator random;

        Context(Running workload, String node, int index) {
            this.workload = workload;
            this.node = node;
            this.index = index;
            this.random = ScenarioRun.this.random(workload.number(), node);
        }

        @Override
        public String name() {
            return workload.entry().name();
        }

        @Override
        public String node() {
            return node;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public int nodes() {
            return workload.places().size();
        }

        @Override
        public Duration now() {
            return ScenarioRun.this.now();
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public <T> T settings(Class<T> type) {
            JsonNode settings = workload.entry().settings();
            return ScenarioJson.read(
                    settings == null ? JsonNodeFactory.instance.objectNode() : settings,
                    type,
                    "/workloads/" + workload.number() + "/settings");
        }

        @Override
        public void count(String what, long number) {
            results.count(name() + "." + what, number);
        }

        @Override
        public void measure(String what, double value) {
            results.measure(name() + "." + what, value);
        }
    }
}
