package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.samples.console.ConsoleServer;
import io.grasp.samples.console.ConsoleSettings;
import io.grasp.samples.control.ControlServer;
import io.grasp.samples.node.LogLevels;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.TlsRole;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.http.client.HttpClient;

/** The console with the node's certificate. */
class ConsoleTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path temporary;

    private TestDomain domain;
    private Identity identity;
    private Grasp node;
    private ControlServer control;
    private ConsoleServer console;

    @BeforeEach
    void open() throws Exception {
        domain = new TestDomain(temporary.resolve("ca"), "example.com");
        identity = identity(domain, "server");
        InetAddress here = InetAddress.getByName("127.0.0.1");
        node = Grasp.start(GraspConfig.defaults()
                        .withOverlay(OverlayConfig.defaults().withAddresses(here), identity))
                .block(PATIENCE);
        control = ControlServer.open(
                temporary.resolve("control"), new LogLevels(LogLevels.Verbosity.OFF, false), () -> {});
        control.routes().serve(node);
        console = ConsoleServer.open(
                new ConsoleSettings(InetSocketAddress.createUnresolved("127.0.0.1", 0), null, identity), node, control);
    }

    @AfterEach
    void close() {
        console.close();
        control.close();
        node.closeAsync().block(PATIENCE);
        identity.close();
    }

    private static Identity identity(TestDomain of, String name) throws Exception {
        of.issue(name);
        IdentityFiles files = new IdentityFiles(of.identity(name));
        return Identity.open(IdentityConfig.pem(files.certificate(), files.key(), files.anchors()));
    }

    private String get(SSLEngine engine, String path) {
        return HttpClient.newConnection()
                .doOnChannelInit((events, channel, remote) -> channel.pipeline().addFirst(new SslHandler(engine)))
                .get()
                .uri(console.url().replace("https:", "http:") + path)
                .responseSingle((response, body) ->
                        body.asString().map(text -> response.status().code() + " " + text))
                .block(PATIENCE);
    }

    @Test
    void aMemberOfTheDomainMayAct() throws Exception {
        assertThat(console.url()).startsWith("https://127.0.0.1:");
        try (Identity member = identity(domain, "operator")) {
            assertThat(get(member.newEngine(TlsRole.CLIENT, List.of("http/1.1")), "access"))
                    .startsWith("200 {\"mayAct\":true");
        }
    }

    @Test
    void noOtherClientIsServed() throws Exception {
        SSLContext anonymous = SSLContext.getInstance("TLS");
        anonymous.init(null, new TrustManager[] {new Anyone()}, null);
        SSLEngine withoutCertificate = anonymous.createSSLEngine();
        withoutCertificate.setUseClientMode(true);
        assertThatThrownBy(() -> get(withoutCertificate, "access")).isInstanceOf(RuntimeException.class);

        TestDomain other = new TestDomain(temporary.resolve("other"), "example.org");
        try (Identity stranger = identity(other, "stranger")) {
            SSLEngine engine = stranger.newEngine(TlsRole.CLIENT, List.of("http/1.1"));
            assertThatThrownBy(() -> get(engine, "access")).isInstanceOf(RuntimeException.class);
        }
    }

    /** Trusts each server. */
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
