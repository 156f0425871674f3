package io.grasp.host;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.PageRequest;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.TestNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.reactivestreams.Publisher;

/** A node on a real link with a host whose ASAs have threads. At the end of each test no such thread is left. */
abstract class HostedNode {
    static final Duration BOUND = Duration.ofSeconds(20);
    static final int TASKS = 5000;

    Grasp node;
    AsaHost host;
    final List<HostEvent> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        TestNetwork.require();
        node = startNode();
        host = AsaHost.on(node, settings());
        host.events().subscribe(events::add);
    }

    HostConfig settings() {
        return HostConfig.DEFAULTS
                .withBlockedAfter(Duration.ofMillis(400))
                .withTasks(TASKS)
                .withPauses(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    static Grasp startNode() {
        return Grasp.start(GraspConfig.defaults()
                        .withNetwork(NettyConfig.defaults()
                                .withLinks(TestNetwork.LINK)
                                .withAssumeSecure(true)))
                .block(BOUND);
    }

    @AfterEach
    void nothingIsLeft() {
        host.closeAsync().onErrorComplete().block(BOUND);
        node.closeAsync().block(BOUND);
        Await.until("the end of the ASAs' threads", () -> threads().isEmpty());
    }

    static Set<String> threads() {
        Set<String> names = new TreeSet<>();
        Thread.getAllStackTraces().keySet().forEach(thread -> {
            if (thread.getName().startsWith("asa-")) {
                names.add(thread.getName());
            }
        });
        return names;
    }

    static AsaSetup asa(String name, Function<HostContext, Publisher<?>> life) {
        return new TestAsa(AsaManifest.of(name, "1"), life).setup();
    }

    static AsaSetup steady() {
        return TestAsa.idle(AsaManifest.of("steady", "1")).setup();
    }

    void run(AsaSetup... plan) {
        host.run(List.of(plan)).block(BOUND);
    }

    HostedAsaInfo info(String name) {
        return host.asas().block(BOUND).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void awaitState(String name, LifeCycleState state) {
        Await.until(name + " " + state, () -> info(name).state() == state);
    }

    void awaitSentence(String part) {
        Await.until(
                () -> part + " among "
                        + events.stream().map(HostEvent::sentence).toList(),
                () -> events.stream().anyMatch(event -> event.sentence().contains(part)));
    }

    /** {@return the names of the ASAs that are registered at the node} */
    List<String> registered() {
        return node.inspection().asas(PageRequest.FIRST).block(BOUND).entries().stream()
                .map(AsaEntry::name)
                .toList();
    }
}
