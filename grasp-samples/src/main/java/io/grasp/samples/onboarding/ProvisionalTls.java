package io.grasp.samples.onboarding;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A TLS handshake with a registrar whose certificate is accepted provisionally, as a pledge does before it has the
 * voucher that names the registrar (RFC 8995 section 5.1). It shows that a registrar answers, and proves nothing about
 * it.
 */
public final class ProvisionalTls {
    /** A proxy on the link that has not answered by then is not there. */
    private static final int LONGEST_CONNECT_MILLIS = 10_000;

    private ProvisionalTls() {}

    /**
     * What a registrar has shown.
     *
     * @param subject the subject of its certificate
     * @param issuer the issuer
     * @param sha256 the hash of the certificate in hexadecimal
     * @param protocol the version of TLS
     */
    public record Registrar(String subject, String issuer, String sha256, String protocol) {}

    /**
     * Connects, does the handshake, and closes the connection. Blocks.
     *
     * @param place the proxy, or the registrar itself
     * @param timeout the longest wait for each message, and for the connection, which gets at most 10 s
     * @return what the registrar has shown
     * @throws IOException if it cannot be reached, or speaks no TLS
     */
    public static Registrar handshake(InetSocketAddress place, Duration timeout) throws IOException {
        int millis = Math.toIntExact(Math.min(timeout.toMillis(), Integer.MAX_VALUE));
        try (Socket tcp = new Socket()) {
            tcp.connect(place, Math.min(millis, LONGEST_CONNECT_MILLIS));
            tcp.setSoTimeout(millis);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Provisional()}, null);
            try (SSLSocket tls = (SSLSocket)
                    context.getSocketFactory().createSocket(tcp, place.getHostString(), place.getPort(), true)) {
                tls.startHandshake();
                X509Certificate shown = (X509Certificate) tls.getSession().getPeerCertificates()[0];
                return new Registrar(
                        shown.getSubjectX500Principal().getName(),
                        shown.getIssuerX500Principal().getName(),
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(shown.getEncoded())),
                        tls.getSession().getProtocol());
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate of the registrar cannot be read", e);
        }
    }

    /** Accepts every certificate: whether the registrar is the right one is decided by the voucher. */
    private static final class Provisional extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
