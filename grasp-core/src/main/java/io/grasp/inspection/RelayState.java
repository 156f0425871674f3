package io.grasp.inspection;

import io.grasp.config.RelayRate;
import io.grasp.util.AddressText;
import java.util.List;

/**
 * What this node relays (RFC 8990 sections 2.5.4.4 and 2.5.6.2).
 *
 * @param discoveries the rate for discoveries
 * @param floods the rate for floods
 * @param relayedDiscoveries the number of relayed discoveries that are remembered, so that they are relayed once
 * @param relayedFloods the number of relayed floods that are remembered
 * @param awaitingResponses the number of relayed discoveries whose responses are passed on
 * @param remembered the tables by which duplicates and Session IDs in use are recognized
 */
public record RelayState(
        Budget discoveries,
        Budget floods,
        int relayedDiscoveries,
        int relayedFloods,
        int awaitingResponses,
        List<Remembered> remembered) {
    /** Copies the list. */
    public RelayState {
        remembered = List.copyOf(remembered);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }

    /**
     * A rate, and what is left of it.
     *
     * @param rate the bound of all links together
     * @param available how many messages may be relayed at once now
     * @param waiting the number of messages that wait for the rate
     * @param mostWaiting how many may wait ({@link io.grasp.config.RelayLimits#waiting})
     */
    public record Budget(RelayRate rate, int available, int waiting, int mostWaiting) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * A table of what came or was sent recently.
     *
     * @param table what it holds
     * @param members the number of members, including some that have expired
     */
    public record Remembered(Table table, int members) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /** What a table holds. */
    public enum Table {
        /** Session IDs that this node has used. */
        OWN_SESSIONS,
        /** Session IDs that peers use or have used. */
        HEARD_SESSIONS,
        /** Multicasts that this node has originated. */
        OWN_MULTICASTS,
        /** Floods that have been heard. */
        HEARD_FLOODS,
        /** Tags of floods, which may differ by link. */
        HEARD_TAGS,
        /** The loop counts of the first copies of floods with link-local tags. */
        FIRST_COPIES
    }
}
