package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.LinkWarning;
import io.grasp.model.Objective;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionOutcome;
import io.grasp.samples.node.MetricsEndpoint;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NodeRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The metrics endpoint of {@code --metrics}. */
class MetricsEndpointTest {
    private static final InetSocketAddress ANY = InetSocketAddress.createUnresolved("", 0);
    private static final Predicate<String> NO_DROP = Pattern.compile(
                    "grasp_drops_total\\{link=\"unknown\",reason=\"\\w+\"} 0.0")
            .asMatchPredicate();
    private static final Pattern SELECTOR = Pattern.compile("(grasp_[a-z_]+)(\\{[^{}]*})?");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)(?:=|!=|=~|!~)\"([^\"]*)\"");
    private static final Path GOLDEN = Path.of("src/test/resources/io/grasp/samples/metrics.txt");

    private final Town town = new Town();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() throws InterruptedException {
        town.close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("grasp-metrics")) {
                thread.join(30_000); // it is ending
                assertThat(thread.isAlive()).as("a thread remains").isFalse();
            }
        }
    }

    private HttpResponse<String> ask(String method, String url) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String scrape(String url) {
        HttpResponse<String> answer = ask("GET", url);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    /** An observed banker: three rounds with Gray, and one customer that sends a request and then makes no move. */
    private String bargain(MetricsEndpoint endpoint) {
        Grasp node = town.node(endpoint.observer());
        town.briggs(node, 1, line -> {}, round -> {});
        Grasp other = town.node();
        town.await(town.gray(other, 2, 3));
        Objective ex3 = Objective.negotiable("EX3");
        Asa silent = town.await(other.registerAsa("silent")).get(0);
        town.await(silent.register(ex3)
                .thenMany(silent.discover(ex3, Duration.ofSeconds(1)))
                .next()
                .flatMap(peer -> silent.negotiate(
                        ex3.withValue(List.of("NZD", 400)), peer, offers -> offers.concatMap(offer -> Flux.never())))
                .onErrorComplete()
                .ignoreElement());
        town.loop.runReady();
        return scrape(endpoint.url());
    }

    @Test
    void servesTheMetricsInPrometheusTextFormat() throws IOException {
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY)) {
            String text = bargain(endpoint);

            List<String> noDrops = text.lines().filter(NO_DROP).toList();
            assertThat(noDrops).as("a series for each reason, from the start").hasSameSizeAs(DropReason.values());
            assertThat(text.lines().filter(NO_DROP.negate()))
                    .as("everything else")
                    .containsExactlyElementsOf(Files.readAllLines(GOLDEN));
            assertThat(ask("GET", endpoint.url()).headers().firstValue("Content-Type"))
                    .hasValue("text/plain; version=0.0.4; charset=utf-8");
        }
    }

    /** A query of a metric, or with a value of a label, that does not exist selects nothing and raises no error. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "docs/prometheus-alerts.yml",
                "docs/grafana-dashboard.json",
                "docs/operating.md",
                "docs/recipes.md",
                "docs/first-protected-domain.md",
                "grasp-samples/src/test/resources/io/grasp/samples/alerts-test.yml"
            })
    void queriesSelectMetricsAndLabelsThatAreServed(String file) throws IOException {
        Map<String, Map<String, Set<String>>> served = new TreeMap<>();
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY)) {
            bargain(endpoint)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> SELECTOR.matcher(line)
                            .results()
                            .forEach(metric ->
                                    labels(metric, served.computeIfAbsent(metric.group(1), each -> new TreeMap<>()))));
        }
        Map<String, Set<String>> ofSessions = new TreeMap<>(served.get("grasp_sessions_active"));
        ofSessions.put(
                "outcome",
                Stream.of(SessionOutcome.values())
                        .map(outcome -> outcome.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet()));

        List<MatchResult> queries = SELECTOR.matcher(
                        Files.readString(Path.of("..").resolve(file)).replace("\\\"", "\""))
                .results()
                .toList();
        assertThat(queries).isNotEmpty();
        for (MatchResult query : queries) {
            assertThat(served).as(query.group()).containsKey(query.group(1));
            Map<String, Set<String>> labels = served.get(query.group(1));
            Map<String, Set<String>> asked = new TreeMap<>();
            labels(query, asked);
            asked.keySet().removeAll(Set.of("job", "instance"));
            assertThat(labels.keySet()).as(query.group()).containsAll(asked.keySet());
            asked.keySet().removeAll(Set.of("link", "le"));
            asked.forEach((label, values) -> assertThat(values)
                    .as(query.group() + ": " + label)
                    .allMatch(value -> ofSessions.getOrDefault(label, labels.get(label)).stream()
                            .anyMatch(known -> known.matches(value))));
        }
    }

    /** Adds the labels of a metric; an expression for values is split at its alternatives. */
    private static void labels(MatchResult metric, Map<String, Set<String>> into) {
        if (metric.group(2) != null) {
            LABEL.matcher(metric.group(2))
                    .results()
                    .forEach(label -> into.computeIfAbsent(label.group(1), each -> new TreeSet<>())
                            .addAll(List.of(label.group(2).split("\\|"))));
        }
    }

    /** Each metric of the dashboard's queries is served, with the labels in the query. */
    @Test
    void theDashboardUsesAllServedMetersAndNoOthers() throws IOException {
        Set<String> served = new TreeSet<>();
        Set<String> labels = new TreeSet<>(Set.of("job"));
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY)) {
            bargain(endpoint).lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                served.addAll(found("^[a-z_]+", line));
                labels.addAll(found("[a-z]+(?==\")", line));
            });
        }
        JsonNode dashboard = new JsonMapper().readTree(Path.of("../docs/grafana-dashboard.json"));
        Set<String> asked = new TreeSet<>();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.get("targets")) {
                String query = target.get("expr").asString();
                Set<String> metrics = found("grasp_[a-z_]+", query);
                assertThat(metrics).as(query).isNotEmpty().isSubsetOf(served);
                asked.addAll(metrics);
                assertThat(found("[a-z]+(?==~?\")", query))
                        .as(query)
                        .isNotEmpty()
                        .isSubsetOf(labels);
                found("(?<=by \\()[a-z, ]+(?=\\))", query)
                        .forEach(by -> assertThat(List.of(by.split(", "))).isSubsetOf(labels));
            }
        }

        assertThat(served.stream().map(MetricsEndpointTest::meter))
                .as("every meter is on the dashboard")
                .isSubsetOf(asked.stream().map(MetricsEndpointTest::meter).collect(Collectors.toSet()));
    }

    @Test
    void theDocumentationListsEachDropReasonAndLinkWarning() throws IOException {
        String page = Files.readString(Path.of("../docs/metrics.md"));

        assertThat(Stream.of(DropReason.values(), LinkWarning.values())
                        .flatMap(Stream::of)
                        .map(value -> "`" + value.name().toLowerCase(Locale.ROOT) + "`"))
                .allSatisfy(tag -> assertThat(page).contains(tag));
    }

    @Test
    void theDocumentationSaysWhichDropReasonsAreNormal() throws IOException {
        Set<String> normal = Files.readAllLines(Path.of("../docs/metrics.md")).stream()
                .filter(row -> row.matches("\\| `.*\\| normal( .*)? \\|"))
                .flatMap(row -> found("`[a-z_]+`", row.split("\\|")[1]).stream())
                .collect(Collectors.toSet());

        assertThat(normal)
                .isEqualTo(Stream.of(DropReason.values())
                        .filter(DropReason::isNormal)
                        .map(reason -> "`" + reason.name().toLowerCase(Locale.ROOT) + "`")
                        .collect(Collectors.toSet()));
    }

    private static String meter(String metric) {
        return metric.replaceAll("_(count|sum|max|bucket)$", "");
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    void otherPathsAreNotFoundAndOtherMethodsAreNotAllowed() {
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY)) {
            String root = endpoint.url().replace("/metrics", "/");
            assertThat(endpoint.url()).startsWith("http://127.0.0.1:").doesNotContain(":0/");
            assertThat(ask("GET", root).statusCode()).isEqualTo(404);
            assertThat(ask("GET", endpoint.url() + "x").statusCode()).isEqualTo(404);
            HttpResponse<String> post = ask("POST", endpoint.url());
            assertThat(post.statusCode()).isEqualTo(405);
            assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
            HttpResponse<String> head = ask("HEAD", endpoint.url());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void anUnfinishedRequestDoesNotDelayOthers() throws IOException {
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY);
                Socket slow = new Socket("127.0.0.1", URI.create(endpoint.url()).getPort())) {
            slow.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();

            assertThat(scrape(endpoint.url())).contains("grasp_nodes 0.0");
        }
    }

    /** A client that opens connections and finishes no request; addresses 127/8 are local on Linux alone. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aClientWithManyConnectionsLosesItsOldestOnesAndDelaysNoScrape() throws IOException {
        String end = "rics HTTP/1.1\r\nHost: here\r\n\r\n";
        List<Socket> slow = new ArrayList<>();
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY, Duration.ofMinutes(1));
                Socket reader = connection(endpoint, "127.0.0.1")) {
            write(reader, "HEAD /met" + end);
            assertThat(head(reader)).startsWith("HTTP/1.1 200");

            for (int i = 0; i < 200; i++) {
                slow.add(connection(endpoint, "127.0.0.2"));
                write(slow.get(i), "HEAD /met");
                if (i % 50 == 49) {
                    scrape(endpoint.url());
                }
            }

            assertThat(slow.subList(0, 200 - 64)).allMatch(MetricsEndpointTest::isDisconnected);
            write(slow.get(199), end);
            assertThat(head(slow.get(199))).as("the newest").startsWith("HTTP/1.1 200");
            write(reader, "HEAD /met" + end);
            assertThat(head(reader)).as("another client's oldest").startsWith("HTTP/1.1 200");
        } finally {
            slow.forEach(MetricsEndpointTest::close);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void clientsWithOneConnectionEachLoseTheOldestAndDelayNoScrape() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY, Duration.ofMinutes(1))) {
            for (int i = 0; i < 100; i++) {
                slow.add(connection(endpoint, "127.0.1." + (i + 1)));
                write(slow.get(i), "HEAD /met");
            }
            try (Socket reader = connection(endpoint, "127.0.0.1")) {
                write(reader, "HEAD /metrics HTTP/1.1\r\nHost: here\r\n\r\n");
                assertThat(head(reader)).startsWith("HTTP/1.1 200");
            }
            assertThat(slow.subList(0, 100 - 63)).allMatch(MetricsEndpointTest::isDisconnected);
        } finally {
            slow.forEach(MetricsEndpointTest::close);
        }
    }

    private static Socket connection(MetricsEndpoint endpoint, String from) throws IOException {
        Socket socket = new Socket(
                InetAddress.getByName("127.0.0.1"),
                URI.create(endpoint.url()).getPort(),
                InetAddress.getByName(from),
                0);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** {@return a response without a body} */
    private static String head(Socket socket) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                break;
            }
            read.append((char) next);
        }
        return read.toString();
    }

    private static boolean isDisconnected(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // reset, because the server had not read everything
        }
    }

    @Test
    void aClientThatDoesNotFinishItsRequestIsDisconnected() throws IOException {
        for (String request : List.of("", "GET /met", "GET /metrics HTTP/1.1\r\nHost:")) {
            try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY, Duration.ofMillis(200));
                    Socket slow =
                            new Socket("127.0.0.1", URI.create(endpoint.url()).getPort())) {
                slow.setSoTimeout(30_000);
                slow.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                slow.getOutputStream().flush();

                assertThat(slow.getInputStream().readAllBytes()).isEmpty();
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aClientThatDoesNotReadItsResponsesIsDisconnected() throws IOException {
        byte[] requests =
                "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n".repeat(100).getBytes(StandardCharsets.US_ASCII);
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY, Duration.ofMillis(200));
                Socket client = new Socket()) {
            client.setReceiveBufferSize(4096);
            client.connect(new InetSocketAddress(
                    "127.0.0.1", URI.create(endpoint.url()).getPort()));

            Disposable bound = Mono.delay(Duration.ofSeconds(20), Schedulers.boundedElastic())
                    .subscribe(tick -> close(client));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            client.getOutputStream().write(requests);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageNotContaining("closed"); // an address that this test does not use
            bound.dispose();
            assertThat(scrape(endpoint.url())).contains("grasp_nodes 0.0");
        }
    }

    @Test
    void aRequestThatIsNotHttpIsAnsweredWith400() throws IOException {
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY);
                Socket client =
                        new Socket("127.0.0.1", URI.create(endpoint.url()).getPort())) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();

            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void closingTheEndpointDisconnectsClients() throws IOException {
        MetricsEndpoint endpoint = MetricsEndpoint.open(ANY);
        try (Socket client = new Socket("127.0.0.1", URI.create(endpoint.url()).getPort())) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
            scrape(endpoint.url());
            endpoint.close();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aPortInUseIsRefusedAndIsFreeAfterClosing() {
        try (MetricsEndpoint endpoint = MetricsEndpoint.open(ANY)) {
            int port = URI.create(endpoint.url()).getPort();
            assertThatThrownBy(() -> MetricsEndpoint.open(InetSocketAddress.createUnresolved("127.0.0.1", port)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Cannot serve metrics at 127.0.0.1:" + port + ": Address already in use");
            endpoint.close();
            MetricsEndpoint.open(InetSocketAddress.createUnresolved("127.0.0.1", port))
                    .close();
        }
    }

    /** Reads the metrics while a command runs, and its output so far. */
    private final class Reader implements NodeRunner {
        private final StringWriter out = new StringWriter();
        private final StringWriter err = new StringWriter();
        private String read = "";

        @Override
        public <T> T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
            return town.use(
                    config,
                    grasp -> work.apply(grasp)
                            .or(Mono.delay(Duration.ofMinutes(1), grasp.scheduler())
                                    .then(Mono.empty()))
                            .doOnTerminate(() -> read = scrape(found("http://[^\"\\s]+", out.toString() + err)
                                    .iterator()
                                    .next())));
        }

        int run(String... words) {
            CommandLine commands = Main.commandLine();
            for (CommandLine command : commands.getSubcommands().values()) {
                for (Object mixin : command.getMixins().values()) {
                    if (mixin instanceof NetworkOptions network) {
                        network.nodes = this;
                    }
                }
            }
            return commands.setOut(new PrintWriter(out, true))
                    .setErr(new PrintWriter(err, true))
                    .execute(words);
        }

        List<String> statusLines() {
            return err.toString().lines().toList();
        }

        List<String> lines() {
            return out.toString().lines().toList();
        }
    }

    @Test
    void discoverAndDaemonServeTheirMetrics() {
        town.briggs(town.node(), 1, line -> {}, round -> {});
        Reader discover = new Reader();
        Reader daemon = new Reader();

        assertThat(discover.run("discover", "EX3", "--assume-secure", "--metrics", "0", "--json"))
                .isZero();
        assertThat(daemon.run("daemon", "--assume-secure", "--metrics", "127.0.0.1:0"))
                .isZero();

        assertThat(discover.lines().get(0))
                .matches("\\{\"event\":\"metrics\",\"url\":\"http://127\\.0\\.0\\.1:[1-9]\\d*/metrics\"}");
        assertThat(discover.lines()).hasSize(2);
        assertThat(discover.read)
                .contains("grasp_messages_total{direction=\"out\",type=\"M_DISCOVERY\"} 1.0")
                .contains("grasp_messages_total{direction=\"in\",type=\"M_RESPONSE\"} 1.0");
        assertThat(daemon.lines()).singleElement().asString().startsWith("Link lan is up");
        assertThat(daemon.statusLines())
                .element(1) // after the warning of --assume-secure
                .asString()
                .matches("Metrics at http://127\\.0\\.0\\.1:[1-9]\\d*/metrics");
        assertThat(daemon.read).contains("grasp_links 1.0").contains("grasp_nodes 1.0");
    }

    @Test
    void anUnknownHostIsReportedInOneLine() {
        Cli.Run run = Cli.runIn(town, "daemon", "--assume-secure", "--metrics", "no-such-host.invalid:0");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).last().isEqualTo("grasp: Cannot serve metrics: there is no host no-such-host.invalid");
    }
}
