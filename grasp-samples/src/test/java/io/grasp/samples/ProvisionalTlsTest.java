package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.samples.ca.IdentityFiles;
import io.grasp.samples.onboarding.ProvisionalTls;
import io.grasp.samples.onboarding.ProvisionalTls.Registrar;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Exceptions;

/** What a pledge shows and tells before it has a voucher, over real sockets on the loopback interface. */
@Timeout(60)
class ProvisionalTlsTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @TempDir
    Path temporary;

    private ServerSocket server;

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private InetSocketAddress place() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private ServerSocket listen(ServerSocket unbound) throws IOException {
        unbound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server = unbound;
        return unbound;
    }

    private static <T> CompletableFuture<T> run(Callable<T> task) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return task.call();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    private IdentityFiles registrar(String authority) {
        TestDomain domain = new TestDomain(temporary.resolve(authority), "example.com");
        domain.issue("registrar");
        return new IdentityFiles(domain.identity("registrar"));
    }

    private SSLServerSocket listenForTls(IdentityFiles identity) throws Exception {
        SSLServerSocket socket = (SSLServerSocket)
                HttpsRegistrar.context(identity).getServerSocketFactory().createServerSocket();
        listen(socket);
        return socket;
    }

    /** What a registrar learns of a pledge. */
    private record Learned(boolean hasCertificate, int names, String protocol, int next) {}

    private static Learned learn(ServerSocket from) throws IOException {
        try (SSLSocket pledge = (SSLSocket) from.accept()) {
            pledge.startHandshake();
            ExtendedSSLSession session = (ExtendedSSLSession) pledge.getSession();
            boolean hasCertificate = true;
            try {
                session.getPeerCertificates();
            } catch (SSLPeerUnverifiedException e) {
                hasCertificate = false;
            }
            return new Learned(
                    hasCertificate, session.getRequestedServerNames().size(), session.getProtocol(), next(pledge));
        }
    }

    /** {@return the next byte, -1 at the end} A pledge that has not read its TLS session tickets may end with a reset. */
    private static int next(Socket pledge) throws IOException {
        try {
            return pledge.getInputStream().read();
        } catch (SocketException e) {
            return -1;
        }
    }

    @Test
    void aCertificateOfAnyAuthorityIsShownAndNothingIsTold() throws Exception {
        IdentityFiles identity = registrar("ca");
        SSLServerSocket socket = listenForTls(identity);
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setWantClientAuth(true);
            CompletableFuture<Learned> learned = run(() -> learn(socket));

            Registrar shown = ProvisionalTls.handshake(place()).block(LONGEST);

            X509Certificate own;
            try (InputStream pem = Files.newInputStream(identity.certificate())) {
                own = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
            }
            assertThat(shown)
                    .isEqualTo(new Registrar(
                            own.getSubjectX500Principal().getName(),
                            own.getIssuerX500Principal().getName(),
                            HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256").digest(own.getEncoded())),
                            protocol));
            assertThat(learned.get(30, TimeUnit.SECONDS)).isEqualTo(new Learned(false, 0, protocol, -1));
        }
    }

    @Test
    void aCertificateThatItsIssuerHasNotSignedIsRefused() throws Exception {
        IdentityFiles identity = registrar("ca");
        Files.writeString(
                identity.certificate(),
                Files.readString(identity.certificate())
                        + Files.readString(registrar("other").anchors()));
        SSLServerSocket socket = listenForTls(identity);
        CompletableFuture<Learned> learned = run(() -> learn(socket));

        assertThatThrownBy(() -> ProvisionalTls.handshake(place()).block(LONGEST))
                .hasRootCauseMessage("a certificate of the registrar has a wrong signature");
        assertThatThrownBy(() -> learned.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void cancellingClosesTheConnectionToAPeerThatSendsNothing() throws Exception {
        ServerSocket silent = listen(new ServerSocket());
        CompletableFuture<Integer> received = run(() -> {
            try (Socket pledge = silent.accept()) {
                return pledge.getInputStream().readAllBytes().length;
            }
        });

        assertThatThrownBy(() -> ProvisionalTls.handshake(place())
                        .timeout(Duration.ofMillis(300))
                        .block(LONGEST))
                .hasCauseInstanceOf(TimeoutException.class);

        assertThat(received.get(30, TimeUnit.SECONDS)).as("a ClientHello").isPositive();
    }

    @Test
    void aPeerThatSpeaksNoTlsOrIsNotThereIsAnIoException() throws Exception {
        ServerSocket web = listen(new ServerSocket());
        CompletableFuture<Void> answered = run(() -> {
            try (Socket pledge = web.accept()) {
                pledge.getOutputStream().write("HTTP/1.0 400 no TLS\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                pledge.getInputStream().readAllBytes();
                return null;
            }
        });
        assertIoException(place());
        answered.get(30, TimeUnit.SECONDS);
        web.close();
        assertIoException(place());
    }

    private static void assertIoException(InetSocketAddress place) {
        assertThatThrownBy(() -> {
                    try {
                        ProvisionalTls.handshake(place).block(LONGEST);
                    } catch (RuntimeException e) {
                        throw Exceptions.unwrap(e);
                    }
                })
                .isInstanceOf(IOException.class);
    }
}
