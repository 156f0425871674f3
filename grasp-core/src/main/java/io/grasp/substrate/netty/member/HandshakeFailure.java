package io.grasp.substrate.netty.member;

import io.grasp.model.PeerRefusal;
import io.grasp.security.MembershipException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Finds out what a failure of TLS means. */
final class HandshakeFailure {
    private static final int MAX_CAUSES = 16;

    private HandshakeFailure() {}

    /** {@return the failure with its reason, in words for the operator} */
    static PeerRefusedException of(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof PeerRefusedException known) {
                return known;
            }
            if (cause instanceof MembershipException membership) {
                return new PeerRefusedException(membership.reason(), String.valueOf(membership.getMessage()), failure);
            }
            if (cause instanceof NotSslRecordException) {
                return new PeerRefusedException(
                        PeerRefusal.NOT_TLS,
                        "the peer does not use TLS at this port, as another program would",
                        failure);
            }
            if (cause instanceof SslHandshakeTimeoutException) {
                return new PeerRefusedException(
                        PeerRefusal.HANDSHAKE_TIMEOUT, "the peer did not complete the TLS handshake in time", failure);
            }
            if (cause instanceof SSLException) {
                PeerRefusedException known = ofText(String.valueOf(cause.getMessage()), failure);
                if (known != null) {
                    return known;
                }
            }
            cause = cause.getCause();
        }
        if (failure instanceof SSLException) {
            return new PeerRefusedException(PeerRefusal.TLS_FAILURE, "TLS failed: " + failure.getMessage(), failure);
        }
        return failure instanceof ClosedChannelException || failure instanceof IOException
                ? new PeerRefusedException(
                        PeerRefusal.HANDSHAKE_ABORTED,
                        "the peer closed the connection during the TLS handshake",
                        failure)
                : new PeerRefusedException(PeerRefusal.TLS_FAILURE, "TLS failed: " + failure, failure);
    }

    private static @org.jspecify.annotations.Nullable PeerRefusedException ofText(String text, Throwable failure) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("fatal alert")) {
            return new PeerRefusedException(
                    PeerRefusal.REFUSED_BY_PEER,
                    "the peer refuses this node: " + text.substring(text.lastIndexOf(' ') + 1),
                    failure);
        }
        if (lower.contains("empty") && lower.contains("certificate") || lower.contains("certificate_required")) {
            return new PeerRefusedException(PeerRefusal.NO_CERTIFICATE, "the peer has shown no certificate", failure);
        }
        if (lower.contains("protocol version")
                || lower.contains("no cipher suites in common")
                || lower.contains("not enabled or supported")) {
            return new PeerRefusedException(
                    PeerRefusal.TLS_VERSION,
                    "the peer offers no TLS version and cipher suite that RFC 8994 section 6.1 permits",
                    failure);
        }
        return null;
    }
}
