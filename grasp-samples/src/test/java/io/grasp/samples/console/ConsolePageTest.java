package io.grasp.samples.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.model.Objective;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import reactor.core.publisher.Flux;

/** The console of a running node in a browser. */
@ExtendWith(SharedBrowser.class)
class ConsolePageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Objective LAMP = Objective.negotiable("lamp");
    /** Lets the clock of the page go forward. */
    private static final String FORWARD = "const now = performance.now.bind(performance);"
            + "window.forward = 0;"
            + "performance.now = () => now() + window.forward;";

    private final Browser browser;

    private final LiveNetwork network = new LiveNetwork();
    private final Grasp self = network.node("self", "eth0", "eth1");
    private OpenConsole console;

    ConsolePageTest(Browser browser) {
        this.browser = browser;
    }

    @AfterEach
    void close() {
        browser.open("about:blank");
        if (console != null) {
            console.close();
        }
        network.close();
    }

    private Browser open(ConsoleToken token) {
        console = OpenConsole.of(self, token);
        browser.prefer("light", "no-preference").size(1280, 1000);
        browser.problems();
        return browser.open(console.url());
    }

    private Browser openLive() {
        return open(null).awaitText("#connection", "Live");
    }

    @Test
    void whatTheNodeHasIsShownLive() {
        Asa asa = LiveNetwork.asa(self, "lights");
        asa.register(LAMP).block(PATIENCE);
        openLive().awaitText("#map-text", "2 links in use, 0 neighbors, 1 ASA");
        browser.click("#tab-objectives").awaitText("#panel-objectives", "lamp");
        assertThat(browser.text("#facts")).contains("Security secured");

        Asa other = LiveNetwork.asa(network.node("other", "eth1"), "sensor");
        Objective outside = Objective.synchronizable("outside");
        other.register(outside).block(PATIENCE);
        other.flood(outside.withValue("3.5 degrees"), Duration.ofMinutes(1)).block(PATIENCE);

        browser.awaitText("#map-text", "1 neighbor,");
        browser.click("#tab-floods").awaitText("#panel-floods td", "3.5 degrees");
        assertThat(browser.text("#panel-floods tbody")).contains("outside", "fd00::2", "eth1", " s yes");
        browser.click("#tab-messages").awaitText("#panel-messages", "M_FLOOD");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void aNegotiationIsSpokenBetweenTheTwoSidesAsItHappens() {
        Asa asa = LiveNetwork.asa(self, "lights");
        asa.register(LAMP).block(PATIENCE);
        asa.listenNegotiate(LAMP)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.concatMap(this::answer)))
                .subscribe();
        openLive();

        Asa customer = LiveNetwork.asa(network.node("customer", "eth0"), "customer");
        customer.register(LAMP).block(PATIENCE);
        customer.negotiate(LAMP.withValue(100), offers -> offers.map(offer -> Move.propose(35)))
                .block(PATIENCE);

        browser.awaitText(".talk", "Accepted after").awaitText(".talk", "accepts");
        assertThat(browser.elements(".talk .bubble").stream()
                        .map(each -> each.getAttribute("class").replace("bubble ", "") + ": "
                                + each.getText()
                                        .replaceAll("\\s*\\d\\d:\\d\\d:\\d\\d.*", "")
                                        .replace('\n', ' ')))
                .containsExactly(
                        "left: fd00::2 asks 100",
                        "right: this node asks for time 9.0 s",
                        "right: this node offers 40",
                        "left: fd00::2 offers 35",
                        "right: this node accepts");
        assertThat(browser.problems()).isEmpty();
    }

    /** A move after M_WAIT must not come before that has been sent. */
    private Flux<Move> answer(Objective offer) {
        return offer.value().as(Integer.class) <= 40
                ? Flux.just(Move.accept())
                : Flux.just(Move.propose(40))
                        .delaySubscription(Duration.ofMillis(200), network.scheduler())
                        .startWith(Move.waitFor(Duration.ofSeconds(9)));
    }

    @Test
    void whatAPeerSendsIsNeverMarkup() {
        String name = "<img src=x onerror=window.hacked=1>\u202e";
        String markup = name.replace("\u202e", "\\u{202e}");
        String script = "</script><script>window.hacked=2</script><svg onload=window.hacked=3>";
        openLive();

        Asa attacker = LiveNetwork.asa(network.node("attacker", "eth0"), "attacker");
        Objective objective = Objective.synchronizable(name);
        attacker.register(objective).block(PATIENCE);
        attacker.flood(objective.withValue(script), Duration.ofMinutes(1)).block(PATIENCE);

        browser.awaitText("#panel-messages", markup);
        browser.run(
                "[...document.querySelectorAll('.log summary')].find(e => e.textContent.includes('M_FLOOD')).click()");
        browser.awaitText("#panel-messages pre", script);
        browser.click("#tab-floods").awaitText("#panel-floods td", markup);
        browser.awaitText("#panel-floods td", script);
        assertThat(browser.elements("main img, main script, main svg[onload]")).isEmpty();
        assertThat(browser.run("return window.hacked")).isEqualTo("null");
        assertThat(browser.problems()).isEmpty();
    }

    @Tag("long")
    @Test
    void messagesAreFiltered() {
        Asa asa = LiveNetwork.asa(self, "lights");
        asa.register(LAMP).block(PATIENCE);
        console = OpenConsole.of(self, (ConsoleToken) null);
        browser.open(
                console.url(),
                "window.streams = [];"
                        + "const Source = window.EventSource;"
                        + "window.EventSource = function (url) { window.streams.push(url); return new Source(url); };");
        browser.awaitText("#connection", "Live");
        asa.discover(LAMP, Duration.ofMillis(100)).collectList().block(PATIENCE);
        asa.register(Objective.synchronizable("door")).block(PATIENCE);
        asa.flood(Objective.synchronizable("door").withValue(1), Duration.ofMinutes(1))
                .block(PATIENCE);
        browser.awaitText(".log", "M_DISCOVERY").awaitText(".log", "M_FLOOD");

        browser.click("#filter-objective").press("door");
        browser.await("only floods", () -> shownTypes().equals(Set.of("M_FLOOD")));
        browser.press(Keys.BACK_SPACE, Keys.BACK_SPACE, Keys.BACK_SPACE, Keys.BACK_SPACE);
        browser.run("const type = document.getElementById('filter-type'); type.value = 'M_DISCOVERY';"
                + "type.dispatchEvent(new Event('change'))");
        browser.await("only discoveries", () -> shownTypes().equals(Set.of("M_DISCOVERY")));
        int discoveries = browser.elements(".log .chip").size();
        assertThat(browser.run("return window.streams.join()")).isEqualTo("events,events?type=1");
        asa.discover(LAMP, Duration.ofMillis(100)).collectList().block(PATIENCE);
        browser.await("a new discovery", () -> browser.elements(".log .chip").size() > discoveries);

        for (int i = 0; i < 20; i++) {
            asa.flood(Objective.synchronizable("door").withValue(1), Duration.ofMinutes(1))
                    .block(PATIENCE);
        }
        browser.await("the rate of all messages", () -> sentPerSecond() > 4);
        assertThat(shownTypes()).containsExactly("M_DISCOVERY");
    }

    private double sentPerSecond() {
        String number = browser.text("#rates .now");
        return number.equals("–") ? 0 : Double.parseDouble(number);
    }

    private Set<String> shownTypes() {
        return browser.elements(".log .chip").stream().map(WebElement::getText).collect(Collectors.toSet());
    }

    @Test
    void thePageSaysThatTheDaemonIsGoneAndFindsTheNextOne() {
        openLive();
        int port = URI.create(console.url()).getPort();
        console.close();
        browser.awaitText("#connection", "Not connected");

        Grasp next = network.node("next", "eth0");
        console = OpenConsole.of(next, new ConsoleSettings(InetSocketAddress.createUnresolved("", port), null, null));

        browser.awaitText("#connection", "Live").awaitText("#notice", "The daemon was restarted at");
        browser.awaitText(".log .note", "The daemon was restarted at");
    }

    /** A network that is gone, or a daemon that hangs, closes no connection. */
    @Tag("long")
    @Test
    void thePageSaysThatTheDaemonIsSilentAndFindsItAgain() throws IOException {
        console = OpenConsole.of(self, (ConsoleToken) null);
        URI url = URI.create(console.url());
        try (SilentProxy proxy = SilentProxy.to(url.getPort())) {
            browser.open(
                    "http://127.0.0.1:" + proxy.port(),
                    FORWARD
                            + "const timeout = AbortSignal.timeout.bind(AbortSignal);"
                            + "AbortSignal.timeout = millis => timeout(millis / 5);");
            browser.awaitText("#connection", "Live");

            proxy.silence(true);
            browser.awaitText("#connection", "Not up to date: the daemon does not answer. Trying again.");
            browser.run("window.forward = 41_000");
            browser.awaitText("#connection", "Not connected: the daemon does not answer. Trying again.");

            proxy.silence(false);
            browser.run("window.forward = 82_000");
            browser.awaitText("#connection", "Live");
        }
    }

    @Tag("long")
    @Test
    void changesAreAnnouncedAsOneSummary() {
        console = OpenConsole.of(self, (ConsoleToken) null);
        browser.open(console.url(), FORWARD).awaitText("#connection", "Live");
        Asa other = LiveNetwork.asa(network.node("other", "eth1"), "sensor");
        Objective outside = Objective.synchronizable("outside");
        other.register(outside).block(PATIENCE);
        other.flood(outside.withValue(1), Duration.ofMinutes(1)).block(PATIENCE);
        browser.awaitText("#tab-floods .number", "1");
        browser.run("window.forward = 11_000");

        browser.await(
                "the summary",
                () -> browser.run("return document.getElementById('news').textContent")
                        .equals("1 neighbor now. 1 flood now."));
    }

    @Tag("long")
    @Test
    void aDefectOfThePageIsShownAndDoesNotReloadIt() {
        console = OpenConsole.of(self, (ConsoleToken) null);
        browser.open(
                console.url(),
                "const json = Response.prototype.json;"
                        + "Response.prototype.json = async function () {"
                        + "  const body = await json.call(this);"
                        + "  return this.url.includes('v1/asas') ? {...body, entries: [{name: {}}]} : body;"
                        + "};");

        browser.awaitText("#failure", "This page has failed, and may show values that are old or wrong.")
                .awaitText("#failure", "TypeError");
        browser.run("window.opened = 'once'");
        LiveNetwork.asa(self, "later");
        browser.awaitText("#tab-asas .number", "1");
        assertThat(browser.run("return window.opened")).isEqualTo("once");
    }

    @Tag("long")
    @Test
    void thePageSaysWhyItIsNotUpToDate() {
        console = OpenConsole.of(self, (ConsoleToken) null);
        browser.open(
                console.url(),
                "const send = window.fetch;"
                        + "window.refused = true;"
                        + "window.fetch = (path, options) => window.refused && path === 'v1/status'"
                        + "  ? Promise.resolve(new Response('{\"detail\":\"there are too many\"}', {status: 503}))"
                        + "  : send(path, options);");

        browser.awaitText("#connection", "Not up to date: there are too many. Trying again.");
        browser.run("window.refused = false");
        browser.awaitText("#connection", "Live").awaitText("#facts", "Security secured");
    }

    @Test
    void aTokenIsAskedForAndPermitsActions() {
        Asa asa = LiveNetwork.asa(network.node("other", "eth1"), "sensor");
        Objective outside = Objective.synchronizable("outside");
        asa.register(outside).block(PATIENCE);
        asa.flood(outside.withValue(3), Duration.ofMinutes(1)).block(PATIENCE);
        open(ConsoleToken.of("correct horse battery".toCharArray())).awaitText("#login", "Sign in");
        browser.press("wrong horse battery", Keys.ENTER).awaitText("#login-error", "this is not the token");
        browser.press("correct horse battery", Keys.ENTER).awaitText("#connection", "Live");

        browser.click("#tab-floods").awaitText("#panel-floods td", "outside");
        browser.click("#panel-floods td button").awaitText("#confirm", "Let outside expire, of all its sources?");
        browser.press(Keys.ENTER)
                .await("cancelled", () -> !browser.element("#confirm").isDisplayed());
        browser.click("#panel-floods td button").click("#confirm-yes").awaitText("#notice", "Done.");
        browser.awaitText("#panel-floods", "Nothing here.");
    }

    @Test
    void aKeyboardAndAScreenReaderSuffice() {
        openLive();
        assertThat(browser.tab()).isEqualTo("Skip to the content");
        browser.press(Keys.ENTER);
        assertThat(browser.tab()).isEqualTo("Zoom in");
        browser.run("document.getElementById('tab-messages').focus()");
        browser.press(Keys.ARROW_RIGHT);
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("tab-floods");
        assertThat(browser.element("#panel-floods").isDisplayed()).isTrue();

        assertThat(
                        browser.run(
                                "return [...document.querySelectorAll('button, input, select')].filter(e => "
                                        + "!e.textContent.trim() && !e.getAttribute('aria-label') && !e.labels?.length).map(e => e.outerHTML).join()"))
                .as("controls without a name")
                .isEmpty();
        assertThat(
                        browser.run(
                                "return [...document.querySelectorAll('section, [role=region], table')].filter(e => "
                                        + "!e.getAttribute('aria-labelledby') && !e.getAttribute('aria-label') && !e.caption).map(e => e.className).join()"))
                .as("regions and tables without a name")
                .isEmpty();
        assertThat(browser.run("const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                        + "return ids.filter((id, i) => ids.indexOf(id) !== i).join()"))
                .as("ids that are not unique")
                .isEmpty();
        assertThat(browser.elements("[aria-live=assertive], main [role=log]"))
                .as("live regions that would flood")
                .isEmpty();
    }

    @Test
    void thePageFitsAPhone() {
        openLive().size(360, 740);
        for (String tab : List.of("messages", "floods", "links", "neighbors", "limits")) {
            browser.run("document.getElementById('tab-" + tab + "').click()");
            browser.await(
                    tab + " without a scroll bar at the bottom",
                    () -> browser.run("return document.documentElement.scrollWidth")
                            .equals("360"));
        }
    }
}
