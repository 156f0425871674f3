package io.grasp.inspection;

import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Something about the links, their protection, or peers that were not let in. */
public sealed interface LinkEvent {
    /** {@return the time on the node's clock ({@code Grasp.now()})} */
    Duration time();

    /**
     * A link can be used.
     *
     * @param time see {@link #time}
     * @param link the link
     */
    record Up(Duration time, LinkInfo link) implements LinkEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * A link can no longer be used.
     *
     * @param time see {@link #time}
     * @param link the link
     */
    record Down(Duration time, LinkInfo link) implements LinkEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * Something failed on a link.
     *
     * @param time see {@link #time}
     * @param link the name of the link
     * @param cause the failure in words
     */
    record Failed(Duration time, String link, String cause) implements LinkEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * Something about a link deserves attention.
     *
     * @param time see {@link #time}
     * @param link the name of the link
     * @param warning the kind
     * @param detail one sentence for the operator
     */
    record Warning(Duration time, String link, LinkWarning warning, String detail) implements LinkEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * The protection of the links changed.
     *
     * @param time see {@link #time}
     * @param security the new protection
     */
    record SecurityChanged(Duration time, Security security) implements LinkEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * The state of the node's certificate changed.
     *
     * @param time see {@link #time}
     * @param status the state
     */
    record IdentityChanged(Duration time, IdentityStatus status) implements LinkEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * A peer was not authenticated, or has lost its authentication.
     *
     * @param time see {@link #time}
     * @param reason the kind of failure
     * @param peer the address of the peer
     * @param detail one sentence for the operator
     */
    record PeerRefused(Duration time, PeerRefusal reason, InetSocketAddress peer, String detail) implements LinkEvent {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }
}
