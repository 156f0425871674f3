package io.grasp.samples.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.quads.QuadsKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Which requests the console answers. */
class ConsoleServerTest {
    private static final String TOKEN = "0123456789abcdef-token";
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private final LiveNetwork network = new LiveNetwork();
    private OpenConsole console;

    @AfterEach
    void close() {
        if (console != null) {
            console.close();
        }
        network.close();
    }

    private void open(ConsoleToken token) {
        console = OpenConsole.of(network.node("self", "eth0"), token);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(console.url() + path)).timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder action(HttpRequest.Builder request) {
        return request.header("X-Grasp-Console", "1").POST(HttpRequest.BodyPublishers.ofString("{}"));
    }

    private static String detail(HttpResponse<String> response) {
        return new JsonMapper().readTree(response.body()).get("detail").asString();
    }

    @Test
    void thePageIsServedWithAPolicyThatPermitsOnlyItsOwnScripts() throws Exception {
        open(null);

        HttpResponse<String> page = send(request("").GET());

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain("http://", "https://").containsOnlyOnce("type=\"module\"");
        for (String file : PageFiles.read().names()) {
            HttpResponse<String> one = send(request(file).GET());
            assertThat(one.statusCode()).as(file).isEqualTo(200);
            String tag = one.headers().firstValue("ETag").orElseThrow();
            assertThat(send(request(file).header("If-None-Match", tag).GET()).statusCode())
                    .isEqualTo(304);
        }
        assertThat(send(request("lib/../index.html").GET()).statusCode()).isEqualTo(404);
        assertThat(send(request("META-INF/MANIFEST.MF").GET()).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "attacker.example:PORT, 403",
        "127.0.0.1.attacker.example:PORT, 403",
        "[attacker]:PORT, 403",
        "127.0.0.1:PORT, 200",
        "localhost:PORT, 200",
        "LOCALHOST, 200",
        "192.0.2.1:1, 200",
        "[2001:db8::1]:1, 200",
        "2001:db8::1, 400",
    })
    void aNameThatWasBoundToTheAddressOfTheConsoleIsNotAnswered(String host, int status) throws IOException {
        open(null);

        assertThat(raw("GET /v1/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void aRequestWithoutAHostOrWithTwoIsNotAnswered() throws IOException {
        open(null);

        assertThat(raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 4");
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nHost: a.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
    }

    private String raw(String request) throws IOException {
        URI url = URI.create(console.url());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", url.getPort()), 10_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(request.replace("PORT", Integer.toString(url.getPort()))
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anActionNeedsTheHeaderAndTheOriginOfThePage() throws Exception {
        open(ConsoleToken.of(TOKEN.toCharArray()));
        String origin = console.url().substring(0, console.url().length() - 1);

        HttpRequest.BodyPublisher none = HttpRequest.BodyPublishers.ofString("{}");
        assertThat(send(known("v1/actions/flush-floods").POST(none)).statusCode())
                .isEqualTo(403);
        assertThat(send(action(known("v1/actions/flush-floods")).header("Origin", "http://a.example"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(action(known("v1/actions/flush-floods")).header("Sec-Fetch-Site", "same-site"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(action(known("v1/actions/flush-floods")).header("Origin", origin))
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpRequest.Builder known(String path) {
        return request(path).header("Authorization", "Bearer " + TOKEN).header("Content-Type", "application/json");
    }

    @Test
    void aPageOfAnotherServerCannotReadEither() throws Exception {
        open(null);

        assertThat(send(request("v1/status")
                                .header("Sec-Fetch-Site", "cross-site")
                                .GET())
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(request("events").header("Sec-Fetch-Site", "cross-site").GET())
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void withoutATokenTheConsoleOnlyShowsTheNode() throws Exception {
        open(null);

        assertThat(send(request("access").GET()).body()).contains("\"mayAct\":false");
        assertThat(send(request("v1/status").GET()).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = send(action(request("v1/actions/stop")));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(detail(refused)).contains("--console-token-file");
    }

    /** A password can be tried against the fingerprint of the key that is derived from it. */
    @Test
    void withoutATokenTheConsoleDoesNotShowTheFingerprintOfTheKey() throws Exception {
        QuadsKey key = QuadsKey.of(new byte[QuadsKey.KEY_BYTES], new byte[QuadsKey.IV_BYTES]);
        GraspConfig config = GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults()
                        .withLinks("lo")
                        .withIp(LinkIp.IPV4)
                        .withQuads(key));
        try (Grasp grasp = Grasp.start(config).block(Duration.ofSeconds(30))) {
            console = OpenConsole.of(grasp, (ConsoleToken) null);
            HttpResponse<String> open = send(request("v1/status").GET());
            assertThat(open.statusCode()).isEqualTo(200);
            assertThat(open.body()).contains("\"keyFingerprint\":null").doesNotContain(key.fingerprint());
            try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(console.socket()))) {
                String get = "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                socket.write(ByteBuffer.wrap(get.getBytes(StandardCharsets.US_ASCII)));
                byte[] answer = Channels.newInputStream(socket).readAllBytes();
                assertThat(new String(answer, StandardCharsets.UTF_8)).contains("\"" + key.fingerprint() + "\"");
            }
            console.close();

            console = OpenConsole.of(grasp, ConsoleToken.of(TOKEN.toCharArray()));
            assertThat(send(known("v1/status").GET()).body()).contains("\"" + key.fingerprint() + "\"");
        }
    }

    /** Any user of the host could take all places of those who watch and trace by the control API. */
    @Test
    void withoutATokenTheEventsAreForThePageAlone() throws Exception {
        open(null);

        for (String path : List.of("v1/events/trace", "v1/events/links?rate=7", "v1/%65vents/moves")) {
            HttpResponse<String> refused = send(request(path).GET());
            assertThat(refused.statusCode()).as(path).isEqualTo(403);
            assertThat(detail(refused)).contains("its streams of events are for its page alone");
        }
        assertThat(raw("GET /v1/ev%zzents/trace HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    void aPageKeepsItsPlaceAsLongAsItConfirmsItsStreamOfEvents() throws Exception {
        console = OpenConsole.of(
                network.node("self", "eth0"),
                new ConsoleSettings(InetSocketAddress.createUnresolved("", 0), null, null),
                Duration.ofSeconds(1));
        CompletableFuture<HttpResponse<String>> stream =
                CLIENT.sendAsync(request("events").GET().build(), HttpResponse.BodyHandlers.ofString());
        while (send(request("confirm?stream=1").GET()).statusCode() == 404) {
            assertThat(stream).isNotDone(); // it is being opened
        }

        long end = System.nanoTime() + Duration.ofMillis(2500).toNanos();
        while (System.nanoTime() < end) {
            assertThat(send(request("confirm?stream=1").GET()).statusCode()).isEqualTo(204);
        }
        assertThat(stream).isNotDone();
        assertThat(send(request("access").GET()).body()).contains("\"pages\":1,");

        assertThat(stream.get(20, TimeUnit.SECONDS).body()).contains("event: beat\ndata: 1\n\n");
        assertThat(send(request("access").GET()).body()).contains("\"pages\":0,");
        assertThat(send(request("confirm?stream=x").GET()).statusCode()).isEqualTo(404);
    }

    @Test
    void aTokenIsNeededForEverythingButThePage() throws Exception {
        open(ConsoleToken.of(TOKEN.toCharArray()));

        assertThat(send(request("").GET()).statusCode()).isEqualTo(200);
        for (String path :
                List.of("access", "events", "confirm?stream=1", "v1/status", "v1/floods", "v1/events/moves")) {
            assertThat(send(request(path).GET()).statusCode()).as(path).isEqualTo(401);
            assertThat(send(request(path)
                                    .header("Cookie", cookieName() + "=" + "0".repeat(64))
                                    .GET())
                            .statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(send(known("v1/status").GET()).statusCode()).isEqualTo(200);
        assertThat(send(request("v1/status")
                                .header("Authorization", "Bearer wrong")
                                .GET())
                        .statusCode())
                .isEqualTo(401);
    }

    private String cookieName() {
        return "grasp-console-" + URI.create(console.url()).getPort();
    }

    @Test
    void aBrowserThatHasShownTheTokenGetsACookieThatIsNotTheToken() throws Exception {
        open(ConsoleToken.of(TOKEN.toCharArray()));

        HttpResponse<String> wrong = login("{\"token\":\"" + TOKEN + "x\"}");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(detail(wrong)).isEqualTo("this is not the token");
        assertThat(login("not JSON").statusCode()).isEqualTo(401);
        assertThat(login("x".repeat(100_000)).statusCode()).isEqualTo(401);

        HttpResponse<String> right = login("{\"token\":\"" + TOKEN + "\"}");
        assertThat(right.statusCode()).isEqualTo(204);
        String cookie = right.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .startsWith(cookieName() + "=")
                .contains("HTTPOnly", "SameSite=Strict")
                .doesNotContain(TOKEN, "Secure");
        assertThat(send(request("v1/status")
                                .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                                .GET())
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> login(String body) throws IOException, InterruptedException {
        return send(request("login").header("X-Grasp-Console", "1").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void aTokenIsLongAndNotPrinted() {
        assertThatThrownBy(() -> ConsoleToken.of("too short".toCharArray()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the token has fewer than 16 characters: write a new one into the file, as by openssl rand"
                        + " -hex 32");
        ConsoleToken token = ConsoleToken.of(TOKEN.toCharArray());
        assertThat(token + " " + new ConsoleSettings(InetSocketAddress.createUnresolved("", 0), token, null))
                .doesNotContain(TOKEN, token.cookie());
    }

    @Test
    void otherHostsAreNotServedWithoutProtection() {
        ConsoleSettings everywhere = new ConsoleSettings(InetSocketAddress.createUnresolved("0.0.0.0", 0), null, null);

        assertThatThrownBy(() -> OpenConsole.of(network.node("self", "eth0"), everywhere))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pass --console-token-file, or --console-tls");
    }
}
