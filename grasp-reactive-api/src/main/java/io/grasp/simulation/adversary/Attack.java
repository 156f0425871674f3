package io.grasp.simulation.adversary;

/**
 * A kind of attack. All messages are well-formed GRASP, except {@link #BROKEN_MESSAGES} and the half messages of
 * {@link #SILENT_CONNECTIONS}. The rate of an attack counts the messages that it sends and the connections that it
 * opens.
 */
public enum Attack {
    /** M_FLOOD of names that no ASA knows, with values of up to 900 bytes and any loop count. */
    FLOOD_STORM,
    /**
     * M_FLOOD of the objectives of others, with false values, from any initiator, valid for a millisecond or longer.
     */
    FALSE_FLOODS,
    /** M_DISCOVERY with loop count 255, of names that no ASA knows and of those of others. */
    DISCOVERY_STORM,
    /** M_DISCOVERY to single nodes, as datagrams, the answers to which may go to others. */
    UNICAST_DISCOVERIES,
    /**
     * M_DISCOVERY of the objectives of others, from addresses of the adversary at which it does not answer attempts to
     * connect: each answer stays on its way until the node gives it up. On links that consist of streams it is an
     * ordinary discovery.
     */
    HELD_ANSWERS,
    /** M_DISCOVERY with a request, so that a session begins before its initiator proves anything. */
    RAPID_REQUESTS,
    /** M_DISCOVERY and M_REQ_SYN of the objectives of others, many on each connection, without reading the answers. */
    PIPELINED_REQUESTS,
    /** Messages that the adversary has heard, once more, on any of its links. */
    REPLAYS,
    /** M_RESPONSE with locators of nodes that do not have the objective, of no node, or of the asking node itself. */
    FALSE_RESPONSES,
    /** M_DISCOVERY and M_FLOOD whose Session ID and initiator all have the same hash code in Java. */
    COLLIDING_KEYS,
    /** Messages cut off or with changed bits. */
    BROKEN_MESSAGES,
    /** Connections on which nothing comes, or half a message, or M_NOOP. */
    SILENT_CONNECTIONS,
    /** Requests whose initiator reads the answer, and then keeps the connection, although the node has closed it. */
    KEPT_CONNECTIONS,
    /** Requests whose initiator does not answer, and sometimes does not read. */
    ABANDONED_SESSIONS,
    /** Negotiations in which each offer is answered by another one with loop count 255. */
    ENDLESS_NEGOTIATIONS,
    /** Negotiations in which M_WAIT asks for 49 days, or for one minute after the other. */
    ENDLESS_WAITS
}
