package io.grasp.samples.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.chaos.RandomAsas;
import io.grasp.samples.chaos.RandomAsasResult;
import io.grasp.simulation.chaos.ChaosConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** A recorded simulation in a browser. */
@ExtendWith(SharedBrowser.class)
class RecordingPageTest {
    private final Browser browser;

    @TempDir
    private Path directory;

    RecordingPageTest(Browser browser) {
        this.browser = browser;
    }

    private static ChaosConfig fiftyNodes() {
        return ChaosConfig.seeded(7)
                .withTopology("random:50:3")
                .withDuration(Duration.ofSeconds(5))
                .withCalm(Duration.ofSeconds(1));
    }

    private static ChaosConfig fewNodes() {
        return ChaosConfig.seeded(3)
                .withNodes(5)
                .withDuration(Duration.ofSeconds(2))
                .withCalm(Duration.ofSeconds(1));
    }

    private void open(SimulationRecording recording, ChaosConfig config) throws IOException {
        RandomAsasResult result = RandomAsas.run(config, RandomAsas.USUAL_INTENSITY, recording::of);
        Path file = directory.resolve("run.html");
        Files.writeString(file, recording.page(result.run(), "grasp simulate <again>"));
        browser.open(file.toUri().toString());
    }

    @Test
    void aRunIsTheSameWhenItIsRecorded() {
        for (int adversaries = 0; adversaries <= 1; adversaries++) {
            ChaosConfig config = fewNodes().withAdversaries(adversaries);
            SimulationRecording recording = new SimulationRecording();

            RandomAsasResult recorded = RandomAsas.run(config, RandomAsas.USUAL_INTENSITY, recording::of);

            assertThat(recorded.run().hash())
                    .isEqualTo(RandomAsas.run(config).run().hash());
            assertThat(recording.size()).isPositive();
        }
    }

    @Test
    void aNetworkOfFiftyNodesIsWatchedInSlowMotionPausedAndStepped() throws IOException {
        open(new SimulationRecording(), fiftyNodes());

        assertThat(browser.text("#map-text")).startsWith("50 nodes and 75 links.");
        browser.click("#play").awaitText("#play", "Pause").awaitText("#log-count", "kept");
        assertThat(browser.text("#speed option:checked")).isEqualTo("1/50");
        browser.run("const speed = document.getElementById('speed'); speed.value = '0.2';"
                + "speed.dispatchEvent(new Event('change'))");
        browser.await(
                "a bubble of a negotiation",
                () -> !browser.elements("#talks .bubble").isEmpty());
        browser.click("#play").awaitText("#step-text", "Paused at");
        String paused = browser.text("#clock");

        browser.click("#step").awaitText("#step-text", " s: ");
        double stepped = seconds(browser.text("#clock"));
        assertThat(stepped).isGreaterThanOrEqualTo(seconds(paused));

        // Several moments may lie in the millisecond that the clock shows.
        browser.run("document.activeElement.blur()");
        browser.await("a later moment", () -> {
            browser.press(Keys.ARROW_RIGHT);
            return seconds(browser.text("#clock")) > stepped;
        });
        browser.await("an earlier moment", () -> {
            browser.press(Keys.ARROW_LEFT);
            return seconds(browser.text("#clock")) < stepped;
        });
        browser.press(Keys.END);
        browser.await("the end", () -> seconds(browser.text("#clock")) > 5);
        browser.press(Keys.HOME);
        browser.await("the beginning", () -> seconds(browser.text("#clock")) == 0);
        assertThat(browser.text("#talks-count")).isEmpty();
        assertThat(browser.problems()).isEmpty();
    }

    private static double seconds(String clock) {
        return Double.parseDouble(clock.replace(" s", ""));
    }

    @Test
    void aRecordingThatIsFullSaysSo() throws IOException {
        open(new SimulationRecording(100), fewNodes());

        assertThat(browser.text("#notice"))
                .matches("The recording ends at 0\\.\\d{3} s, because it is full: the [\\d,]+ events after that were"
                        + " not recorded\\.");
    }
}
