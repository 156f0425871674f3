package io.grasp.observe;

import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.util.AddressText;
import io.grasp.util.PrintableText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;

/**
 * Something that a node refused from one neighbor, or that two neighbors disagree about, with the number of times: for
 * logs. Its text ({@code toString}) is one printable line.
 */
public sealed interface AuditEvent {
    /**
     * {@return where the latest of them came from; without a peer if several sources are counted together, or the peer
     * is not known} The ports of a peer, and the hosts of a network beyond the link, are counted together. A peer that
     * is authenticated is counted by its certificate, wherever it connects from.
     */
    MessagePath path();

    /** {@return how often it happened, above 0} */
    long count();

    /** {@return the time from the first of them to the report; it may be zero} */
    Duration period();

    /**
     * Messages, parts of messages or connections were dropped.
     *
     * @param reason why
     * @param path where the latest one came from
     * @param count how many
     * @param period the time from the first one to this report
     */
    record Dropped(DropReason reason, MessagePath path, long count, Duration period) implements AuditEvent {
        @Override
        public String toString() {
            return "dropped " + text(this) + ": " + reason.name().toLowerCase(Locale.ROOT)
                    + (reason.explanation().isEmpty() ? "" : ", " + reason.explanation());
        }
    }

    /**
     * Floods replaced a valid copy of the same objective and tag from another origin, see
     * {@link GraspObserver#floodContested}.
     *
     * @param objective the name of the objective that was flooded last
     * @param path where that flood came from
     * @param count how many floods did so
     * @param period the time from the first one to this report
     */
    record Contested(String objective, MessagePath path, long count, Duration period) implements AuditEvent {
        @Override
        public String toString() {
            return "contested floods " + text(this) + ", the last one of " + PrintableText.of(objective);
        }
    }

    /**
     * Peers could not be authenticated, have lost their authentication, or found no room, see
     * {@link GraspObserver#peerRefused}.
     *
     * @param reason the kind of failure
     * @param detail what the latest one was, in one sentence for the operator
     * @param path where the latest one came from; the address of a place that was announced and not tried is not proved
     * @param count how many connections ended so, or were not tried
     * @param period the time from the first one to this report
     */
    record Refused(PeerRefusal reason, String detail, MessagePath path, long count, Duration period)
            implements AuditEvent {
        @Override
        public String toString() {
            String why = detail.isEmpty() ? "" : ", " + PrintableText.of(detail);
            return "refused " + text(this) + ": " + reason.name().toLowerCase(Locale.ROOT) + why;
        }
    }

    private static String text(AuditEvent event) {
        InetSocketAddress peer = event.path().peer();
        String from;
        if (event.path().kind() == MessagePath.Kind.LOOPBACK) {
            from = "this node";
        } else if (peer == null) {
            from = "several or unknown peers";
        } else {
            from = peer.isUnresolved() ? PrintableText.of(peer.getHostString()) : AddressText.of(peer.getAddress());
        }
        PeerIdentity identity = event.path().identity();
        if (identity != null) {
            from += " (" + PrintableText.of(identity.nodeName().toString()) + ")";
        }
        String link = event.path().link();
        String times = event.count() == 1
                ? "once"
                : event.count() + " times within " + Math.max(1, event.period().toSeconds()) + " s";
        return times + " from " + from + (link.isEmpty() ? "" : " on link " + PrintableText.of(link));
    }
}
