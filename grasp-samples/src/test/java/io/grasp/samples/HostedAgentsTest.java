package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.RequestOptions;
import io.grasp.host.AsaHost;
import io.grasp.host.AsaSetup;
import io.grasp.host.HostConfig;
import io.grasp.host.HostEvent;
import io.grasp.host.HostedAsa;
import io.grasp.host.InstalledAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.onboarding.HostedAnnouncer;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.manager.HostedPrefixManager;
import io.grasp.samples.prefix.manager.ManagerRole;
import io.grasp.samples.prefix.manager.PrefixEvent;
import io.grasp.samples.prefix.manager.PrefixManager;
import io.grasp.samples.prefix.manager.PrefixManagerConfig;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.samples.transfer.FileClient;
import io.grasp.samples.transfer.FileName;
import io.grasp.samples.transfer.HostedFileServer;
import io.grasp.samples.transfer.TransferLimits;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** The agents of the samples in a host, used by another node. */
class HostedAgentsTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    Path storage;

    private final List<HostEvent> events = new CopyOnWriteArrayList<>();
    private Grasp node;
    private Grasp other;
    private AsaHost host;

    @BeforeEach
    void start() {
        TestNetwork.require();
        node = start(TestNetwork.LINK);
        other = start(TestNetwork.OTHER_END);
        // A prefix manager without a provider searches for one while it drains.
        host = AsaHost.on(node, HostConfig.DEFAULTS.withStorage(storage).withDrainWithin(Duration.ofSeconds(1)));
        host.events().subscribe(events::add);
    }

    @AfterEach
    void close() {
        host.closeAsync().block(BOUND);
        other.closeAsync().block(BOUND);
        node.closeAsync().block(BOUND);
    }

    private static Grasp start(String link) {
        NettyConfig network = NettyConfig.defaults().withLinks(link).withAssumeSecure(true);
        return Grasp.start(GraspConfig.defaults().withNetwork(network)).block(BOUND);
    }

    private void run(InstalledAsa asa, Map<String, String> settings) {
        String name = asa.manifest().name();
        Mono<HostEvent> operational = host.events()
                .filter(event -> event.sentence().startsWith(name + " 1.0 is operational"))
                .next()
                .cache();
        operational.subscribe();
        host.run(List.of(AsaSetup.of(asa, settings))).block(BOUND);
        assertThat(operational.block(BOUND)).as(events.toString()).isNotNull();
    }

    @Test
    void everyAgentOfTheProgramHasAManifestAndIsStartedWithoutSettings() {
        List<InstalledAsa> all = ServiceLoader.load(HostedAsa.class).stream()
                .map(provider -> InstalledAsa.of(provider::get))
                .toList();
        Mono<List<String>> operational = host.events()
                .map(HostEvent::sentence)
                .filter(sentence -> sentence.endsWith(" is operational"))
                .take(all.size())
                .collectList()
                .cache();
        operational.subscribe();
        host.run(all.stream().map(AsaSetup::of).toList()).block(BOUND);

        assertThat(operational.block(BOUND))
                .contains(
                        "Briggs 1.0 is operational",
                        "Gray 1.0 is operational",
                        "greeter 1.0 is operational",
                        "service-announcer 1.0 is operational",
                        "prefix-manager 1.0 is operational",
                        "file-server 1.0 is operational");
    }

    @Test
    void anotherNodeGetsAFileFromTheStorageOfTheFileServer() throws IOException {
        run(InstalledAsa.of(HostedFileServer::new), Map.of());
        Path files = storage.resolve("file-server/files");
        assertThat(files).isEmptyDirectory();
        Files.writeString(files.resolve("hello"), "Hello");

        Asa asa = other.registerAsa("getter").block(BOUND);
        FileClient client =
                new FileClient(asa, TransferLimits.DEFAULTS, other.scheduler(), Schedulers.boundedElastic());
        Path target = storage.resolve("copy");
        Locator place = node.locators().block(BOUND).links().get(0).locator();
        client.register()
                .thenMany(client.get(new FileName("hello"), target, false, RequestOptions.to(AsaLocator.of(place))))
                .blockLast(BOUND);

        assertThat(target).hasContent("Hello");
        Await.until(
                "the report of the server",
                () -> events.stream().anyMatch(event -> event.sentence().contains("Sent hello to ")));
    }

    @Test
    void anotherNodeHearsOfTheAnnouncedRegistrar() {
        Asa reader = other.registerAsa("reader").block(BOUND);
        Mono<FloodedObjective> heard = reader.floods("AN_join_registrar").next().cache();
        heard.subscribe();
        run(InstalledAsa.of(HostedAnnouncer::new), Map.of("port", "9443"));

        assertThat(heard.block(BOUND).locator().port()).isEqualTo(9443);
    }

    @Test
    void anotherNodeObtainsAPrefixWhichTheManagerKeepsInItsStorageAndTheProgramSees() {
        AtomicReference<Optional<PrefixManager>> operated = new AtomicReference<>();
        List<PrefixEvent> reported = new CopyOnWriteArrayList<>();
        run(
                InstalledAsa.of(() -> new HostedPrefixManager(operated::set, reported::add)),
                Map.of("role", "origin", "pool", "2001:db8::/32"));
        PrefixPool pool = PrefixPool.open(
                        new MemoryStore(), PoolConfig.DEFAULTS, InstantSource.system(), other.scheduler())
                .block(BOUND);
        Sinks.One<Prefix> obtained = Sinks.one();
        PrefixManager manager = new PrefixManager(
                AsaNode.of(other),
                PrefixManagerConfig.of(ManagerRole.DELEGATING),
                pool,
                PrefixManager.Uses.NONE,
                new Random(1),
                event -> {
                    if (event instanceof PrefixEvent.Obtained got) {
                        obtained.tryEmitValue(got.prefix());
                    }
                });

        Prefix prefix = Flux.<Prefix>from(manager.run(other, () -> {}).then(Mono.empty()))
                .mergeWith(obtained.asMono())
                .blockFirst(BOUND);

        assertThat(Prefix.parse("2001:db8::/32").contains(prefix)).isTrue();
        pool.closeAsync().block(BOUND);
        assertThat(storage.resolve("prefix-manager/pool.db")).isNotEmptyFile();
        Await.until(
                "the event of the program",
                () -> reported.stream().anyMatch(event -> event instanceof PrefixEvent.Assigned));
        assertThat(operated.get().orElseThrow().status().block(BOUND).pool().entries(EntryState.DELEGATED))
                .extracting(PoolEntry::prefix)
                .containsExactly(prefix);
        host.run(List.of()).block(BOUND);
        Await.until("the end of the manager", () -> operated.get().isEmpty());
    }
}
