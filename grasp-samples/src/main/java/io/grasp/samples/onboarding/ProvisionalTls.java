package io.grasp.samples.onboarding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A TLS handshake with a registrar whose certificate is accepted provisionally, as a pledge does before it has the
 * voucher that names the registrar (RFC 8995 section 5.1). It shows that a registrar answers, and proves nothing about
 * it. Nothing is sent after the handshake: no certificate of the pledge, no name, no request.
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
     * Connects, does the handshake on a thread of {@link Schedulers#boundedElastic}, and closes the connection.
     *
     * @param place the proxy, or the registrar itself
     * @return what the registrar has shown; fails with an {@link IOException} if it cannot be reached, speaks no TLS,
     *     or shows certificates whose signatures are wrong. It may take any time: a peer can send byte by byte.
     *     Cancelling it closes the connection
     */
    public static Mono<Registrar> handshake(InetSocketAddress place) {
        return Mono.using(
                Socket::new,
                tcp -> Mono.fromCallable(() -> outcome(tcp, place))
                        .subscribeOn(Schedulers.boundedElastic())
                        .flatMap(Function.identity()),
                ProvisionalTls::close);
    }

    /** {@return what the registrar has shown, or the failure} After a cancel, an exception would be logged. */
    private static Mono<Registrar> outcome(Socket tcp, InetSocketAddress place) {
        try {
            return Mono.just(handshake(tcp, place));
        } catch (IOException e) {
            return Mono.error(e);
        } catch (GeneralSecurityException e) {
            return Mono.error(new IOException("the certificate of the registrar cannot be read", e));
        }
    }

    private static Registrar handshake(Socket tcp, InetSocketAddress place)
            throws IOException, GeneralSecurityException {
        tcp.connect(place, LONGEST_CONNECT_MILLIS);
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
    }

    private static void close(Socket tcp) {
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Accepts every certificate whose signature is right, as far as its issuer is shown, too: whether the registrar is
     * the right one is decided by the voucher.
     */
    private static final class Provisional extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            for (X509Certificate each : chain) {
                List<X509Certificate> issuers = Arrays.stream(chain)
                        .filter(other -> other.getSubjectX500Principal().equals(each.getIssuerX500Principal()))
                        .toList();
                if (!issuers.isEmpty() && issuers.stream().noneMatch(issuer -> hasSigned(issuer, each))) {
                    throw new CertificateException("a certificate of the registrar has a wrong signature");
                }
            }
        }

        private static boolean hasSigned(X509Certificate issuer, X509Certificate certificate) {
            try {
                certificate.verify(issuer.getPublicKey());
                return true;
            } catch (GeneralSecurityException e) {
                return false;
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, kind);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, kind);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
