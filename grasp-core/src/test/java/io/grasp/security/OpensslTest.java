package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.model.PeerRefusal;
import io.grasp.substrate.netty.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our TLS engines and {@code openssl}, which knows nothing of JSSE, on both sides of a connection. */
@Timeout(30)
class OpensslTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("authority of example.com");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static Identity gray;

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private ServerSocket listener;
    private int logs;

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(isThere() || "true".equals(System.getenv("CI")), "openssl is not installed");
        TestMember member = AUTHORITY.intermediate("one").issue("+gray@example.com");
        gray = Identity.open(IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor())));
    }

    private static boolean isThere() throws InterruptedException {
        try {
            return new ProcessBuilder("openssl", "version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    @AfterAll
    static void close() {
        if (gray != null) {
            gray.close();
        }
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        listener.setSoTimeout((int) LIMIT.toMillis());
    }

    @AfterEach
    void end() throws Exception {
        listener.close();
        for (Process each : processes) {
            each.destroyForcibly();
            assertThat(each.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** A process of openssl, with what it prints. */
    private record Openssl(Process process, Path log) {
        void type(String text) throws IOException {
            process.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        }

        String output() {
            try {
                return Files.readString(log, StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void awaitOutput(String text) {
            Await.until(() -> "\"" + text + "\" in: " + output(), () -> output().contains(text));
        }
    }

    private Openssl openssl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Path log = directory.resolve("log" + logs++);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        processes.add(process);
        return new Openssl(process, log);
    }

    private String[] with(String[] arguments, String... more) {
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return all;
    }

    private String[] shown(TestMember member) throws IOException {
        member.writePem(directory);
        return new String[] {
            "-cert", directory.resolve("chain.pem").toString(),
            "-cert_chain", directory.resolve("chain.pem").toString(),
            "-key", directory.resolve("key.pem").toString(),
            "-CAfile", directory.resolve("anchors.pem").toString()
        };
    }

    private Openssl client(String... arguments) throws IOException {
        return openssl(with(
                new String[] {"s_client", "-connect", "127.0.0.1:" + listener.getLocalPort(), "-alpn", "grasp"},
                arguments));
    }

    /** A server of openssl, and our connection to it. */
    private Connected connect(String... arguments) throws Exception {
        int port = listener.getLocalPort();
        listener.close(); // the port is free then, in a network of our own
        openssl(with(
                new String[] {"s_server", "-accept", "127.0.0.1:" + port, "-Verify", "3", "-alpn", "grasp", "-quiet"},
                arguments));
        CompletableFuture<Socket> connected = new CompletableFuture<>();
        Await.until("a server of openssl", () -> connects(port, connected));
        return new Connected(connected.join(), TlsRole.CLIENT);
    }

    private static boolean connects(int port, CompletableFuture<Socket> connected) {
        try {
            return connected.complete(new Socket("127.0.0.1", port));
        } catch (ConnectException notYet) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Connected accept() throws IOException {
        return new Connected(listener.accept(), TlsRole.SERVER);
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, EC_P256", "-tls1_3, EC_P384", "-tls1_2, RSA_2048", "-tls1_3, RSA_2048"})
    void acceptsAMemberAsClient(String version, TestKeys key) throws Exception {
        TestMember member = AUTHORITY
                .intermediate("two")
                .request()
                .nodeName("+bob@example.com")
                .key(key)
                .issue();
        Openssl client = client(with(shown(member), version, "-verify_return_error"));
        try (Connected ours = accept()) {
            ours.handshake();
            assertThat(ours.engine.getSession().getPeerCertificates()[0]).isEqualTo(member.certificate());
            assertThat(ours.engine.getApplicationProtocol()).isEqualTo("grasp");
            client.type("hello\n");
            assertThat(ours.read()).isEqualTo("hello\n");
            ours.write("you too\n");
            client.awaitOutput("you too");
            assertThat(client.output()).contains("Verification: OK").containsPattern("Cipher is .*AES_?256.GCM.SHA384");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void acceptsAMemberAsServer(String version) throws Exception {
        TestMember member = AUTHORITY.issue("+bob@example.com");
        try (Connected ours = connect(with(shown(member), version, "-verify_return_error"))) {
            ours.handshake();
            ours.write("hello\n");
            processes.get(0).getOutputStream().write("you too\n".getBytes(StandardCharsets.US_ASCII));
            processes.get(0).getOutputStream().flush();
            assertThat(ours.read()).isEqualTo("you too\n");
        }
    }

    @Test
    void refusesOutsidersAsClients() throws Exception {
        Instant now = Instant.now();
        refuse(PeerRefusal.NO_CERTIFICATE, "-tls1_3");
        refuse(PeerRefusal.NO_CERTIFICATE, "-tls1_2");
        refuse(PeerRefusal.OTHER_DOMAIN, shown(AUTHORITY.issue("+bob@example.net")));
        refuse(PeerRefusal.UNTRUSTED, shown(TestAuthority.create("mallory").issue("+bob@example.com")));
        refuse(
                PeerRefusal.EXPIRED,
                shown(AUTHORITY
                        .request()
                        .nodeName("+bob@example.com")
                        .validity(now.minusSeconds(60), now.minusSeconds(30))
                        .issue()));
        String[] weak = {"-cipher", "ALL:@SECLEVEL=0", "-tls1_2"};
        refuse(
                PeerRefusal.WEAK_KEY,
                with(
                        shown(AUTHORITY
                                .request()
                                .nodeName("+bob@example.com")
                                .key(TestKeys.RSA_1024)
                                .issue()),
                        weak));
        refuse(
                PeerRefusal.WEAK_KEY,
                with(
                        shown(AUTHORITY
                                .request()
                                .nodeName("+bob@example.com")
                                .signature("SHA1withECDSA")
                                .issue()),
                        weak));
        String[] member = shown(AUTHORITY.issue("+bob@example.com"));
        refuse(PeerRefusal.TLS_VERSION, with(member, "-cipher", "ALL:@SECLEVEL=0", "-tls1_1"));
        refuse(PeerRefusal.TLS_VERSION, with(member, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"));
    }

    private void refuse(PeerRefusal reason, String... arguments) throws IOException {
        client(arguments);
        try (Connected ours = accept()) {
            SSLException failure = ours.failure();
            assertThat(HandshakeFailures.of(failure).reason())
                    .as(
                            "%s: %s %s",
                            String.join(" ", arguments),
                            failure,
                            Files.readString(directory.resolve("log" + (logs - 1))))
                    .isEqualTo(reason);
        }
    }

    @Test
    void refusesAnEcKeyOf224Bits() throws Exception {
        TestMember weak = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .key(TestKeys.EC_P224)
                .issue();
        client(with(shown(weak), "-cipher", "DEFAULT:@SECLEVEL=0", "-tls1_2"));
        try (Connected ours = accept()) {
            assertThat(HandshakeFailures.of(ours.failure()).reason()).isEqualTo(PeerRefusal.WEAK_KEY);
        }
    }

    @Test
    void refusesAnOutsiderAsServer() throws Exception {
        try (Connected ours = connect(shown(AUTHORITY.issue("+bob@example.net")))) {
            assertThat(HandshakeFailures.of(ours.failure()).reason()).isEqualTo(PeerRefusal.OTHER_DOMAIN);
        }
    }

    /** OCSP stapling: the server itself brings its authority's statement that it is revoked. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void refusesAServerWhoseStapledOcspResponseSaysRevoked(String version) throws Exception {
        TestMember member = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .ocsp("http://127.0.0.1:9/")
                .issue();
        byte[] request = OcspSource.request(member.certificate(), AUTHORITY.certificate());
        Path response = directory.resolve("response.der");
        Files.write(response, AUTHORITY.ocsp(request, serial -> true));
        try (Connected ours = connect(with(shown(member), version, "-status_file", response.toString()))) {
            assertThat(HandshakeFailures.of(ours.failure()).reason()).isEqualTo(PeerRefusal.REVOKED);
        }
    }

    /** A client that asks five times for its first session. */
    @Test
    void resumesNoSession() throws Exception {
        Openssl client = client(with(shown(AUTHORITY.issue("+bob@example.com")), "-tls1_2", "-reconnect"));
        for (int i = 0; i < 6; i++) {
            try (Connected ours = accept()) {
                ours.handshake();
                if (i == 5) {
                    ours.write("the last one\n");
                    client.awaitOutput("the last one");
                } else {
                    ours.drain();
                }
            }
        }
        assertThat(client.output()).contains("New, TLSv1.2").doesNotContain("Reused");
    }

    @Test
    void refusesRenegotiation() throws Exception {
        Openssl client = client(with(shown(AUTHORITY.issue("+bob@example.com")), "-tls1_2"));
        try (Connected ours = accept()) {
            ours.handshake();
            client.type("R\n");
            SSLException failure = null;
            try {
                ours.read();
            } catch (SSLException e) {
                failure = e;
            }
            assertThat(failure).isNotNull();
            client.awaitOutput("RENEGOTIATING");
        }
    }

    /** A blocking connection with one of our engines. */
    private static final class Connected implements AutoCloseable {
        final SSLEngine engine;
        private final Socket socket;
        private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
        private final ByteBuffer plain = ByteBuffer.allocate(1 << 16);

        Connected(Socket socket, TlsRole role) throws IOException {
            this.socket = socket;
            socket.setSoTimeout((int) LIMIT.toMillis());
            engine = gray.newEngine(role, List.of("grasp"));
        }

        void handshake() throws IOException {
            engine.beginHandshake();
            while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                step();
            }
        }

        /** {@return how the handshake fails; the peer learns it too} */
        SSLException failure() throws IOException {
            try {
                handshake();
            } catch (SSLException e) {
                try {
                    while (!engine.isOutboundDone()) {
                        wrap(ByteBuffer.allocate(0));
                    }
                } catch (SSLException again) {
                    // the same failure
                }
                return e;
            }
            throw new AssertionError("accepted");
        }

        private void step() throws IOException {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                default -> unwrap();
            }
        }

        private void wrap(ByteBuffer data) throws IOException {
            ByteBuffer out = ByteBuffer.allocate(1 << 16);
            engine.wrap(data, out);
            OutputStream stream = socket.getOutputStream();
            stream.write(out.array(), 0, out.position());
            stream.flush();
        }

        private void unwrap() throws IOException {
            in.flip();
            SSLEngineResult result;
            try {
                result = engine.unwrap(in, plain);
            } finally {
                in.compact();
            }
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                InputStream stream = socket.getInputStream();
                int count = stream.read(in.array(), in.position(), in.remaining());
                if (count < 0) {
                    throw new IOException("the peer has closed the connection");
                }
                in.position(in.position() + count);
            }
        }

        String read() throws IOException {
            while (plain.position() == 0) {
                step();
            }
            String text = new String(plain.array(), 0, plain.position(), StandardCharsets.US_ASCII);
            plain.clear();
            return text;
        }

        void write(String text) throws IOException {
            wrap(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        }

        /** Reads until the peer closes. */
        void drain() throws IOException {
            InputStream stream = socket.getInputStream();
            while (stream.read(in.array()) >= 0) {
                in.clear();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
