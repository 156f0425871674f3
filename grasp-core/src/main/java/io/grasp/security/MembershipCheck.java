package io.grasp.security;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The membership check (RFC 8994 section 6.2.3) in a TLS handshake. It must be an {@code X509ExtendedTrustManager}:
 * JSSE adds checks of its own to others.
 */
final class MembershipCheck extends X509ExtendedTrustManager {
    private final Identity identity;

    MembershipCheck(Identity identity) {
        this.identity = identity;
    }

    private void check(X509Certificate @Nullable [] chain, @Nullable SSLSession session) throws MembershipException {
        List<byte[]> stapled = session instanceof ExtendedSSLSession extended ? stapled(extended) : List.of();
        identity.check(chain == null ? List.of() : List.of(chain), stapled);
    }

    private static List<byte[]> stapled(ExtendedSSLSession session) {
        try {
            return session.getStatusResponses();
        } catch (UnsupportedOperationException e) {
            return List.of(); // on the server's side
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, engine.getHandshakeSession());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, engine.getHandshakeSession());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, null);
    }

    /** {@return the trust anchors, whose names a server sends, so that clients can choose a certificate} */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return identity.anchors().toArray(X509Certificate[]::new);
    }
}
