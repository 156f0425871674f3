package io.grasp.samples.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window: Debian's packages chromium and chromium-driver. */
final class Browser implements AutoCloseable {
    private static final File CHROMIUM = new File("/usr/bin/chromium");
    private static final File DRIVER = new File("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 20;
    /** Warns that this Chromium is newer than the driver's library; kept, because loggers are weakly referenced. */
    private static final Logger LIBRARY = Logger.getLogger("org.openqa.selenium");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts it. Skips the tests with the reason if it is not installed; in CI they fail. */
    static Browser start() {
        boolean installed = CHROMIUM.canExecute() && DRIVER.canExecute();
        if ("true".equals(System.getenv("CI"))) {
            assertThat(installed)
                    .as("chromium and chromium-driver are installed in CI")
                    .isTrue();
        }
        assumeTrue(installed, "the console is not shown: there is no " + CHROMIUM + " or no " + DRIVER);
        LIBRARY.setLevel(Level.SEVERE);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM);
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run");
        options.addArguments("--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER)
                .usingAnyFreePort()
                .withSilent(true)
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.size(1280, 1000);
        return browser;
    }

    Browser open(String url) {
        driver.get(url);
        return this;
    }

    /** Opens a page, in which a script runs before those of the page. */
    Browser open(String url, String before) {
        Map<String, Object> script =
                driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", before));
        try {
            return open(url);
        } finally {
            driver.executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", script);
        }
    }

    Browser size(int width, int height) {
        // Of the page, not of a window, which has a least width.
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        return this;
    }

    /** What the user prefers: light or dark, and no-preference or reduce for motion. */
    Browser prefer(String scheme, String motion) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", scheme),
                                Map.of("name", "prefers-reduced-motion", "value", motion))));
        return this;
    }

    WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    List<WebElement> elements(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    /** The text that the user sees. */
    String text(String css) {
        return element(css).getText();
    }

    Browser click(String css) {
        element(css).click();
        return this;
    }

    /** Presses keys wherever the focus is. */
    Browser press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
        return this;
    }

    /** Goes to the next element by the tabulator, and returns what it is: its label, or its text. */
    String tab() {
        press(Keys.TAB);
        return run("const e = document.activeElement;"
                + "return e.getAttribute('aria-label') || e.labels?.[0]?.textContent.trim() || e.textContent.trim()");
    }

    /** Runs a function's body in the page, and returns its result as a text. */
    String run(String script, Object... arguments) {
        return String.valueOf(driver.executeScript(script, arguments));
    }

    /** Waits until the text of an element contains another one. */
    Browser awaitText(String css, String text) {
        return await(
                css + " contains '" + text + "'",
                () -> elements(css).stream().anyMatch(each -> each.getText().contains(text)));
    }

    Browser await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + PATIENCE + ": " + what + "; the page shows:\n" + text("body")
                        + "\nand logged " + problems());
            }
            pause();
        }
        return this;
    }

    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (StaleElementReferenceException changed) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Errors and warnings that the browser has logged since the last call. */
    List<String> problems() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    void screenshot(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
