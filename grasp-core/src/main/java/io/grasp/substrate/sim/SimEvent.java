package io.grasp.substrate.sim;

import java.time.Duration;
import java.util.Objects;

/**
 * Something that happened on a simulated network, as it happened: what becomes of a message is told when it becomes so.
 *
 * @param at when, since the network was made
 * @param kind what happened
 * @param from the name of the node that it began at; empty if it concerns no node
 * @param to the name of the node that it concerns or would have reached; empty if there is none
 * @param link the name of the link it happened on; empty if it concerns no single link, as on a connection over several
 * @param bytes what travelled, as it arrived or would have arrived; empty if nothing did; must not be changed
 * @param detail what else there is to know, for people; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // not copied: a large simulation tells millions of events, and compares none
public record SimEvent(Duration at, Kind kind, String from, String to, String link, byte[] bytes, String detail) {
    /** What can happen. */
    public enum Kind {
        /** A message to all neighbors, or in reply on a stream link, reached a node. */
        DELIVERED,
        /** A message reached a node with some of its bits changed. */
        CORRUPTED,
        /** A second copy of a message was made; its own delivery follows. */
        DUPLICATED,
        /** A message was lost by the link's conditions. */
        LOST,
        /** A message was lost because there was no way: a partition, a link that was down, a node that was. */
        UNREACHED,
        /** A connection was accepted. */
        OPENED,
        /** Bytes reached the other end of a connection. */
        DATA,
        /** Bytes reached the other end of a connection with some of their bits changed. */
        DATA_CORRUPTED,
        /** Something on a connection was lost, and is sent again. */
        RETRANSMITTED,
        /** The end of one direction reached the other end of a connection. */
        FINISHED,
        /** A connection could not be opened: nobody accepts there. */
        REFUSED,
        /** A reset reached the other end of a connection. */
        RESET,
        /** A connection was given up: nothing had been heard for too long. */
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
        /** A node's substrate was closed in good order. */
        CLOSED,
        /** A node crashed: all that it had in memory is gone. */
        CRASHED,
        /** A node fell asleep with all that it has in memory. */
        SUSPENDED,
        /** A node woke up again. */
        RESUMED
    }

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
