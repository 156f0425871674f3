package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.model.Objective;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.invariant.Holdings;
import io.grasp.samples.prefix.invariant.PrefixInvariants;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.samples.prefix.pool.PoolStatus;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimLink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A tree of prefix managers on a simulated network, whose root is the origin. Each of the others uses another subnet
 * from time to time. Links lose messages and go down, and nodes crash and start again: half of these faults come at any
 * time, and half before or after a node writes to its disk, which is in the middle of a negotiation in most cases.
 * Disks fail to write a few times, before or after they have written.
 */
final class PrefixTree {
    private static final PoolConfig POOL = PoolConfig.DEFAULTS;

    private final SimulationRunner run;
    private final Shape shape;
    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    private final Counts counts = new Counts();
    private boolean using = true;

    /**
     * The tree and what happens in it.
     *
     * @param nodes the number of managers
     * @param children the number of those below each
     * @param pool the origin's prefix
     * @param use the mean time after which a manager uses another subnet
     * @param fault the mean time between two faults: crashes of nodes, and as many failures of links
     * @param repair the longest time that a node or link is down
     * @param loss the share of messages that links lose
     */
    record Shape(int nodes, int children, String pool, Duration use, Duration fault, Duration repair, double loss) {}

    /** What has happened. */
    static final class Counts {
        int crashes;
        int failures;
        int checks;
        int used;
        int notUsed;
        int assigned;
        int returned;
        int inDoubt;
        int waiting;
        int declined;
        int notObtained;
        int notStored;

        @Override
        public String toString() {
            return crashes + " crashes, " + failures + " failed links, " + checks + " checks, " + used
                    + " subnets used (" + notUsed + " times none was free), " + assigned + " prefixes assigned, "
                    + returned + " returned, " + inDoubt + " in doubt, " + waiting + " waits, " + declined
                    + " requests declined, " + notObtained + " failed or declined at the requester, " + notStored
                    + " changes not stored";
        }
    }

    /** Lets a tree live, and closes its nodes. */
    static void play(long seed, Shape shape, Consumer<PrefixTree> life) {
        SimulationRunner run = SimulationRunner.create(SimulationConfig.seeded(seed)
                .withInvariants(List.of()) // those of the protocol, which other tests check
                .withKeptEvents(1));
        PrefixTree tree = new PrefixTree(run, shape, seed);
        life.accept(tree);
        run.close();
    }

    private PrefixTree(SimulationRunner run, Shape shape, long seed) {
        this.run = run;
        this.shape = shape;
        this.random = new Random(seed);
        LinkConditions conditions =
                LinkConditions.PERFECT.withDelay(Duration.ofMillis(5)).withLoss(shape.loss());
        // Enough for requests from the lowest managers to the origin, and one more for detours.
        int loopCount = Math.max(Objective.DEFAULT_LOOP_COUNT, depth(shape.nodes() - 1) + 2);
        for (int i = 0; i < shape.nodes(); i++) {
            SimLink up = i == 0 ? null : run.link("link-" + i, conditions, "node-" + parent(i), "node-" + i);
            nodes.add(new Node(i, up, loopCount));
        }
        nodes.forEach(Node::start);
    }

    private int parent(int node) {
        return (node - 1) / shape.children();
    }

    private int depth(int node) {
        return node == 0 ? 0 : 1 + depth(parent(node));
    }

    Counts counts() {
        return counts;
    }

    /** Lets time pass, with faults, and checks the invariants once in a while. */
    void live(Duration time, Duration check) {
        Duration end = run.simulation().now().plus(time);
        while (run.simulation().now().compareTo(end) < 0) {
            Duration next = run.simulation().now().plus(check);
            while (run.simulation().now().compareTo(next) < 0) {
                run.advance(exponential(shape.fault()));
                fault();
            }
            verify();
        }
    }

    private void fault() {
        Node node = nodes.get(random.nextInt(nodes.size()));
        Duration down = Duration.ofMillis(random.nextLong(shape.repair().toMillis()) + 1);
        Runnable fault = random.nextBoolean() ? () -> crash(node, down) : () -> disconnect(node, down);
        if (random.nextBoolean()) {
            fault.run();
        } else if (node.grasp != null) {
            node.disk.withNextTask(random.nextBoolean(), fault);
        }
        FaultyStore store = nodes.get(random.nextInt(nodes.size())).store;
        store.setAfterWriting(random.nextBoolean());
        store.fail(random.nextInt(4), 1 + random.nextInt(6));
        repair(run.simulation().now());
    }

    private void crash(Node node, Duration down) {
        if (node.grasp != null) {
            counts.crashes++;
            node.crash();
            repairs.add(new Repair(run.simulation().now().plus(down), node::start));
        }
    }

    private void disconnect(Node node, Duration down) {
        SimLink up = node.up;
        if (up != null && !up.isDown()) {
            counts.failures++;
            up.down();
            repairs.add(new Repair(run.simulation().now().plus(down), up::up));
        }
    }

    private record Repair(Duration at, Runnable action) {}

    private final List<Repair> repairs = new ArrayList<>();

    private void repair(Duration until) {
        List<Repair> due =
                repairs.stream().filter(each -> each.at().compareTo(until) <= 0).toList();
        repairs.removeAll(due);
        due.forEach(each -> each.action().run());
    }

    /** Ends all faults, and all use of further subnets, and waits until all managers have what they need. */
    void recover(Duration time) {
        repair(Duration.ofDays(1000));
        nodes.forEach(node -> node.store.repair());
        nodes.stream().filter(node -> node.up != null).forEach(node -> node.up.setConditions(LinkConditions.PERFECT));
        using = false;
        run.advance(time);
        verify();
        assertThat(entries(EntryState.OFFERED)).as("offers without an end").isEmpty();
        assertThat(entries(EntryState.ACCEPTING))
                .as("acceptances without an end")
                .isEmpty();
    }

    /** Checks that no prefix is allocated twice, and none is lost. */
    void verify() {
        List<Holdings> holdings = nodes.stream()
                .map(node -> Holdings.of(node.name, node.status()))
                .toList();
        counts.checks++;
        assertThat(PrefixInvariants.allocatedTwice(holdings)).isEmpty();
        assertThat(PrefixInvariants.lost(holdings)).isEmpty();
    }

    /** {@return the entries of all managers in a state} */
    List<PoolEntry> entries(EntryState state) {
        return nodes.stream()
                .flatMap(node -> node.status().entries(state).stream())
                .toList();
    }

    /** {@return the names of managers without a free subnet} */
    List<String> hungry() {
        return nodes.stream()
                .filter(node -> node.status().entries(EntryState.FREE).isEmpty())
                .map(node -> node.name)
                .toList();
    }

    private Duration exponential(Duration mean) {
        return Duration.ofNanos((long) (-Math.log(1 - random.nextDouble()) * mean.toNanos()) + 1);
    }

    private final class Node {
        private final String name;
        private final @Nullable SimLink up;
        private final SimulatedDisk disk = new SimulatedDisk(Duration.ofMillis(2));
        private final FaultyStore store = new FaultyStore(new MemoryStore(disk));
        private final PrefixManagerConfig config;
        private final List<String> seeds;
        private @Nullable Grasp grasp;
        private @Nullable PrefixPool pool;
        private int uses;

        Node(int number, @Nullable SimLink up, int loopCount) {
            this.name = "node-" + number;
            this.up = up;
            this.seeds = number == 0 ? List.of(shape.pool()) : List.of();
            this.config = PrefixManagerConfig.of(number == 0 ? ManagerRole.ORIGIN : ManagerRole.DELEGATING)
                    .withNeeds(FamilyNeeds.IPV6.withLength(60).withReserve(2))
                    .withLoopCount(loopCount)
                    .withTimes(ManagerTimes.DEFAULTS.withFloods(Duration.ofMinutes(10), Duration.ofMinutes(30)));
        }

        void start() {
            Grasp started = run.start(name);
            grasp = started;
            disk.attach(started);
            store.repair();
            PrefixPool opened = Objects.requireNonNull(run.await(PrefixPool.open(
                    store, POOL, () -> Instant.EPOCH.plus(run.simulation().now()), disk.signals(started))));
            pool = opened;
            Mono<Void> seeding = Flux.fromIterable(seeds)
                    .concatMap(seed -> opened.seed(Prefix.parse(seed)).retry())
                    .then();
            PrefixManager manager = new PrefixManager(
                    AsaNode.of(started),
                    config,
                    opened,
                    PrefixManager.Uses.NONE,
                    new Random(random.nextLong()),
                    this::event);
            run.inBackground(seeding.then(Mono.when(manager.run(started, () -> {}), use(started, opened)))
                    .onErrorResume(failure -> grasp != started, crashed -> Mono.empty()));
        }

        private Mono<Void> use(Grasp started, PrefixPool opened) {
            if (!seeds.isEmpty()) {
                return Mono.empty();
            }
            return Mono.defer(() -> Mono.delay(exponential(shape.use()), started.scheduler()))
                    .filter(time -> using)
                    .flatMap(time -> opened.assign("use " + uses++, AddressFamily.IPV6, 64)
                            .doOnNext(used -> counts.used++)
                            .onErrorResume(none -> {
                                counts.notUsed++;
                                return Mono.empty();
                            }))
                    .repeat()
                    .then();
        }

        private void event(PrefixEvent event) {
            if (event instanceof PrefixEvent.Assigned) {
                counts.assigned++;
            } else if (event instanceof PrefixEvent.Returned) {
                counts.returned++;
            } else if (event instanceof PrefixEvent.InDoubt) {
                counts.inDoubt++;
            } else if (event instanceof PrefixEvent.Waiting) {
                counts.waiting++;
            } else if (event instanceof PrefixEvent.Declined) {
                counts.declined++;
            } else if (event instanceof PrefixEvent.NotObtained) {
                counts.notObtained++;
            } else if (event instanceof PrefixEvent.NotStored) {
                counts.notStored++;
            }
        }

        void crash() {
            grasp = null;
            disk.crash();
            run.network().node(name).crash();
        }

        PoolStatus status() {
            List<PoolStatus> now = new ArrayList<>(1);
            disk.readAtOnce(() -> Objects.requireNonNull(pool).status().subscribe(now::add));
            return now.get(0);
        }
    }
}
