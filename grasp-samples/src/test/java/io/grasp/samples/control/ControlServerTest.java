package io.grasp.samples.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.host.AsaHost;
import io.grasp.host.AsaSetup;
import io.grasp.host.HostConfig;
import io.grasp.host.InstalledAsa;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.model.Objective;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.asa.HostedGreeter;
import io.grasp.samples.node.LogLevels;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.manager.ManagerRole;
import io.grasp.samples.prefix.manager.PrefixManager;
import io.grasp.samples.prefix.manager.PrefixManagerConfig;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PrefixPool;
import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The control API of a node on the loopback link, as HTTP clients see it. */
class ControlServerTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path directory;

    private final LogLevels log = new LogLevels(LogLevels.Verbosity.OFF, false);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private ControlServer server;
    private Grasp grasp;
    private SocketClient client;

    @BeforeEach
    void start() {
        start(ControlServer.Times.USUAL);
    }

    private void start(ControlServer.Times times) {
        server = ControlServer.open(directory.resolve("c.sock"), times, log, () -> stopped.set(true));
        client = new SocketClient(server.path());
    }

    private void restart(Duration patience, Duration heartbeat) {
        server.close();
        start(new ControlServer.Times(patience, heartbeat));
    }

    private void startNode() {
        grasp = Grasp.start(GraspConfig.defaults()
                        .withNetwork(NettyConfig.defaults()
                                .withLinks("lo")
                                .withIp(LinkIp.IPV4)
                                .withAssumeSecure(true)))
                .block(LONGEST);
        server.routes().serve(grasp);
    }

    @AfterEach
    void close() throws Exception {
        if (grasp != null) {
            grasp.close();
        }
        server.close();
        assertThat(Files.list(directory)).as("files").isEmpty();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("grasp-control")) {
                thread.join(LONGEST.toMillis()); // it is ending
                assertThat(thread.isAlive()).as("a thread remains").isFalse();
            }
        }
    }

    private Asa asa(String name) {
        return grasp.registerAsa(name).block(LONGEST);
    }

    private JsonNode get(String path) {
        SocketClient.Response response = client.get("/v1/" + path);
        assertThat(response.status()).as(path + ": " + response.body()).isEqualTo(200);
        assertThat(response.header("content-type")).isEqualTo("application/json");
        return JSON.readTree(response.body());
    }

    private static void assertFits(String schema, JsonNode document) {
        assertThat(OpenApi.validate(schema, document))
                .as(schema + ": " + document)
                .isEmpty();
    }

    private JsonNode problem(SocketClient.Response response, int status, String type) {
        JsonNode problem = JSON.readTree(response.body());
        assertThat(response.status()).as(response.body()).isEqualTo(status);
        assertThat(response.header("content-type")).isEqualTo("application/problem+json");
        assertFits("Problem", problem);
        assertThat(problem.get("type").asString()).isEqualTo("urn:grasp:" + type);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        return problem;
    }

    @Test
    void theDescriptionHasExactlyTheRoutes() {
        Map<String, Set<String>> described = new TreeMap<>();
        OpenApi.DOCUMENT.get("paths").properties().forEach(path -> {
            Set<String> methods = new TreeSet<>();
            path.getValue().propertyNames().forEach(method -> methods.add(method.toUpperCase(Locale.ROOT)));
            described.put(path.getKey(), methods);
        });
        assertThat(described).isEqualTo(server.routes().paths());
        assertThat(get("openapi.json")).isEqualTo(OpenApi.DOCUMENT);
    }

    @Test
    void requestsAreRefusedUntilTheNodeRuns() {
        problem(client.get("/v1/status"), 503, "starting");
        startNode();
        assertFits("Status", get("status"));
    }

    @Test
    void aPrefixManagerIsShownAndItsDoubtsAreDecided() {
        startNode();
        problem(client.get("/v1/prefixes"), 404, "not-found");
        PrefixPool pool = Objects.requireNonNull(
                PrefixPool.open(new MemoryStore(), PoolConfig.DEFAULTS, InstantSource.system(), grasp.scheduler())
                        .block(LONGEST));
        pool.seed(Prefix.parse("2001:db8::/32"))
                .then(pool.offer("peer", AddressFamily.IPV6, 56, 56, BigInteger.ZERO))
                .flatMap(offer -> offer.doubt("the connection was lost"))
                .block(LONGEST);
        PrefixManagerConfig config = PrefixManagerConfig.of(ManagerRole.ORIGIN);
        server.routes()
                .servePrefixes(Optional.of(new PrefixManager(
                        AsaNode.of(grasp), config, pool, PrefixManager.Uses.NONE, new Random(), event -> {})));

        assertFits("Prefixes", get("prefixes"));
        assertFits("PrefixRecordPage", get("prefixes/log"));
        JsonNode first = get("prefixes/entries?size=1");
        assertFits("PrefixEntryPage", first);
        assertThat(get("prefixes/entries?after=" + first.get("next").asString()).get("entries"))
                .isNotEmpty();
        JsonNode doubtful = get("prefixes/entries?state=in_doubt").get("entries");
        assertThat(doubtful).hasSize(1);
        assertThat(doubtful.get(0).get("note").asString()).isEqualTo("the connection was lost");
        String prefix = "{\"prefix\":\"2001:db8::/56\"}";
        assertThat(client.json("POST", "/v1/actions/reclaim-prefix", prefix).status())
                .isEqualTo(200);
        assertThat(get("prefixes/entries?state=in_doubt").get("entries")).isEmpty();
        problem(client.json("POST", "/v1/actions/cede-prefix", prefix), 409, "refused");
        pool.assign("eth0", AddressFamily.IPV6, 56).block(LONGEST);
        assertThat(client.json("POST", "/v1/actions/release-prefix", prefix).status())
                .isEqualTo(200);
        problem(client.json("POST", "/v1/actions/release-prefix", prefix), 409, "refused");
        problem(client.json("POST", "/v1/actions/withdraw-prefix", prefix), 409, "refused");
        assertThat(client.json("POST", "/v1/actions/withdraw-prefix", "{\"prefix\":\"2001:db8::/32\"}")
                        .status())
                .isEqualTo(200);
        assertFits("PrefixRecordPage", get("prefixes/log"));
        problem(client.json("POST", "/v1/actions/cede-prefix", "{\"prefix\":\"x\"}"), 400, "invalid-parameter");
        problem(client.get("/v1/prefixes/entries?after=x"), 400, "invalid-parameter");
    }

    @Test
    void eachPageOfARunningNodeFitsItsSchema() {
        startNode();
        Asa asa = asa("Briggs");
        Objective ex1 = Objective.synchronizable("EX1").withValue(List.of("NZD", 335));
        asa.register(ex1).block(LONGEST);
        asa.flood(ex1, Duration.ofMinutes(1)).block(LONGEST);
        asa.register(Objective.negotiable("EX3")).block(LONGEST);
        asa.listenNegotiate(Objective.negotiable("EX3")).subscribe();
        asa.listenSynchronize(ex1, Flux.just(ex1.value())).subscribe();
        for (String page : List.of(
                "asas", "objectives", "discoveries", "floods", "sessions", "connections", "links", "neighbors")) {
            assertFits(OpenApi.responseSchema("/v1/" + page, "get", "200"), get(page));
        }
        assertFits("HostedPage", get("hosted"));
        assertFits("LimitPage", get("limits"));
        assertFits("DropPage", get("drops"));
        assertFits("Relay", get("relay"));
        assertThat(get("objectives")
                        .at("/entries/0/synchronization/value/diagnostic")
                        .asString())
                .isEqualTo("[\"NZD\", 335]");
        assertThat(get("floods").at("/entries/0/asa").asString()).isEqualTo("Briggs");
        assertThat(get("links").get("entries"))
                .anyMatch(link -> link.get("name").asString().equals("lo")
                        && link.get("state").asString().equals("up"));
    }

    @Test
    void aWalkOverThePagesHasEachEntryOnce() {
        startNode();
        for (int i = 0; i < 5; i++) {
            asa("asa-" + i);
        }
        JsonNode first = get("asas?size=3");
        JsonNode second = get("asas?size=3&after=" + first.get("next").asString());
        assertThat(Flux.just(first, second)
                        .concatMapIterable(page -> page.get("entries"))
                        .map(asa -> asa.get("name").asString())
                        .collectList()
                        .block())
                .containsExactly("asa-0", "asa-1", "asa-2", "asa-3", "asa-4");
        assertThat(second.get("next").isNull()).isTrue();
        problem(client.get("/v1/floods?after=" + first.get("next").asString()), 400, "invalid-cursor");
    }

    @Test
    void aWrongRequestIsRefusedWithItsReason() {
        startNode();
        assertThat(problem(client.get("/v1/asas?size=0"), 400, "invalid-parameter")
                        .get("parameter")
                        .asString())
                .isEqualTo("size");
        assertThat(problem(client.get("/v1/asas?page=2"), 400, "invalid-parameter")
                        .get("detail")
                        .asString())
                .isEqualTo("page is not a parameter here; after, size, value-bytes are");
        problem(client.get("/v1/asas?size=1&size=2"), 400, "invalid-parameter");
        problem(client.get("/v1/asas?size=500&value-bytes=4096"), 400, "invalid-parameter");
        problem(client.get("/v1/asas?after=nonsense"), 400, "invalid-cursor");
        problem(client.get("/v1/asas?%zz"), 400, "invalid-parameter");
        problem(client.get("/v1/events/sessions?peer=::1"), 400, "invalid-parameter");
        problem(client.get("/v1/events/trace?type=M_NONSENSE"), 400, "invalid-parameter");
        problem(client.get("/v1/events/trace?period-millis=1"), 400, "invalid-parameter");
        problem(client.get("/v1/nonsense"), 404, "not-found");
        problem(client.get("/"), 404, "not-found");
        SocketClient.Response wrong = client.send("DELETE", "/v1/log", null, null);
        problem(wrong, 405, "method-not-allowed");
        assertThat(wrong.header("allow")).isEqualTo("GET, HEAD, PUT");
        problem(client.send("PUT", "/v1/log", "text/plain", "{}"), 415, "media-type");
        problem(client.json("PUT", "/v1/log", "{}"), 400, "invalid-parameter");
        problem(client.json("PUT", "/v1/log", "[]"), 400, "invalid-body");
        problem(client.json("PUT", "/v1/log", "{\"level\":"), 400, "invalid-body");
        problem(client.json("PUT", "/v1/log", "{\"level\":\"debug\",\"level\":\"info\"}"), 400, "invalid-body");
        problem(client.json("PUT", "/v1/log", "{\"level\":\"debug\",\"more\":1}"), 400, "invalid-parameter");
        problem(client.json("POST", "/v1/discover", "{\"objective\":7}"), 400, "invalid-parameter");
        problem(client.json("POST", "/v1/flood", "{\"objective\":\"EX1\"}"), 400, "invalid-parameter");
        problem(client.json("POST", "/v1/flood", "{\"objective\":\"EX1\",\"cbor\":\"ff\"}"), 400, "invalid-parameter");
        problem(client.json("POST", "/v1/actions/forget-peer", "{\"peer\":\"example.org\"}"), 400, "invalid-parameter");
        problem(client.json("POST", "/v1/actions/forget-peer", "{\"peer\":\"::1%\"}"), 400, "invalid-parameter");
        for (String operation : List.of("discover", "synchronize", "get-flood", "flood")) {
            assertThat(problem(
                                    client.json("POST", "/v1/" + operation, "{\"objective\":\"\"}"),
                                    400,
                                    "invalid-parameter")
                            .get("detail")
                            .asString())
                    .isEqualTo("objective must not be empty");
        }
        String large = "{\"objective\":\"" + "x".repeat(ControlRoutes.MOST_BODY_BYTES) + "\"}";
        problem(client.json("POST", "/v1/discover", large), 413, "too-large");
    }

    @Test
    void aRequestThatCannotBeReadIsRefusedWithItsReason() {
        problem(client.get("/v1/status?x=" + "x".repeat(8192)), 414, "line-too-long");
        problem(client.get("/v1/status", "X: " + "x".repeat(16 * 1024)), 431, "headers-too-large");
        problem(client.get("/v1/status", "X Y: z"), 400, "invalid-request");
    }

    @Test
    void aRequestThatDoesNotArriveIsRefused() {
        restart(Duration.ofMillis(300), Duration.ofSeconds(15));
        try (SocketClient.Stream slow = client.connect()) {
            slow.write("POST /v1/discover HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 9\r\n\r\n{");
            problem(slow.response(), 408, "request-timeout");
        }
    }

    @Test
    void thePageOfAnotherServerIsRefused() {
        startNode();
        problem(client.get("/v1/status", "Origin: http://evil.example"), 403, "other-origin");
        assertThat(client.get("/v1/status", "Origin: http://localhost").status())
                .isEqualTo(200);
    }

    @Test
    void aHeadRequestHasNoBody() {
        startNode();
        SocketClient.Response head = client.send("HEAD", "/v1/status", null, null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void theLogLevelCanBeChanged() {
        assertThat(get("log").get("level").asString()).isEqualTo("off");
        SocketClient.Response changed = client.json("PUT", "/v1/log", "{\"level\":\"debug\",\"messages\":true}");
        assertFits("Log", JSON.readTree(changed.body()));
        assertThat(log.verbosity()).isEqualTo(LogLevels.Verbosity.DEBUG);
        assertThat(log.messages()).isTrue();
        client.json("PUT", "/v1/log", "{\"level\":\"warn\"}");
        assertThat(log.messages()).isTrue();
    }

    @Test
    void actionsChangeTheNode() {
        startNode();
        Asa asa = asa("flooder");
        Objective ex1 = Objective.synchronizable("EX1").withValue(1);
        Objective ex2 = Objective.synchronizable("EX2").withValue(2);
        asa.register(ex1).then(asa.register(ex2)).block(LONGEST);
        asa.flood(ex1, Duration.ofMinutes(1))
                .then(asa.flood(ex2, Duration.ofMinutes(1)))
                .block(LONGEST);

        assertThat(removed("expire-flood", "{\"objective\":\"EX1\",\"locator\":\"[::1]:7\"}"))
                .isZero();
        assertThat(removed("expire-flood", "{\"objective\":\"EX1\",\"locator\":null}"))
                .isEqualTo(1);
        assertThat(get("floods").get("entries")).hasSize(1);
        assertThat(removed("flush-floods", "")).isEqualTo(1);
        assertThat(removed("flush-discoveries", "")).isZero();
        assertFits("ForgottenPeer", post("actions/forget-peer", "{\"peer\":\"fe80::1\"}", 200));
        assertFits("ForgottenPeer", post("actions/forget-peer", "{\"peer\":\"fe80::1%b0\"}", 200));
        problem(client.json("POST", "/v1/actions/reload-identity", ""), 409, "unspecified");
        assertThat(stopped).isFalse();
        assertThat(post("actions/stop", "", 202).get("stopping").asBoolean()).isTrue();
        client.await(stopped::get);
    }

    private JsonNode post(String path, String body, int status) {
        SocketClient.Response response = client.json("POST", "/v1/" + path, body);
        assertThat(response.status()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private int removed(String action, String body) {
        JsonNode answer = post("actions/" + action, body, 200);
        assertFits("Removed", answer);
        return answer.get("removed").asInt();
    }

    @Test
    void theNodeDiscoversSynchronizesAndFloodsForAClient() {
        startNode();
        Asa asa = asa("server");
        Objective colour = Objective.synchronizable("colour").withValue("red");
        asa.register(colour).block(LONGEST);
        asa.listenSynchronize(colour, Flux.just(colour.value())).subscribe();

        List<SocketClient.Event> found =
                client.stream("POST", "/v1/discover", "{\"objective\":\"colour\",\"timeoutMillis\":100}");
        assertThat(found).extracting(SocketClient.Event::type).containsExactly("result", "end");
        assertFits("FoundLocator", JSON.readTree(found.get(0).data()));
        assertFits("End", JSON.readTree(found.get(1).data()));

        JsonNode value = post("synchronize", "{\"objective\":\"colour\"}", 200);
        assertFits("SynchronizedObjective", value);
        assertThat(value.at("/value/diagnostic").asString()).isEqualTo("\"red\"");

        assertThat(post("flood", "{\"objective\":\"news\",\"value\":[1,null],\"locators\":[\"7\",\"udp:[::]:8\"]}", 200)
                        .get("flooded")
                        .asInt())
                .isEqualTo(2);
        asa.flood(colour, Duration.ofMinutes(1)).block(LONGEST);
        List<SocketClient.Event> floods = client.stream("POST", "/v1/get-flood", "{\"objective\":\"colour\"}");
        assertThat(floods).extracting(SocketClient.Event::type).containsExactly("result", "end");
        assertFits("FloodedObjective", JSON.readTree(floods.get(0).data()));
        assertThat(JSON.readTree(floods.get(0).data()).at("/value/diagnostic").asString())
                .isEqualTo("\"red\"");
        assertThat(get("asas").get("entries")).as("ASAs of operations").hasSize(1);

        problem(
                client.json("POST", "/v1/synchronize", "{\"objective\":\"none\",\"timeoutMillis\":50}"),
                504,
                "no-answer");
        problem(
                client.json("POST", "/v1/flood", "{\"objective\":\"colour\",\"value\":1}"),
                409,
                "objective-registered");
    }

    @Test
    void aValueOrNameThatCannotBeSentAsItIsIsRefused() {
        startNode();
        String deep = "[".repeat(30) + "1" + "]".repeat(30);
        for (String value : List.of("1e400", "[-1e400,1]", "1e-400", "\"\\ud800\"", "{\"\\ud800\":1}")) {
            String body = "{\"objective\":\"EX1\",\"value\":" + value + "}";
            assertThat(problem(client.json("POST", "/v1/flood", body), 400, "invalid-parameter")
                            .get("parameter")
                            .asString())
                    .as(value)
                    .isEqualTo("value");
        }
        String half = "{\"objective\":\"\\ud800x\"";
        problem(client.json("POST", "/v1/flood", half + ",\"value\":1}"), 400, "invalid-parameter");
        for (String operation : List.of("discover", "synchronize", "get-flood", "actions/expire-flood")) {
            problem(client.json("POST", "/v1/" + operation, half + "}"), 400, "invalid-parameter");
        }
        problem(
                client.json(
                        "POST", "/v1/flood", "{\"objective\":\"EX1\",\"value\":1,\"locators\":[\"http://\\ud800/\"]}"),
                400,
                "invalid-parameter");
        assertThat(problem(
                                client.json("POST", "/v1/flood", "{\"objective\":\"EX1\",\"value\":" + deep + "}"),
                                409,
                                "unspecified")
                        .get("detail")
                        .asString())
                .contains("EX1", "is limited to 32 levels of arrays, maps and tags");
        problem(
                client.json("POST", "/v1/flood", "{\"objective\":\"EX1\",\"cbor\":\"" + "81".repeat(300) + "01\"}"),
                409,
                "unspecified");
        assertThat(get("floods").get("entries")).isEmpty();
        assertThat(get("asas").get("entries")).as("ASAs of operations").isEmpty();
        problem(client.json("POST", "/v1/flood", "{\"value\":" + "[".repeat(600) + "}"), 400, "invalid-body");
    }

    @Test
    void aClientWatchesEventsAsTheyHappen() {
        startNode();
        Asa asa = asa("flooder");
        Objective ex1 = Objective.synchronizable("EX1").withValue(1);
        asa.register(ex1).block(LONGEST);
        try (SocketClient.Stream stream = client.watch("/v1/events/floods?period-millis=10&objective=EX1")) {
            stream.awaitComment();
            asa.flood(ex1, Duration.ofMinutes(1)).block(LONGEST);
            SocketClient.Event event = stream.next();
            assertThat(event.type()).isEqualTo("batch");
            JsonNode batch = JSON.readTree(event.data());
            assertFits("FloodEventBatch", batch);
            assertThat(batch.get("events")).hasSize(1);
            assertThat(get("status").at("/counts/watchers").asInt()).isEqualTo(1);
        }
        awaitWatchers(0);
    }

    @Test
    void aClientWatchesTheAsasOfAHostUntilTheHostIsClosed() {
        startNode();
        AsaHost host = AsaHost.on(grasp, HostConfig.DEFAULTS);
        server.routes().serve(host);
        try (SocketClient.Stream stream = client.watch("/v1/events/hosted?period-millis=10&rate=3")) {
            stream.awaitComment();
            host.run(List.of(AsaSetup.of(InstalledAsa.of(HostedGreeter::new)))).block(LONGEST);
            List<String> states = new ArrayList<>();
            while (states.size() < 3) {
                JsonNode batch = JSON.readTree(stream.next().data());
                assertFits("HostedEventBatch", batch);
                batch.get("events")
                        .forEach(event -> states.add(event.get("name").asString() + " "
                                + event.get("state").asString()));
            }
            assertThat(states).containsExactly("greeter installed", "greeter instantiated", "greeter operational");
            assertFits("HostedPage", get("hosted"));

            host.closeAsync().block(LONGEST);
            JsonNode last = JSON.readTree(stream.next().data());
            assertThat(last.get("skipped").asInt() + last.get("events").size())
                    .as("draining, stopped and undeployed, at three a second")
                    .isPositive();
            assertThat(stream.completes()).isTrue();
        }
    }

    @Test
    void theLastEventsOfAHostWaitForTheDemandOfAWatcher() {
        startNode();
        AsaHost host = AsaHost.on(grasp, HostConfig.DEFAULTS);
        List<String> states = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean ended = new AtomicBoolean();
        BaseSubscriber<EventBatch<HostedEvent>> slow = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                // it asks for nothing yet
            }

            @Override
            protected void hookOnNext(EventBatch<HostedEvent> batch) {
                batch.events().forEach(event -> states.add(event.event().toString()));
            }

            @Override
            protected void hookOnComplete() {
                ended.set(true);
            }
        };
        HostedEvents.of(grasp, host, EventOptions.DEFAULTS).subscribe(slow);
        host.run(List.of(AsaSetup.of(InstalledAsa.of(HostedGreeter::new)))).block(LONGEST);
        host.closeAsync().block(LONGEST);

        slow.requestUnbounded();

        client.await(ended::get);
        assertThat(states.get(0)).contains("state=INSTALLED");
        assertThat(states.get(states.size() - 1)).contains("state=UNDEPLOYED");
    }

    private void awaitWatchers(int count) {
        client.await(() -> get("status").at("/counts/watchers").asInt() == count);
    }

    @Test
    void clientsWithEqualOptionsShareOneWatcherOfTheNode() {
        startNode();
        try (SocketClient.Stream first = client.watch("/v1/events/links");
                SocketClient.Stream second = client.watch("/v1/events/links");
                SocketClient.Stream other = client.watch("/v1/events/links?rate=7")) {
            first.awaitComment();
            second.awaitComment();
            other.awaitComment();
            assertThat(get("status").at("/counts/watchers").asInt()).isEqualTo(2);
        }
        awaitWatchers(0);
    }

    @Test
    void streamsAndWatchersEndWithTheServer() {
        startNode();
        try (SocketClient.Stream stream = client.watch("/v1/events/moves")) {
            stream.awaitComment();
            server.close();
            assertThat(stream.ends()).isTrue();
            client.await(
                    () -> grasp.inspection().status().block(LONGEST).counts().watchers() == 0);
        }
    }

    @Test
    void furtherKindsOfStreamsAreRefused() {
        startNode();
        List<SocketClient.Stream> streams = new ArrayList<>();
        for (int rate = 1; rate <= 16; rate++) {
            SocketClient.Stream stream = client.watch("/v1/events/links?rate=" + rate);
            stream.awaitComment();
            streams.add(stream);
        }
        problem(client.get("/v1/events/links"), 503, "too-many");
        streams.forEach(SocketClient.Stream::close);
        awaitWatchers(0);
    }

    @Test
    void aQuietStreamHasComments() {
        restart(Duration.ofSeconds(10), Duration.ofMillis(20));
        startNode();
        try (SocketClient.Stream stream = client.watch("/v1/events/links")) {
            stream.awaitComment();
            stream.awaitComment();
            stream.awaitComment();
        }
        awaitWatchers(0);
    }

    @Test
    void anOperationEndsWhenItsClientGoes() {
        startNode();
        String wait = "{\"objective\":\"EX1\",\"waitMillis\":600000}";
        try (SocketClient.Stream stream = client.post("/v1/get-flood", wait)) {
            stream.awaitComment();
            client.await(() -> get("asas").at("/entries/0/name").asString().startsWith("control-"));
        }
        client.await(() -> get("asas").get("entries").isEmpty());
    }

    @Test
    void anotherServerSharesTheRoutesBehindItsOwnCheck() throws Exception {
        startNode();
        BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler =
                server.routes().newHandler(true);
        DisposableServer console = server.bounded(
                        HttpServer.create().host("127.0.0.1").port(0))
                .handle((request, response) -> request.requestHeaders().contains("Authorization", "Bearer x", false)
                        ? handler.apply(request, response)
                        : response.status(401).send())
                .bindNow(LONGEST);
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + console.port() + "/v1/status"));
            HttpClient http = HttpClient.newHttpClient();
            assertThat(http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);
            HttpResponse<String> permitted = http.send(
                    request.header("Authorization", "Bearer x").build(), HttpResponse.BodyHandlers.ofString());
            assertFits("Status", JSON.readTree(permitted.body()));
        } finally {
            console.disposeNow(LONGEST);
        }
    }

    /** Their clients wait for up to ten minutes. */
    @Test
    void operationsDoNotKeepPagesAndActionsFromBeingAnswered() {
        startNode();
        String wait = "{\"objective\":\"EX1\",\"waitMillis\":600000}";
        List<SocketClient.Stream> streams = new ArrayList<>();
        for (int i = 0; i < ControlRoutes.MOST_OPERATIONS; i++) {
            SocketClient.Stream stream = client.post("/v1/get-flood", wait);
            stream.awaitComment();
            streams.add(stream);
        }
        assertThat(problem(client.json("POST", "/v1/get-flood", wait), 503, "too-many")
                        .get("detail")
                        .asString())
                .isEqualTo("there are " + ControlRoutes.MOST_OPERATIONS + " operations already");
        problem(client.json("POST", "/v1/synchronize", "{\"objective\":\"EX1\"}"), 503, "too-many");
        assertFits("Status", get("status"));
        assertThat(removed("flush-floods", "")).isZero();
        client.json("PUT", "/v1/log", "{\"level\":\"warn\"}");
        assertThat(log.verbosity()).isEqualTo(LogLevels.Verbosity.WARN);
        streams.forEach(SocketClient.Stream::close);
        client.await(() -> get("asas").get("entries").isEmpty());
        try (SocketClient.Stream again = client.post("/v1/get-flood", wait)) {
            again.awaitComment();
        }
        client.await(() -> get("asas").get("entries").isEmpty());
    }

    @Test
    void streamsEndWithTheNode() {
        startNode();
        try (SocketClient.Stream stream = client.watch("/v1/events/moves")) {
            stream.awaitComment();
            grasp.close();
            assertThat(stream.completes()).isTrue();
        }
        try (SocketClient.Stream late = client.watch("/v1/events/sessions")) {
            late.awaitComment();
            assertThat(late.completes())
                    .as("also a stream that begins afterwards")
                    .isTrue();
        }
    }

    /** The bound of traces is small; that of other streams has the same code. */
    @Test
    void furtherStreamsAreRefused() {
        startNode();
        List<SocketClient.Stream> streams = new ArrayList<>();
        for (int i = 0; i < EventStreams.MOST_TRACES; i++) {
            SocketClient.Stream stream = client.watch("/v1/events/trace");
            stream.awaitComment();
            streams.add(stream);
        }
        problem(client.get("/v1/events/trace"), 503, "too-many");
        streams.forEach(SocketClient.Stream::close);
        awaitWatchers(0);
        try (SocketClient.Stream again = client.watch("/v1/events/trace")) {
            again.awaitComment();
        }
        awaitWatchers(0);
    }

    @Test
    void aWatcherThatDoesNotReadIsCutAndTheOthersGetEverything() {
        restart(Duration.ofSeconds(2), Duration.ofSeconds(15));
        startNode();
        Asa asa = asa("flooder");
        Objective large = Objective.synchronizable("EX1").withValue("x".repeat(900));
        asa.register(large).block(LONGEST);
        String path = "/v1/events/floods?period-millis=10&rate=1000&value-bytes=4096";
        try (SocketClient.Stream silent = client.watch(path);
                SocketClient.Stream reader = client.watch(path)) {
            silent.awaitComment();
            reader.awaitComment();
            Mono<Void> flood = asa.flood(large, Duration.ofMinutes(1));
            int sent = 0;
            long seen = 0;
            // Each flood is about 3 kB of JSON: more than socket and server hold for one client.
            while (!silent.isCut()) {
                flood.block(LONGEST);
                sent++;
                seen += count(reader.next());
            }
            while (seen < sent) {
                seen += count(reader.next());
            }
            assertThat(seen).isEqualTo(sent);
        }
        awaitWatchers(0);
    }

    private static long count(SocketClient.Event event) {
        JsonNode batch = JSON.readTree(event.data());
        return batch.get("events").size() + batch.get("skipped").asLong();
    }

    @Test
    void aClientThatSendsNothingIsClosed() {
        restart(Duration.ofMillis(200), Duration.ofSeconds(15));
        try (SocketClient.Stream silent = client.connect()) {
            assertThat(silent.ends()).isTrue();
        }
    }

    @Test
    void onlyTheUserCanOpenTheSocket() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.path())))
                .isEqualTo("rw-------");
    }
}
