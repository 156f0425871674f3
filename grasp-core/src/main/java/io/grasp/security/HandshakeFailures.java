package io.grasp.security;

import io.grasp.model.PeerRefusal;
import io.grasp.util.PrintableText;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Finds out why a TLS handshake has failed, from what JSSE or Netty's {@code SslHandler} report. */
public final class HandshakeFailures {
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
    private static final int MAX_CAUSES = 16;

    /** Netty's exceptions by name: this package does not depend on Netty. */
    private static final Set<String> NOT_TLS = Set.of("NotSslRecordException");

    private static final Set<String> TIMEOUTS = Set.of("SslHandshakeTimeoutException", "ReadTimeoutException");

    private static final Map<String, String> ALERTS = Map.ofEntries(
            Map.entry(
                    "certificate_unknown",
                    "it did not accept this node's certificate: compare domain, trust anchors and clocks of both nodes,"
                            + " and ask the authority whether it has revoked it; the peer's log says more"),
            Map.entry(
                    "bad_certificate",
                    "it did not accept this node's certificate: the peer's log says why, and it may have got none"),
            Map.entry("certificate_required", "it got no certificate from this node: the identity needs one"),
            Map.entry(
                    "unsupported_certificate", "it cannot use this node's certificate: issue one with an EC P-256 key"),
            Map.entry(
                    "certificate_expired",
                    "it says that this node's certificate has expired: renew it, or correct the peer's clock"),
            Map.entry(
                    "certificate_revoked",
                    "it says that this node's certificate has been revoked: ask the domain's authority for a new one"),
            Map.entry(
                    "unknown_ca",
                    "it does not know the authority of this node's certificate: give both nodes the same trust anchors,"
                            + " and this node its intermediate certificates"),
            Map.entry(
                    "handshake_failure",
                    "it permits none of TLS 1.2 and 1.3 with AES-256-GCM (RFC 8994 section 6.1), or it got no"
                            + " certificate from this node"),
            Map.entry("access_denied", "it does not permit this node"),
            Map.entry(
                    "no_application_protocol",
                    "it speaks none of the protocols that this node offers: it is no GRASP node, or of another"
                            + " version"),
            Map.entry(
                    "internal_error",
                    "it failed, or did not accept this node's certificate: the peer's log says more"));

    private static final Set<String> VERSION_ALERTS = Set.of("protocol_version", "insufficient_security");

    private HandshakeFailures() {}

    /**
     * {@return the reason of a failed handshake}
     *
     * @param failure what the TLS engine, the handler or the transport has reported
     */
    public static HandshakeFailure of(Throwable failure) {
        Throwable each = failure;
        for (int i = 0; each != null && i < MAX_CAUSES; i++, each = each.getCause()) {
            if (each instanceof MembershipException membership) {
                return new HandshakeFailure(membership.reason(), text(membership));
            }
        }
        boolean isOfTransport = false;
        each = failure;
        for (int i = 0; each != null && i < MAX_CAUSES; i++, each = each.getCause()) {
            HandshakeFailure found = find(each);
            if (found != null) {
                return found;
            }
            isOfTransport |= each instanceof IOException && !(each instanceof SSLException);
        }
        if (isOfTransport) {
            return aborted();
        }
        return new HandshakeFailure(PeerRefusal.TLS_FAILURE, "the TLS handshake has failed: " + text(failure));
    }

    private static @Nullable HandshakeFailure find(Throwable failure) {
        String type = failure.getClass().getSimpleName();
        String message = String.valueOf(failure.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        Matcher alert = ALERT.matcher(message);
        if (alert.find()) {
            return alert(alert.group(1));
        }
        if (NOT_TLS.contains(type) || lower.contains("unrecognized ssl message") || lower.contains("plaintext")) {
            return new HandshakeFailure(
                    PeerRefusal.NOT_TLS,
                    "the peer does not speak TLS: it may be a node without protection, or another program");
        }
        if (TIMEOUTS.contains(type)
                || failure instanceof TimeoutException
                || failure instanceof SocketTimeoutException
                || lower.contains("handshake timed out")) {
            return new HandshakeFailure(
                    PeerRefusal.HANDSHAKE_TIMEOUT,
                    "the peer has not completed the TLS handshake in time: it is overloaded or no GRASP node, or the"
                            + " path drops large packets (compare the MTU of both sides, and let firewalls pass ICMPv6"
                            + " Packet Too Big)");
        }
        if (lower.contains("empty client certificate chain")
                || lower.contains("null cert chain")
                || lower.contains("peer not authenticated")) {
            return new HandshakeFailure(
                    PeerRefusal.NO_CERTIFICATE,
                    "the peer has shown no certificate: it needs one of this node's domain");
        }
        if (lower.contains("application layer protocol") || lower.contains("application protocol")) {
            return new HandshakeFailure(
                    PeerRefusal.TLS_FAILURE,
                    "the peer offers no protocol that this node speaks (ALPN): it is no GRASP node, or of another"
                            + " version");
        }
        if (lower.contains("protocol version")
                || lower.contains("client requested protocol")
                || lower.contains("supported protocol versions")
                || lower.contains("cipher suite")) {
            return new HandshakeFailure(
                    PeerRefusal.TLS_VERSION,
                    "the peer offers no TLS version or cipher suite that RFC 8994 section 6.1 permits (TLS 1.2 or 1.3"
                            + " with AES-256-GCM): " + text(failure));
        }
        if (failure instanceof ClosedChannelException
                || failure instanceof EOFException
                || lower.contains("close_notify")
                || lower.contains("connection closed")
                || lower.contains("closing inbound before")
                || lower.contains("closed already")) {
            return aborted();
        }
        return null;
    }

    private static HandshakeFailure aborted() {
        return new HandshakeFailure(
                PeerRefusal.HANDSHAKE_ABORTED,
                "the peer has closed the connection during the TLS handshake: its log may say why");
    }

    private static HandshakeFailure alert(String name) {
        if (VERSION_ALERTS.contains(name)) {
            return new HandshakeFailure(
                    PeerRefusal.TLS_VERSION,
                    "the peer has refused this node with the TLS alert " + name
                            + ": it permits none of TLS 1.2 and 1.3 with AES-256-GCM (RFC 8994 section 6.1)");
        }
        String meaning = ALERTS.get(name);
        return new HandshakeFailure(
                PeerRefusal.REFUSED_BY_PEER,
                "the peer has refused this node with the TLS alert " + name + (meaning == null ? "" : ": " + meaning));
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : PrintableText.of(message);
    }
}
