package io.grasp.substrate.sim;

import io.grasp.model.AcpNodeName;
import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of a simulated node, of which only the name and a fingerprint exist.
 *
 * @param identity what it says
 * @param issued the time on the network when it was issued
 * @param revoked whether it has been revoked, which all nodes know at once
 */
record Membership(PeerIdentity identity, Duration issued, boolean revoked) {
    private static final Duration LIFETIME = Duration.ofDays(365);

    /** @param serial the number of the node's certificate; a renewed one has another fingerprint */
    static Membership issue(AcpNodeName name, int node, int serial, Duration now) {
        String content = node + " " + serial + " " + name;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return new Membership(new PeerIdentity(name, HexFormat.of().formatHex(hash)), now, false);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    Membership revoke() {
        return new Membership(identity, issued, true);
    }

    boolean isGood() {
        return !revoked;
    }

    String domain() {
        return identity.nodeName().domain();
    }

    /** {@return why this member does not accept a peer with another certificate, or {@code null} if it does} */
    @Nullable
    PeerRefusal refusal(@Nullable Membership peer) {
        if (peer == null) {
            return PeerRefusal.NO_CERTIFICATE;
        }
        if (peer.revoked) {
            return PeerRefusal.REVOKED;
        }
        return peer.domain().equals(domain()) ? null : PeerRefusal.OTHER_DOMAIN;
    }

    static IdentityStatus status(@Nullable Membership own) {
        if (own == null) {
            return new IdentityStatus(
                    false,
                    false,
                    List.of("the node has no certificate"),
                    null,
                    null,
                    null,
                    null,
                    IdentityStatus.Expiry.FAR);
        }
        Instant begin = Instant.EPOCH.plus(own.issued);
        return new IdentityStatus(
                own.isGood(),
                false,
                own.isGood() ? List.of() : List.of("the certificate has been revoked"),
                own.identity.nodeName(),
                own.identity.fingerprint(),
                begin,
                begin.plus(LIFETIME),
                IdentityStatus.Expiry.FAR);
    }

    /** {@return a sentence about a refused peer} */
    static String describe(PeerRefusal reason, SimNode peer, @Nullable Membership theirs) {
        String who = theirs == null ? peer.name() : peer.name() + " (" + theirs.identity + ")";
        return switch (reason) {
            case NO_CERTIFICATE -> who + " has shown no certificate";
            case REVOKED -> "the certificate of " + who + " has been revoked";
            case OTHER_DOMAIN -> who + " is a member of another domain";
            default -> who + " has refused this node";
        };
    }
}
