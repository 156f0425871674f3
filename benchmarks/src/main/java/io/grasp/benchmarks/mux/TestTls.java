package io.grasp.benchmarks.mux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed certificate that both ends use and trust, made by the JDK's keytool: TLS 1.3 with mutual authentication
 * and AES-256 (RFC 8994 section 6.1), by the JDK's provider, without resumption.
 */
final class TestTls {
    private static final String PASSWORD = "benchmark";

    private final SSLContext context;

    private TestTls(SSLContext context) {
        this.context = context;
    }

    static TestTls create() throws IOException, InterruptedException, GeneralSecurityException {
        Path directory = Files.createTempDirectory("mux");
        Path file = directory.resolve("node.p12");
        try {
            Process keytool = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "node",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-dname",
                            "CN=benchmark",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            PASSWORD,
                            "-keystore",
                            file.toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool has failed");
            }
            return new TestTls(context(file));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        trusted.setCertificateEntry("node", store.getCertificate("node"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext made = SSLContext.getInstance("TLSv1.3");
        made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return made;
    }

    /** {@return a new engine, which makes a full handshake} */
    SSLEngine engine(boolean isServer) {
        SSLEngine engine = context.createSSLEngine(); // without a host there is no session to resume
        engine.setUseClientMode(!isServer);
        engine.setNeedClientAuth(isServer);
        engine.setEnabledCipherSuites(new String[] {"TLS_AES_256_GCM_SHA384"});
        return engine;
    }
}
