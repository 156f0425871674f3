package io.grasp.substrate.sim;

import java.time.Duration;
import java.util.Objects;

/**
 * An event on a simulated network. The fate of a message is reported when it is decided, not when the message is sent.
 *
 * @param at the time since the network was created
 * @param kind the kind of event
 * @param from the name of the node where it began; empty if it concerns no node
 * @param to the name of the node that it concerns or would have reached; empty if there is none
 * @param link the name of the link on which it happened; empty if it concerns no single link, for example on a
 *     connection over several links
 * @param bytes the bytes in transit, as they arrived or would have arrived; may be empty; must not be changed
 * @param detail more information in human-readable form; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // not copied: a large simulation has millions of events, and compares none
public record SimEvent(Duration at, Kind kind, String from, String to, String link, byte[] bytes, String detail) {
    /** The kinds of events. */
    public enum Kind {
        /** A message to all neighbors, or in reply on a stream link, reached a node. */
        DELIVERED,
        /** A message reached a node with some of its bits changed. */
        CORRUPTED,
        /** A second copy of a message was made; its own delivery follows. */
        DUPLICATED,
        /** A message was lost by the link's conditions. */
        LOST,
        /** A message was lost because there was no route: a partition, or a link or node that was down. */
        UNREACHED,
        /** A connection was accepted. */
        OPENED,
        /** Bytes reached the other end of a connection. */
        DATA,
        /** Bytes reached the other end of a connection with some of their bits changed. */
        DATA_CORRUPTED,
        /** A segment of a connection was lost and is retransmitted. */
        RETRANSMITTED,
        /** The end of one direction reached the other end of a connection. */
        FINISHED,
        /** A connection could not be opened: no node accepts it. */
        REFUSED,
        /** A reset reached the other end of a connection. */
        RESET,
        /** A connection was abandoned after no answer for too long. */
        TIMED_OUT,
        /** A link came up for a node. */
        LINK_UP,
        /** A link went down for a node. */
        LINK_DOWN,
        /** The network was partitioned. */
        PARTITIONED,
        /** The partition ended. */
        HEALED,
        /** A node's substrate started. */
        STARTED,
        /** A node's substrate was closed normally. */
        CLOSED,
        /** A node crashed and lost its memory. */
        CRASHED,
        /** A node fell asleep and keeps its memory. */
        SUSPENDED,
        /** A node woke up again. */
        RESUMED
    }

    /** Checks the components. */
    public SimEvent {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(bytes, "bytes");
        Objects.requireNonNull(detail, "detail");
    }
}
