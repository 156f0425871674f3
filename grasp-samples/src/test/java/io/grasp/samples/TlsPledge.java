package io.grasp.samples;

import io.grasp.samples.ca.IdentityFiles;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Random;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A client of TLS in the place of a pledge: it verifies the certificate of the registrar through the proxy, sends
 * content, and exits with 0 if the answer is the hash of that.
 */
final class TlsPledge {
    private static final int CONTENT_BYTES = 300_000;

    private TlsPledge() {}

    /**
     * Posts a request.
     *
     * @param args the address, interface and port of the proxy, and the directory with the trust anchors
     */
    public static void main(String[] args) throws Exception {
        InetAddress address = InetAddress.getByName(args[0].replaceAll("%.*", ""));
        int scope = NetworkInterface.getByName(args[1]).getIndex();
        String host =
                Inet6Address.getByAddress(null, address.getAddress(), scope).getHostAddress();
        byte[] content = new byte[CONTENT_BYTES];
        new Random(1).nextBytes(content);
        HttpsURLConnection connection = (HttpsURLConnection)
                new URL("https://[" + host + "]:" + args[2] + "/.well-known/brski/requestvoucher").openConnection();
        connection.setSSLSocketFactory(trusting(Path.of(args[3])).getSocketFactory());
        connection.setHostnameVerifier((name, session) -> true); // the registrar does not know the proxy
        connection.setDoOutput(true);
        connection.getOutputStream().write(content);
        String answer = new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        System.out.println("Answered over TLS: " + answer);
        System.exit(answer.equals(HttpsRegistrar.sha256(content)) ? 0 : 1);
    }

    private static SSLContext trusting(Path identity) throws Exception {
        KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
        anchors.load(null, null);
        try (InputStream pem = Files.newInputStream(new IdentityFiles(identity).anchors())) {
            anchors.setCertificateEntry(
                    "domain", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
