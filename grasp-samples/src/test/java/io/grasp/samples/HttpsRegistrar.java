package io.grasp.samples;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.grasp.samples.ca.IdentityFiles;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An HTTPS server in the place of a registrar. It answers each request with the SHA-256 of its content. */
final class HttpsRegistrar {
    private static final char[] NO_PASSWORD = {};

    private HttpsRegistrar() {}

    /**
     * Runs until it is killed.
     *
     * @param args the directory of its certificate and key, and the port
     */
    public static void main(String[] args) throws Exception {
        HttpsServer server = start(Path.of(args[0]), new InetSocketAddress("::", Integer.parseInt(args[1])));
        System.out.println("Serving at " + server.getAddress().getPort());
    }

    static HttpsServer start(Path identity, InetSocketAddress place) throws Exception {
        HttpsServer server = HttpsServer.create(place, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(new IdentityFiles(identity))));
        server.createContext("/.well-known/brski", exchange -> {
            byte[] answer = sha256(exchange.getRequestBody().readAllBytes()).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static SSLContext context(IdentityFiles files) throws Exception {
        String key = Files.readString(files.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey own = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key)));
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, NO_PASSWORD);
        try (InputStream chain = Files.newInputStream(files.certificate())) {
            Certificate[] certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(chain)
                    .toArray(Certificate[]::new);
            store.setKeyEntry("registrar", own, NO_PASSWORD, certificates);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
