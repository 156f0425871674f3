package io.grasp.samples.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.Move;
import io.grasp.model.AcpNodeName;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.samples.ca.AuthorityDirectory;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.samples.ca.KeyKind;
import io.grasp.samples.ca.NodeRequest;
import io.grasp.samples.ca.TestAuthority;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The console of a node whose neighbors show certificates. */
@ExtendWith(SharedBrowser.class)
class SecuredConsoleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final Objective LAMP = Objective.negotiable("lamp");
    private static final Objective OUTSIDE = Objective.synchronizable("outside");
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String DOMAIN = "example.com";
    private static final String HALL = "fd89b714f3db00000000000000000002@" + DOMAIN;
    private static final String LAB = "fd89b714f3db00000000000000000004@" + DOMAIN;

    private final Browser browser;
    private final TestAuthority authority =
            TestAuthority.create(DOMAIN, KeyKind.EC, Instant.now().minus(LIFETIME), LIFETIME.multipliedBy(9));
    private final List<Grasp> nodes = new ArrayList<>();
    private final List<Identity> identities = new ArrayList<>();
    private OpenConsole console;

    SecuredConsoleTest(Browser browser) {
        this.browser = browser;
    }

    @AfterEach
    void close() {
        browser.open("about:blank");
        if (console != null) {
            console.close();
        }
        nodes.forEach(node -> node.closeAsync().block(PATIENCE));
        identities.forEach(Identity::close);
    }

    /** Starts a member of the domain whose certificate was issued some time ago. */
    private Grasp member(String name, Duration age, String... neighbors) throws Exception {
        TestAuthority.Enrolled enrolled =
                authority.enroll("node", AcpNodeName.parse(name), Instant.now().minus(age), LIFETIME, null);
        return member(
                IdentityConfig.of(List.of(enrolled.certificate()), enrolled.key(), List.of(authority.certificate())),
                neighbors);
    }

    private Grasp member(IdentityConfig config, String... neighbors) throws Exception {
        Identity identity = Identity.open(config);
        identities.add(identity);
        OverlayConfig overlay =
                OverlayConfig.defaults().withPort(0).withAddresses(LOOPBACK).withNeighbors(neighbors);
        Grasp node = Grasp.start(
                        GraspConfig.defaults().withOverlay(overlay, identity).withAdvertisedAddress(LOOPBACK))
                .block(PATIENCE);
        nodes.add(node);
        return node;
    }

    private Grasp neighborOf(Grasp node) throws Exception {
        return member(
                LAB,
                Duration.ZERO,
                "127.0.0.1:" + node.locators().block(PATIENCE).port());
    }

    private Browser open(Grasp node) {
        return open(node, null);
    }

    private Browser open(Grasp node, ConsoleToken token) {
        console = OpenConsole.of(node, token);
        browser.prefer("light", "no-preference").size(1280, 1000);
        browser.problems();
        return browser.open(console.url());
    }

    @Test
    void neighborsThatShowACertificateAreShownByTheirNames() throws Exception {
        Grasp hall = member(HALL, Duration.ZERO);
        Asa lights = hall.registerAsa("lights").block(PATIENCE);
        lights.register(LAMP).block(PATIENCE);
        lights.listenNegotiate(LAMP)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.propose(40))))
                .subscribe();
        open(hall).awaitText("#connection", "Live");
        browser.run("window.opened = 'once'");

        Asa customer = neighborOf(hall).registerAsa("customer").block(PATIENCE);
        customer.register(LAMP).then(customer.register(OUTSIDE)).block(PATIENCE);
        browser.awaitText("#map-text", "1 link in use,");
        customer.flood(OUTSIDE.withValue("3.5 degrees"), Duration.ofMinutes(1)).block(PATIENCE);
        AsaLocator place = customer.discover(LAMP, Duration.ofSeconds(5)).next().block(PATIENCE);
        customer.negotiate(LAMP.withValue(100), place, offers -> offers.map(offer -> Move.accept()))
                .block(PATIENCE);

        browser.awaitText(".talk", "Accepted after").awaitText(".talk", "accepts");
        assertThat(browser.elements(".talk .bubble").stream()
                        .map(each -> each.getAttribute("class").replace("bubble ", "") + ": "
                                + each.getText()
                                        .replaceAll("\\s*\\d\\d:\\d\\d:\\d\\d.*", "")
                                        .replace('\n', ' ')))
                .containsExactly(
                        "left: " + LAB + " asks 100", "right: this node offers 40", "left: " + LAB + " accepts");
        browser.awaitText(".log .peer", LAB).click("#filter-peer").press("fd89b714f3db");
        browser.awaitText(".log", "M_FLOOD");
        browser.awaitText("#map-text", "1 neighbor,");
        browser.click("#tab-neighbors").awaitText("#panel-neighbors td", LAB);
        browser.click("#tab-floods").awaitText("#panel-floods tbody", "3.5 degrees");
        assertThat(browser.text("#panel-floods tbody")).contains("outside", LAB, " s yes");
        assertThat(browser.text("#facts")).contains("Security secured", "Certificate good");
        assertThat(browser.run("return window.opened"))
                .as("the page has not reloaded")
                .isEqualTo("once");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void newFilesThatAreRefusedAreShownWithTheReason(@TempDir Path directory) throws Exception {
        AuthorityDirectory domain = new AuthorityDirectory(directory.resolve("ca"), Clock.systemUTC());
        domain.init(DOMAIN, KeyKind.EC, null, LIFETIME.multipliedBy(9), null, LIFETIME);
        IdentityFiles files = domain.issue(
                        new NodeRequest("hall", null, "", List.of(), KeyKind.EC, LIFETIME, null, false), null, null)
                .files();
        Grasp hall = member(IdentityConfig.pem(files.certificate(), files.key(), files.anchors()));
        String token = "correct horse battery";
        open(hall, ConsoleToken.of(token.toCharArray())).awaitText("#login", "Sign in");
        browser.click("#token")
                .press(token)
                .click("#login button[type=submit]")
                .awaitText("#facts", "Certificate good");
        browser.problems(); // the refusal before the login

        Files.writeString(files.certificate(), "garbage");
        browser.click("#reload-identity").click("#confirm-yes");

        String refusal = "the files have changed but were not taken";
        browser.awaitText("#notice", refusal)
                .awaitText("#facts", "Problem " + refusal)
                .awaitText(".log", "The certificate: good, but " + refusal);
        assertThat(browser.text("#facts")).contains("Certificate good");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void thePageOpensWhileANeighborWithACertificateIsThere() throws Exception {
        Grasp hall = member(HALL, LIFETIME.multipliedBy(95).dividedBy(100));
        Asa other = neighborOf(hall).registerAsa("sensor").block(PATIENCE);
        other.register(OUTSIDE).block(PATIENCE);
        Mono.defer(hall::links)
                .filter(links -> !links.isEmpty())
                .repeatWhenEmpty(tries -> tries.delayElements(Duration.ofMillis(10)))
                .block(PATIENCE);
        other.flood(OUTSIDE.withValue(1), Duration.ofMinutes(1)).block(PATIENCE);

        open(hall).awaitText("#connection", "Live").awaitText("#map-text", "1 neighbor,");

        assertThat(browser.text("#facts")).contains("Certificate expires soon, renew it");
        assertThat(browser.problems()).isEmpty();
    }
}
