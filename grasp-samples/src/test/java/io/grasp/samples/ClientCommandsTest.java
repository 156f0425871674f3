package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.Objective;
import io.grasp.samples.ca.AuthorityDirectory;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.samples.ca.KeyKind;
import io.grasp.samples.ca.NodeRequest;
import io.grasp.samples.control.ControlServer;
import io.grasp.samples.node.LogLevels;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.util.HostileText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** The commands for a running node, with a node in this process. */
class ClientCommandsTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration VALID = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    private final AtomicInteger stops = new AtomicInteger();
    private final LogLevels log = new LogLevels(LogLevels.Verbosity.OFF, false);
    private ControlServer server;
    private Grasp grasp;
    private Asa asa;

    @BeforeEach
    void start() {
        server = ControlServer.open(directory.resolve("c.sock"), log, stops::incrementAndGet);
        grasp = Grasp.start(GraspConfig.defaults()
                        .withNetwork(NettyConfig.defaults()
                                .withLinks("lo")
                                .withIp(LinkIp.IPV4)
                                .withAssumeSecure(true)))
                .block(LONGEST);
        server.routes().serve(grasp);
        asa = grasp.registerAsa("Briggs").block(LONGEST);
    }

    @AfterEach
    void close() {
        grasp.close();
        server.close();
        // A loop is closed a moment before its thread has ended.
        await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("grasp-client") && thread.isAlive()));
    }

    private Cli.Run run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--via", server.path().toString()));
        Cli.Run run = Cli.run(all.toArray(String[]::new));
        run.out().forEach(line -> HostileText.assertPrintableLine("standard output", line));
        run.err().forEach(line -> HostileText.assertPrintableLine("standard error", line));
        return run;
    }

    /** Runs a command beside others, on a thread of its own. */
    private CompletableFuture<Cli.Run> begin(String... args) {
        return CompletableFuture.supplyAsync(() -> run(args), task -> new Thread(task, "command").start());
    }

    private Objective flooded(String name, Object value) {
        Objective objective = Objective.synchronizable(name).withValue(value);
        asa.register(objective).block(LONGEST);
        asa.flood(objective, VALID).block(LONGEST);
        return objective;
    }

    @Test
    void statusAndListsShowTheNode() {
        flooded("EX1", List.of("NZD", 335));
        assertThat(run("status").out()).anyMatch(line -> line.equals("ASAs:         1, with 1 objective"));
        assertThat(run("status", "--json").onlyJson().at("/counts/asas").asInt())
                .isEqualTo(1);
        assertThat(run("show", "floods").out()).hasSize(2).last().asString().contains("EX1", "[\"NZD\", 335]");
        assertThat(run("show", "asas", "--json").onlyJson().get("name").asString())
                .isEqualTo("Briggs");
        assertThat(run("top").out().get(0)).contains("up ");

        List<JsonNode> all = run("show", "all", "--json").json();
        assertThat(all)
                .extracting(entry -> entry.get("list").asString())
                .startsWith("status", "asas", "objectives")
                .contains("floods", "links", "limits", "relay");
        assertThat(run("show", "all").out())
                .contains("discoveries:", "(the discovery cache is empty)", "sessions:", "(there is no session)");
        Cli.Run wrong = run("show", "flood");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err().get(0)).contains("'flood' is none of asas, hosted, objectives, discoveries, floods");
    }

    /** More than one page. */
    @Test
    void listsAreWalkedToTheEnd() {
        Flux.range(0, 600)
                .concatMap(i -> asa.register(Objective.negotiable("N" + i)))
                .then()
                .block(LONGEST);
        assertThat(run("show", "objectives", "--json").json())
                .extracting(entry -> entry.get("name").asString())
                .hasSize(600)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatPeersSendIsEscaped() {
        String text = HostileText.SENDABLE.get(1);
        flooded("X" + text, List.of(text));
        assertThat(String.join("\n", run("show", "floods").out())).contains("\\u");
        assertThat(run("show", "floods", "--json").onlyJson().get("objective").asString())
                .isEqualTo("X" + text);
        assertThat(run("show", "nothing" + text).code()).isEqualTo(2);
    }

    @Test
    void eventsAndMessagesArePrintedAsTheyHappen() {
        // Other nodes of this host may use the loopback interface, too.
        String name = "EX" + ProcessHandle.current().pid();
        Objective objective = flooded(name, 7);
        // The flood comes back by the loopback interface, and is a message like others.
        await(() -> !grasp.inspection().drops().block(LONGEST).isEmpty());
        CompletableFuture<Cli.Run> watch =
                begin("watch", "floods", "--objective", name, "--count", "1", "--timeout", "20000");
        CompletableFuture<Cli.Run> trace =
                begin("trace", "--type", "flood", "--objective", name, "--count", "1", "--timeout", "20000");
        await(() -> grasp.inspection().status().block(LONGEST).counts().watchers() == 2);
        asa.flood(objective, VALID).block(LONGEST);

        assertThat(watch.join().out())
                .singleElement()
                .asString()
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} sent EX\\d+ = 7, initiator .*, valid for 1m");
        assertThat(watch.join().err()).containsExactly("Watching floods of the node at " + server.path());
        assertThat(trace.join().out())
                .singleElement()
                .asString()
                .matches("\\S+ => M_FLOOD \\[9, \\d+, h'.*\", \\d+, \\d+, 7\\].* on lo");
        Cli.Run quiet = run("watch", "links", "--count", "2", "--timeout", "300", "-q");
        assertThat(quiet.code()).isEqualTo(1);
        assertThat(quiet.err()).containsExactly("grasp: No event came within 300 ms");
        assertThat(run("trace", "--type", "M_NONE").code()).isEqualTo(2);
        assertThat(run("watch", "links", "--peer", "::1").err().get(0)).contains("--peer has no effect on links");
    }

    private static void await(BooleanSupplier condition) {
        Processes.await(() -> "a condition", condition);
    }

    @Test
    void aWatchFailsWhenTheNodeEnds() {
        CompletableFuture<Cli.Run> watch = begin("watch", "moves");
        await(() -> grasp.inspection().status().block(LONGEST).counts().watchers() == 1);
        grasp.close();
        assertThat(watch.join().code()).isEqualTo(1);
        assertThat(watch.join().err()).last().isEqualTo("grasp: The daemon at " + server.path() + " has ended");
    }

    @Test
    void commandsUseTheNode() {
        Objective ex2 = Objective.synchronizable("EX2").withValue(List.of(1, "two"));
        asa.register(ex2).block(LONGEST);
        asa.listenSynchronize(ex2, Flux.just(ex2.value())).subscribe();
        Cli.Run synchronize = run("synchronize", "EX2");
        assertThat(synchronize.out()).containsExactly("EX2 = [1, \"two\"]");
        assertThat(synchronize.err()).containsExactly("Using the node at " + server.path());
        assertThat(run("synchronize", "EX2", "--json").onlyJson().at("/value/1").asString())
                .isEqualTo("two");

        flooded("EX1", 7);
        assertThat(run("get-flood", "EX1", "--wait", "100", "--json")
                        .onlyJson()
                        .get("value")
                        .asInt())
                .isEqualTo(7);
        assertThat(run("get-flood", "none", "--wait", "50").code()).isEqualTo(1);
        for (String command : List.of("discover", "synchronize", "get-flood")) {
            assertThat(run(command, "").err().get(0))
                    .isEqualTo("grasp: Invalid value for positional parameter at index 0 (NAME): the name is empty");
        }
        assertThat(run("flood", "news", "[1,null]", "--locator", "udp:[::]:7", "-q")
                        .out())
                .containsExactly("Flooded news = [1, null]");
        Cli.Run nothing = run("discover", "none", "--timeout", "50");
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err()).last().isEqualTo("grasp: No peer answered for none within 50 ms");
        Cli.Run verbose = run("discover", "none", "--timeout", "50", "-v", "--audit");
        assertThat(verbose.err())
                .containsExactly(
                        "Using the node at " + server.path(),
                        "grasp: warning: --verbose and --audit: no effect on that node; 'grasp control log' changes what"
                                + " it logs, and --no-via starts a node for this command",
                        "grasp: No peer answered for none within 50 ms");
        Cli.Run mixed = run("discover", "EX1", "--link", "lo");
        assertThat(mixed.code()).isEqualTo(2);
        assertThat(mixed.err().get(0)).isEqualTo("grasp: --via excludes --link, which is for a node of this command");
        assertThat(run("flood", "EX1", "1", "--every", "5").code()).isEqualTo(2);
        assertThat(run("get-flood", "EX1", "--wait", "3600001").err().get(0))
                .as("as without a running node")
                .isEqualTo("grasp: --wait must be 1 to 3600000");
    }

    @Test
    void actionsChangeTheNode() {
        flooded("EX1", 7);
        assertThat(run("control", "expire-flood", "EX1").out()).containsExactly("Removed 1 flood of EX1");
        assertThat(run("control", "flush-floods", "--json")
                        .onlyJson()
                        .get("removed")
                        .asInt())
                .isZero();
        assertThat(run("control", "flush-discoveries").code()).isZero();
        assertThat(run("control", "forget-peer", "::2").out())
                .containsExactly("Removed of ::2: 0 locators, 0 floods, 0 neighbors, 0 connections");
        assertThat(run("control", "forget-peer", "fe80::1%b0").out())
                .as("as traces print it")
                .containsExactly("Removed of fe80::1: 0 locators, 0 floods, 0 neighbors, 0 connections");
        assertThat(run("watch", "floods", "--peer", "fe80::1%b0", "--count", "1", "--timeout", "50")
                        .err())
                .last()
                .isEqualTo("grasp: No event came within 50 ms");
        assertThat(run("control", "reload-certificates").code()).isEqualTo(1);
        assertThat(run("control", "log", "info", "--messages").out()).containsExactly("Log level info, with messages");
        assertThat(run("control", "log", "--no-messages").out()).containsExactly("Log level info, without messages");
        assertThat(run("control", "log", "loud").code()).isEqualTo(2);
        assertThat(log.verbosity()).isEqualTo(LogLevels.Verbosity.INFO);
        assertThat(run("control", "stop").code()).isZero();
        await(() -> stops.get() == 1);
    }

    @Test
    void aReloadWhoseFilesAreRefusedFails() throws Exception {
        AuthorityDirectory authority = new AuthorityDirectory(directory.resolve("ca"), Clock.systemUTC());
        authority.init("example.com", KeyKind.EC, null, Duration.ofDays(1), null, Duration.ofHours(1));
        NodeRequest request =
                new NodeRequest("gray", null, "", List.of(), KeyKind.EC, Duration.ofHours(1), null, false);
        IdentityFiles files = authority.issue(request, null, null).files();
        OverlayConfig overlay = OverlayConfig.defaults().withPort(0).withAddresses(InetAddress.getLoopbackAddress());
        try (Identity identity = Identity.open(IdentityConfig.pem(files.certificate(), files.key(), files.anchors()));
                Grasp secured = Grasp.start(GraspConfig.defaults().withOverlay(overlay, identity))
                        .block(LONGEST)) {
            server.routes().serve(secured);
            Cli.Run taken = run("control", "reload-certificates");
            assertThat(taken.code()).isZero();
            assertThat(taken.out())
                    .singleElement()
                    .asString()
                    .matches("Certificate of \\S+@example\\.com: good, valid until \\S+Z");

            Files.writeString(files.certificate(), "garbage");
            Cli.Run refused = run("control", "reload-certificates");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).singleElement().asString().contains(": good, valid until", "were not taken");
            assertThat(refused.err()).containsExactly("grasp: The new files were refused");
            Cli.Run json = run("control", "reload-certificates", "--json");
            assertThat(json.code()).isEqualTo(1);
            assertThat(json.onlyJson().get("stale").asBoolean()).isTrue();
        }
    }

    @Test
    void withoutADaemonTheCommandSaysWhereItLookedAndWhatToDo() throws IOException {
        Path none = directory.resolve("none.sock");
        Files.createFile(directory.resolve("a-process-that-has-ended.sock"));
        Cli.Run missing = Cli.run("status", "--via", none.toString());
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err())
                .containsExactly(
                        "grasp: There is no " + none + "; --via names another socket, such as " + server.path());
        Files.createFile(none);
        assertThat(Cli.run("status", "--via", none.toString()).err())
                .containsExactly(
                        "grasp: " + none + " is not a socket; --via names another socket, such as " + server.path());
        Files.delete(none);
        try (ServerSocketChannel ended = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            ended.bind(UnixDomainSocketAddress.of(none));
        }
        assertThat(Cli.run("status", "--via", none.toString()).err().get(0))
                .startsWith("grasp: Nothing serves " + none + " (Connection refused)");
    }
}
