package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.PeerRefusal;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HandshakeFailuresTest {
    /** As JDK 17 and JDK 25 put it. */
    @ParameterizedTest
    @CsvSource({
        "certificate_unknown, REFUSED_BY_PEER, compare domain",
        "certificate_unknown, REFUSED_BY_PEER, whether it has revoked it",
        "bad_certificate, REFUSED_BY_PEER, may have got none",
        "certificate_required, REFUSED_BY_PEER, got no certificate",
        "certificate_expired, REFUSED_BY_PEER, renew it",
        "certificate_revoked, REFUSED_BY_PEER, has been revoked",
        "unknown_ca, REFUSED_BY_PEER, same trust anchors",
        "no_application_protocol, REFUSED_BY_PEER, none of the protocols",
        "decrypt_error, REFUSED_BY_PEER, TLS alert decrypt_error",
        "protocol_version, TLS_VERSION, TLS 1.2 and 1.3",
        "handshake_failure, REFUSED_BY_PEER, AES-256-GCM"
    })
    void alertsArePutIntoWords(String alert, PeerRefusal reason, String words) {
        for (String prefix : new String[] {"", "(" + alert + ") "}) {
            Throwable failure = new SSLHandshakeException(prefix + "Received fatal alert: " + alert);
            assertThat(HandshakeFailures.of(failure).reason()).isEqualTo(reason);
            assertThat(HandshakeFailures.of(new IOException("wrapped", failure)).detail())
                    .contains(words);
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new NotSslRecordException("not an SSL/TLS record: 84"), PeerRefusal.NOT_TLS),
                Arguments.of(
                        new SslHandshakeTimeoutException("handshake timed out after 10000ms"),
                        PeerRefusal.HANDSHAKE_TIMEOUT),
                Arguments.of(new TimeoutException(), PeerRefusal.HANDSHAKE_TIMEOUT),
                Arguments.of(new ClosedChannelException(), PeerRefusal.HANDSHAKE_ABORTED),
                Arguments.of(new IOException("Connection reset by peer"), PeerRefusal.HANDSHAKE_ABORTED),
                Arguments.of(
                        new SSLHandshakeException("Connection closed while SSL/TLS handshake was in progress"),
                        PeerRefusal.HANDSHAKE_ABORTED),
                Arguments.of(
                        new SSLException("closing inbound before receiving peer's close_notify"),
                        PeerRefusal.HANDSHAKE_ABORTED),
                Arguments.of(
                        new SSLHandshakeException("(bad_certificate) Empty client certificate chain"),
                        PeerRefusal.NO_CERTIFICATE),
                Arguments.of(new SSLHandshakeException("no cipher suites in common"), PeerRefusal.TLS_VERSION),
                Arguments.of(new SSLException("something else"), PeerRefusal.TLS_FAILURE),
                Arguments.of(new IllegalStateException(), PeerRefusal.TLS_FAILURE));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void otherFailuresAreRecognized(Throwable failure, PeerRefusal reason) {
        assertThat(HandshakeFailures.of(failure).reason()).isEqualTo(reason);
        assertThat(HandshakeFailures.of(failure).detail()).doesNotEndWith(".").doesNotContain("null");
    }

    @Test
    void theMembershipCheckIsFoundAmongTheCauses() {
        MembershipException membership = new MembershipException(PeerRefusal.OTHER_DOMAIN, "of another domain");
        membership.initCause(new IOException("Received fatal alert: bad_certificate"));
        Throwable failure = new IOException(new SSLHandshakeException("wrapped").initCause(membership));
        assertThat(HandshakeFailures.of(failure))
                .isEqualTo(new HandshakeFailure(PeerRefusal.OTHER_DOMAIN, "of another domain"));
    }

    @Test
    void causesInACircleEnd() {
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        assertThat(HandshakeFailures.of(one).reason()).isEqualTo(PeerRefusal.TLS_FAILURE);
    }
}
