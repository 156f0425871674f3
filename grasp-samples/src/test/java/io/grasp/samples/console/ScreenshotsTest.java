package io.grasp.samples.console;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.model.Objective;
import io.grasp.samples.Project;
import io.grasp.samples.chaos.RandomAsas;
import io.grasp.samples.chaos.RandomAsasResult;
import io.grasp.simulation.chaos.ChaosConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import reactor.core.publisher.Flux;

/** Makes the pictures in docs/console.md. */
@Tag("long")
@ExtendWith(SharedBrowser.class)
class ScreenshotsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path PICTURES = Project.root().resolve("docs/console");
    private static final Objective BANDWIDTH = Objective.negotiable("bandwidth").withLoopCount(16);
    private static final Objective PREFIX = Objective.negotiable("prefix").withLoopCount(16);
    private static final Objective POLICY = Objective.synchronizable("policy");
    private static final Objective WEATHER = Objective.synchronizable("weather");

    private final Browser browser;

    private final LiveNetwork network = new LiveNetwork();

    @TempDir
    private Path directory;

    ScreenshotsTest(Browser browser) {
        this.browser = browser;
    }

    @AfterEach
    void close() {
        browser.open("about:blank");
        network.close();
    }

    private void picture(String name) throws IOException {
        Files.createDirectories(PICTURES);
        browser.screenshot(PICTURES.resolve(name));
    }

    /** An offer of a provider of bandwidth: what is free, after some thought. */
    private Flux<Move> answer(Objective offer) {
        int wanted = ((Number) offer.value().as(Map.class).get("kbps")).intValue();
        if (wanted <= 4000) {
            return Flux.just(Move.accept()).delaySubscription(Duration.ofMillis(2500), network.scheduler());
        }
        if (wanted > 90_000) {
            return Flux.just(Move.decline("more than the link has"));
        }
        return Flux.just(Move.propose(Map.of("kbps", wanted / 2, "until", "18:00")))
                .delaySubscription(Duration.ofMillis(1500), network.scheduler())
                .startWith(Move.waitFor(Duration.ofSeconds(9)));
    }

    private static Asa customer(Grasp node, String name, Objective objective) {
        Asa asa = LiveNetwork.asa(node, name);
        asa.register(objective).block(PATIENCE);
        return asa;
    }

    private static Move lower(Objective offer) {
        int offered = ((Number) offer.value().as(Map.class).get("kbps")).intValue();
        return Move.propose(Map.of("kbps", Math.max(3500, offered - 1500), "until", "17:00"));
    }

    @Test
    void aRunningNode() throws IOException {
        Grasp self = network.node("self", "eth0", "eth1", "wlan0");
        Asa provider = customer(self, "bandwidth", BANDWIDTH);
        provider.listenNegotiate(BANDWIDTH)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.concatMap(this::answer)))
                .subscribe();
        Asa policy = customer(self, "policy", POLICY);
        policy.listenSynchronize(POLICY.withValue(Map.of("qos", "gold", "version", 12)))
                .block(PATIENCE);
        customer(self, "addresses", PREFIX);

        try (OpenConsole console = OpenConsole.of(self, ConsoleToken.of("a token for pictures".toCharArray()))) {
            browser.prefer("light", "no-preference")
                    .size(1360, 1100)
                    .open(console.url())
                    .awaitText("#login", "Sign in");
            browser.press("a token for pictures", Keys.ENTER).awaitText("#connection", "Live");

            Asa weather = customer(network.node("roof", "eth1"), "weather", WEATHER);
            weather.flood(WEATHER.withValue(Map.of("celsius", 3.5, "wind", "NNW")), Duration.ofMinutes(3))
                    .block(PATIENCE);
            Grasp phone = network.node("phone", "wlan0");
            Grasp desk = network.node("desk", "eth0");
            Grasp printer = network.node("printer", "eth0");
            for (Grasp each : List.of(printer, desk, phone)) {
                customer(each, "reader", POLICY).synchronize(POLICY).block(PATIENCE);
            }
            customer(printer, "greedy", BANDWIDTH)
                    .negotiate(
                            BANDWIDTH.withValue(Map.of("kbps", 100_000)), offers -> offers.map(ScreenshotsTest::lower))
                    .block(PATIENCE);
            customer(desk, "video", BANDWIDTH)
                    .negotiate(
                            BANDWIDTH.withValue(Map.of("kbps", 12_000, "until", "17:30")),
                            offers -> offers.map(ScreenshotsTest::lower))
                    .block(PATIENCE);
            browser.awaitText(".talk", "Accepted after");
            browser.run("document.getElementById('talks').scrollTop = 0");
            browser.click("#arrange");
            customer(phone, "call", BANDWIDTH)
                    .negotiate(
                            BANDWIDTH.withValue(Map.of("kbps", 9000, "until", "16:00")),
                            offers -> offers.map(ScreenshotsTest::lower))
                    .subscribe();
            browser.awaitText(".talk[data-state=running]", "offers");
            browser.await(
                    "a message on its way",
                    () -> browser.elements(".map-bubble").size() > 0);
            picture("map.png");

            browser.await(
                    "the end",
                    () -> browser.elements(".talk[data-state=running]").isEmpty());
            browser.size(620, 860);
            browser.run("document.querySelector('.talks .scroll').style.maxHeight = '860px';"
                    + "document.querySelector('section.talks').scrollIntoView()");
            picture("bubbles.png");
        }
    }

    @Test
    void aPausedSimulation() throws IOException {
        ChaosConfig config = ChaosConfig.seeded(7).withTopology("random:50:3").withDuration(Duration.ofSeconds(10));
        SimulationRecording recording = new SimulationRecording();
        RandomAsasResult result = RandomAsas.run(config, RandomAsas.USUAL_INTENSITY, recording::of);
        Path file = directory.resolve("run.html");
        Files.writeString(file, recording.page(result.run(), "grasp simulate --seed 7 --record run.html"));
        browser.prefer("dark", "no-preference")
                .size(1360, 1100)
                .open(file.toUri().toString());
        browser.awaitText("#map-text", "50 nodes");
        browser.run("const position = document.getElementById('position'); position.value = position.max * 0.345;"
                + "position.dispatchEvent(new Event('input'))");
        browser.click("#play")
                .await(
                        "several messages on their way",
                        () -> browser.elements(".map-bubble").size() > 1);
        browser.run("return new Promise(done => setTimeout(done, 2000))");
        browser.click("#play").awaitText("#step-text", "Paused");
        picture("simulation.png");
    }
}
