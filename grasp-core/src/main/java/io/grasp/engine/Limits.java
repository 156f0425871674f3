package io.grasp.engine;

import io.grasp.cbor.CborLimits;
import java.util.Objects;

/**
 * The bounds of one node: a peer never sizes our memory. Immutable; start from {@link #DEFAULTS}.
 *
 * @param message size in bytes (GRASP_DEF_MAX_SIZE, RFC 8990 section 2.6), depth and items of a message
 * @param asas registered ASAs
 * @param objectives registered objectives
 * @param sessions discovery, negotiation and synchronization sessions under way at once, in both roles
 * @param connections accepted connections on which no session has begun yet
 * @param queuedNegotiations incoming negotiations that wait for one listener's demand
 * @param pendingReplies discovery responses being sent at once
 * @param floodEntries entries of the flood cache
 * @param discoveryEntries objectives in the discovery cache
 * @param locators locators cached for one objective, and handed to one discovery
 * @param rememberedSessions ended sessions and foreign multicasts remembered, to recognise duplicates
 */
public record Limits(
        CborLimits message,
        int asas,
        int objectives,
        int sessions,
        int connections,
        int queuedNegotiations,
        int pendingReplies,
        int floodEntries,
        int discoveryEntries,
        int locators,
        int rememberedSessions) {
    /** The bounds of a node that nobody configured. */
    public static final Limits DEFAULTS =
            new Limits(CborLimits.DEFAULT, 256, 1024, 10_000, 1024, 16, 256, 10_000, 1024, 32, 16_384);

    public Limits {
        Objects.requireNonNull(message, "message");
        positive("asas", asas);
        positive("objectives", objectives);
        positive("sessions", sessions);
        positive("connections", connections);
        positive("queuedNegotiations", queuedNegotiations);
        positive("pendingReplies", pendingReplies);
        positive("floodEntries", floodEntries);
        positive("discoveryEntries", discoveryEntries);
        positive("locators", locators);
        positive("rememberedSessions", rememberedSessions);
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("limit " + name + " is " + value + ", must be at least 1");
        }
    }

    /**
     * These bounds with another one for message.
     *
     * @param value the bounds of a message
     * @return the changed bounds
     */
    public Limits withMessage(CborLimits value) {
        return new Limits(
                value,
                asas,
                objectives,
                sessions,
                connections,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for asas.
     *
     * @param value how many ASAs
     * @return the changed bounds
     */
    public Limits withAsas(int value) {
        return new Limits(
                message,
                value,
                objectives,
                sessions,
                connections,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for objectives.
     *
     * @param value how many objectives
     * @return the changed bounds
     */
    public Limits withObjectives(int value) {
        return new Limits(
                message,
                asas,
                value,
                sessions,
                connections,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for sessions.
     *
     * @param value how many sessions at once
     * @return the changed bounds
     */
    public Limits withSessions(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                value,
                connections,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for connections.
     *
     * @param value how many connections without a session
     * @return the changed bounds
     */
    public Limits withConnections(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                sessions,
                value,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for queuedNegotiations.
     *
     * @param value how many negotiations wait for a listener
     * @return the changed bounds
     */
    public Limits withQueuedNegotiations(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                sessions,
                connections,
                value,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for pendingReplies.
     *
     * @param value how many replies at once
     * @return the changed bounds
     */
    public Limits withPendingReplies(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                sessions,
                connections,
                queuedNegotiations,
                value,
                floodEntries,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for floodEntries.
     *
     * @param value how many flood cache entries
     * @return the changed bounds
     */
    public Limits withFloodEntries(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                sessions,
                connections,
                queuedNegotiations,
                pendingReplies,
                value,
                discoveryEntries,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for discoveryEntries.
     *
     * @param value how many objectives in the discovery cache
     * @return the changed bounds
     */
    public Limits withDiscoveryEntries(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                sessions,
                connections,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                value,
                locators,
                rememberedSessions);
    }

    /**
     * These bounds with another one for locators.
     *
     * @param value how many locators of one objective
     * @return the changed bounds
     */
    public Limits withLocators(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                sessions,
                connections,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                value,
                rememberedSessions);
    }

    /**
     * These bounds with another one for rememberedSessions.
     *
     * @param value how many ended sessions
     * @return the changed bounds
     */
    public Limits withRememberedSessions(int value) {
        return new Limits(
                message,
                asas,
                objectives,
                sessions,
                connections,
                queuedNegotiations,
                pendingReplies,
                floodEntries,
                discoveryEntries,
                locators,
                value);
    }
}
