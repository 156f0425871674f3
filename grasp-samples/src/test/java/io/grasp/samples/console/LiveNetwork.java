package io.grasp.samples.console;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SchedulerLoop;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A simulated network in real time. */
final class LiveNetwork implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Scheduler scheduler = Schedulers.newSingle("grasp-live", true);
    private final SchedulerLoop loop = new SchedulerLoop(scheduler);
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final Map<String, SimLink> links = new HashMap<>();
    private final List<Grasp> open = new ArrayList<>();

    /** Starts a node on links, which are made when they are first named. */
    Grasp node(String name, String... on) {
        SimNode place = Mono.fromCallable(() -> {
                    SimNode made = network.node(name);
                    for (String link : on) {
                        network.connect(
                                made,
                                links.computeIfAbsent(
                                        link, each -> network.link(each, LinkKind.DATAGRAM, Duration.ofMillis(3))));
                    }
                    return made;
                })
                .subscribeOn(scheduler)
                .block(PATIENCE);
        Grasp grasp =
                Grasp.start(GraspConfig.defaults().withSubstrate(() -> place)).block(PATIENCE);
        open.add(grasp);
        return grasp;
    }

    /** An ASA of a node. */
    static Asa asa(Grasp node, String name) {
        return node.registerAsa(name).block(PATIENCE);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public void close() {
        open.forEach(node -> node.closeAsync().block(PATIENCE));
        loop.dispose();
        scheduler.dispose();
    }
}
