package io.grasp.samples.scale;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.samples.scale.ScaleResult.Search;
import io.grasp.samples.scale.ScaleResult.Wave;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.substrate.sim.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** A connected graph of point-to-point links, with a relay and one ASA at each node. */
public final class ScaleRun {
    /** The default loop count, GRASP_DEF_LOOPCT (RFC 8990 section 2.6). */
    private static final int NEAR = 6;

    private static final Duration DELAY = Duration.ofMillis(5);
    private static final Duration SEARCH = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final VirtualLoop loop = new VirtualLoop(0, Integer.MAX_VALUE);
    private final GraphKind kind;
    private final long begun = System.nanoTime();
    private final Topology topology;
    private final SplittableRandom random;
    private final MessageCounter traffic = new MessageCounter();
    private final List<Grasp> nodes;
    private final List<Asa> asas;

    private ScaleRun(GraphKind kind, int nodes, long seed) {
        this.kind = kind;
        this.topology = kind.draw(nodes, seed);
        this.random = new SplittableRandom(seed);
        this.nodes = new ArrayList<>(nodes);
        this.asas = new ArrayList<>(nodes);
    }

    /**
     * Builds the network, floods, discovers, and closes it.
     *
     * @param kind the kind of its graph
     * @param nodes the number of nodes, at least 2
     * @param seed determines the graph and the roles of nodes
     * @return the measurements
     */
    public static ScaleResult run(GraphKind kind, int nodes, long seed) {
        return new ScaleRun(kind, nodes, seed).run();
    }

    private ScaleResult run() {
        int diameter = topology.diameterAtLeast();
        double graphSeconds = secondsSince(begun);
        long heapBefore = usedHeap();
        long begin = System.nanoTime();
        SimNetwork network = SimNetwork.create(loop, random.nextLong());
        start(topology.build(network, LinkKind.DATAGRAM, LinkConditions.PERFECT.withDelay(DELAY))
                .nodes());
        double buildSeconds = secondsSince(begin);
        long heapPerNode = (usedHeap() - heapBefore) / topology.nodes();

        Wave flood = flood("EX1", true);
        Wave nearFlood = flood("EX2", false);
        Search discovery = discover("EX3", Range.WITHIN);
        Search farDiscovery = diameter == 1 ? null : discover("EX4", Range.BEYOND);
        Search wideDiscovery = discover("EX5", Range.ACROSS);
        long usedHeapPerNode = (usedHeap() - heapBefore) / topology.nodes();

        begin = System.nanoTime();
        for (Grasp node : nodes) {
            node.closeAsync().subscribe();
        }
        loop.runUntilIdle();
        if (network.openConnections() > 0) {
            throw new IllegalStateException(network.openConnections() + " ends of connections are left");
        }
        return new ScaleResult(
                kind.toString(),
                topology.nodes(),
                topology.edges().size(),
                IntStream.range(0, topology.nodes()).map(topology::degree).max().orElse(0),
                diameter,
                heapPerNode,
                usedHeapPerNode,
                graphSeconds,
                buildSeconds,
                secondsSince(begin),
                secondsSince(begun),
                flood,
                nearFlood,
                discovery,
                farDiscovery,
                wideDiscovery,
                traffic.drops());
    }

    private void start(List<SimNode> places) {
        for (SimNode place : places) {
            long seed = random.nextLong();
            GraspConfig config = GraspConfig.defaults()
                    .withSubstrate(() -> place)
                    .withRandom(() -> new SplittableRandom(seed))
                    .withObserver(traffic);
            Grasp.start(config)
                    .doOnNext(nodes::add)
                    .flatMap(node -> node.registerAsa("asa"))
                    .subscribe(asas::add);
        }
        loop.runReady();
        if (asas.size() != places.size()) {
            throw new IllegalStateException("only " + asas.size() + " of " + places.size() + " nodes have started");
        }
    }

    /** @param everywhere whether the loop count lets every node relay */
    private Wave flood(String name, boolean everywhere) {
        int source = random.nextInt(topology.nodes());
        int[] distances = topology.distances(source);
        int loopCount = everywhere ? farthest(distances) + 1 : NEAR;
        Objective objective = Objective.synchronizable(name).withLoopCount(loopCount);
        ReachedNodes arrivals = new ReachedNodes(loop);
        List<Disposable> subscriptions = new ArrayList<>(asas.size());
        for (int i = 0; i < asas.size(); i++) {
            int node = i;
            subscriptions.add(asas.get(i).floods(name).subscribe(flooded -> arrivals.at(node)));
        }
        loop.runReady();
        traffic.reset();
        long begin = System.nanoTime();
        Duration sent = loop.now();
        asas.get(source)
                .register(objective)
                .then(asas.get(source).flood(objective.withValue(source), TTL))
                .subscribe();
        loop.advance(Duration.ofSeconds(1).plus(DELAY.multipliedBy(loopCount)));
        double wall = secondsSince(begin);
        subscriptions.forEach(Disposable::dispose);
        loop.runReady();
        int expected = 0;
        int reached = 0;
        int beyond = 0;
        for (int i = 0; i < distances.length; i++) {
            boolean within = distances[i] <= loopCount;
            expected += within ? 1 : 0;
            reached += within && arrivals.has(i) ? 1 : 0;
            beyond += !within && arrivals.has(i) ? 1 : 0;
        }
        return new Wave(
                loopCount,
                expected,
                reached,
                beyond,
                millis(arrivals.last().minus(sent)),
                perLink(traffic.sent("M_FLOOD")),
                traffic.mostOnALink("M_FLOOD"),
                wall);
    }

    /** Where the responder is. */
    private enum Range {
        /** As far away as the default loop count reaches. */
        WITHIN,
        /** One hop farther. */
        BEYOND,
        /** At the other end of the network, as far away as the loop count reaches. */
        ACROSS;

        int distance(int farthest) {
            return switch (this) {
                case WITHIN -> Math.min(NEAR, farthest);
                case BEYOND -> Math.min(NEAR + 1, farthest);
                case ACROSS -> farthest;
            };
        }
    }

    /** Searches for a responder from a node that is chosen at random. */
    private Search discover(String name, Range range) {
        int seeker;
        int[] distances;
        int farthest;
        do {
            seeker = random.nextInt(topology.nodes());
            distances = topology.distances(seeker);
            farthest = farthest(distances);
        } while (range == Range.BEYOND && farthest == 1);
        int distance = range.distance(farthest);
        int loopCount = range == Range.BEYOND ? distance - 1 : distance;
        int responder = anyAt(distances, distance);
        Objective objective = Objective.discoverable(name).withLoopCount(loopCount);
        asas.get(responder)
                .register(objective, RegistrationOptions.DEFAULTS.withDiscoverable(true))
                .subscribe();
        loop.runReady();
        traffic.reset();
        long begin = System.nanoTime();
        Duration asked = loop.now();
        ReachedNodes found = new ReachedNodes(loop);
        boolean[] ended = {false};
        Flux.from(asas.get(seeker).discover(objective, SEARCH))
                .doOnComplete(() -> ended[0] = true)
                .subscribe(locator -> found.at(found.count()));
        if (!loop.runUntil(() -> ended[0], PATIENCE)) {
            throw new IllegalStateException("a discovery did not end");
        }
        loop.advance(PATIENCE);
        return new Search(
                loopCount,
                distance,
                found.count(),
                found.count() == 0 ? null : millis(found.last().minus(asked)),
                perLink(traffic.sent("M_DISCOVERY")),
                traffic.sent("M_RESPONSE"),
                secondsSince(begin));
    }

    private static int farthest(int[] distances) {
        return IntStream.of(distances).max().orElseThrow();
    }

    private int anyAt(int[] distances, int distance) {
        int[] candidates = IntStream.range(0, distances.length)
                .filter(i -> distances[i] == distance)
                .toArray();
        return candidates[random.nextInt(candidates.length)];
    }

    private double perLink(int messages) {
        return (double) messages / topology.edges().size();
    }

    private static double millis(Duration time) {
        return time.toNanos() / NANOS_PER_MILLI;
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / NANOS_PER_SECOND;
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
