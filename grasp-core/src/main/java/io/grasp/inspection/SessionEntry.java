package io.grasp.inspection;

import io.grasp.model.Peer;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A session in progress. A synchronization that this node answers has ended when its answer is sent; it is only in the
 * events.
 *
 * @param id the Session ID
 * @param kind the kind of session
 * @param role this node's part in it
 * @param state its state
 * @param objective the objective's name
 * @param initiator the address that names the node that began it
 * @param asa the ASA of this node that it belongs to; empty for a relayed discovery
 * @param peer the other side; empty while the connection is being opened, and for a discovery, which has no single one
 * @param loopCount the loop count of the request or of the last offer
 * @param moves the number of offers of both sides so far; of a discovery the number of locators found
 * @param timers what the session waits for, and the time that is left for it
 * @param age the time since it began
 */
public record SessionEntry(
        SessionId id,
        SessionInfo.Kind kind,
        Role role,
        State state,
        String objective,
        InetAddress initiator,
        Optional<String> asa,
        Optional<Peer> peer,
        int loopCount,
        int moves,
        List<Timer> timers,
        Duration age) {
    /** A node's part in a session. */
    public enum Role {
        /** The node that began it. */
        INITIATOR,
        /** The node that answers. */
        RESPONDER,
        /** A node that relays a discovery, and passes on the responses. */
        RELAY
    }

    /** The state of a session. */
    public enum State {
        /** A discovery collects locators. */
        COLLECTING(Turn.THEIRS),
        /** A request, or a discovery in rapid mode, waits for the first answer. */
        REQUESTED(Turn.THEIRS),
        /** A negotiation waits for this node's ASA. */
        OUR_TURN(Turn.OURS),
        /** A negotiation waits for the peer. */
        THEIR_TURN(Turn.THEIRS),
        /** The last message of a negotiation is being sent. */
        ENDING(Turn.NONE),
        /** A negotiation has become a raw channel. */
        RAW(Turn.NONE);

        private final Turn turn;

        State(Turn turn) {
            this.turn = turn;
        }

        /** {@return whose turn it is} */
        public Turn turn() {
            return turn;
        }
    }

    /** Whose move is awaited. */
    public enum Turn {
        /** That of this node. */
        OURS,
        /** That of the peer, or of any peer. */
        THEIRS,
        /** That of either side, or of neither. */
        NONE
    }

    /**
     * A running timer. The session, or what the timer is for, ends when it expires.
     *
     * @param awaited what is awaited
     * @param remaining the time that is left, not negative
     */
    public record Timer(Awaited awaited, Duration remaining) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /** What a session waits for. */
    public enum Awaited {
        /** The connection. */
        CONNECTION,
        /** The peer's next message. */
        PEER,
        /** The peer's next message, after it has asked for time (M_WAIT). */
        PEER_AFTER_WAIT,
        /** The next move of this node's ASA ({@link io.grasp.config.Timeouts#ownMove}). */
        OWN_MOVE,
        /** That the last message is sent. */
        FLUSH,
        /** Responses to a discovery. */
        RESPONSES,
        /** The next item of a raw channel, in either direction. */
        RAW_ITEM
    }

    /** Copies the list. */
    public SessionEntry {
        timers = List.copyOf(timers);
    }

    /** {@return whose turn it is} */
    public Turn turn() {
        return state.turn();
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
