package io.grasp.simulation.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Scripts to start from: the usual course of each kind of session, and random ones. Each method appends the decisions that
 * {@link EngineScript} and its parts read, in that order.
 */
final class ScriptSeeds {
    private static final int LONGEST = 800;
    private static final int RANDOM = 30;

    // Steps of EngineScript
    private static final int MULTICAST = 0;
    private static final int REPLY = 4;
    private static final int CONNECT = 5;
    private static final int WIRE = 6;
    private static final int CALL = 9;
    private static final int PAUSE = 13;

    // Objectives of ScriptedMessages and LocalCalls
    private static final int SYNCHRONIZED = 0;
    private static final int NEGOTIATED = 1;
    private static final int FLOODED = 2;

    // Types of ScriptedMessages
    private static final int DISCOVERY = 1;
    private static final int RESPONSE = 3;
    private static final int REQUEST_NEGOTIATION = 4;
    private static final int REQUEST_SYNCHRONIZATION = 5;
    private static final int NEGOTIATE = 6;
    private static final int END = 8;
    private static final int WAIT = 9;
    private static final int SYNCH = 10;
    private static final int FLOOD = 11;
    private static final int EXTENSION = 13;

    /** The first of several Session IDs of neighbors, and that of the last message that the engine has sent. */
    private static final int OWN_SESSION = 0;

    private static final int SESSION_OF_ENGINE = 3;

    // Addresses of EngineScript
    private static final int ENGINE = 0;
    private static final int NEIGHBOR = 1;
    private static final int FAR = 3;

    private static final int SIXTY_SECONDS = 4;

    private final ByteArrayOutputStream script = new ByteArrayOutputStream();
    private final int[] types;

    private ScriptSeeds(int[] types) {
        this.types = types;
        script.write(0);
    }

    /**
     * Scripts for an engine.
     *
     * @param types the types of messages, as {@link ScriptedMessages} numbers them
     * @param seed determines the random scripts
     */
    static Stream<byte[]> all(int[] types, int seed) {
        return Stream.concat(courses(types), random(seed));
    }

    /** The longest is the longest that a fuzzer tries. */
    private static Stream<byte[]> random(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Stream.iterate(LONGEST, length -> length * 9 / 10)
                .map(length -> {
                    byte[] script = new byte[length];
                    random.nextBytes(script);
                    return script;
                })
                .limit(RANDOM);
    }

    /** The usual course of each kind of session. */
    static Stream<byte[]> courses(int[] types) {
        return Stream.of(
                new ScriptSeeds(types).respondToNegotiation(),
                new ScriptSeeds(types).initiateNegotiation(),
                new ScriptSeeds(types).openRawChannel(),
                new ScriptSeeds(types).serveValue(),
                new ScriptSeeds(types).requestValue(),
                new ScriptSeeds(types).relayDiscovery(),
                new ScriptSeeds(types).discover(),
                new ScriptSeeds(types).flood(),
                new ScriptSeeds(types).extend());
    }

    private byte[] respondToNegotiation() {
        return register(NEGOTIATED)
                .listen(NEGOTIATED, 0)
                .connect(REQUEST_NEGOTIATION, OWN_SESSION, NEGOTIATED)
                .move(2, 5, 3, SIXTY_SECONDS) // offers 3
                .send(NEGOTIATE, OWN_SESSION, NEGOTIATED)
                .move(5, SIXTY_SECONDS) // waits
                .move(6) // accepts
                .end();
    }

    private byte[] initiateNegotiation() {
        return register(NEGOTIATED)
                .request(6, NEGOTIATED, NEIGHBOR)
                .send(WAIT, SESSION_OF_ENGINE, SIXTY_SECONDS)
                .send(NEGOTIATE, SESSION_OF_ENGINE, NEGOTIATED)
                .move(2, 5, 3, SIXTY_SECONDS)
                .send(END, SESSION_OF_ENGINE, 1)
                .add(PAUSE, 0, 4)
                .request(6, NEGOTIATED, NEIGHBOR)
                .send(END, SESSION_OF_ENGINE, 0)
                .end();
    }

    private byte[] openRawChannel() {
        return register(NEGOTIATED)
                .listen(NEGOTIATED, 2)
                .connect(REQUEST_NEGOTIATION, OWN_SESSION, NEGOTIATED)
                .move(10)
                .add(CALL, 0, 4, 1, 0, 0, 20) // demand
                .add(WIRE, 0, 0, 0, 0, 1, 5) // the item 5
                .add(CALL, 0, 4, 1, 0, 2, 5, 3) // sends 3
                .add(CALL, 0, 4, 1, 0, 3) // ends
                .end();
    }

    private byte[] serveValue() {
        return register(SYNCHRONIZED)
                .add(CALL, 0, 3, SYNCHRONIZED, 3, 5, 42) // the value 42
                .connect(REQUEST_SYNCHRONIZATION, OWN_SESSION, SYNCHRONIZED)
                .end();
    }

    private byte[] requestValue() {
        return register(SYNCHRONIZED)
                .request(3, SYNCHRONIZED, NEIGHBOR)
                .send(SYNCH, SESSION_OF_ENGINE, SYNCHRONIZED)
                .end();
    }

    private byte[] relayDiscovery() {
        return add(MULTICAST, 0)
                .message(DISCOVERY, OWN_SESSION, NEIGHBOR, 3, 1, 0, 0)
                .add(REPLY, 2)
                .message(RESPONSE, SESSION_OF_ENGINE, 0, NEIGHBOR, SIXTY_SECONDS, 0, 3, 3, FAR, 1, 0)
                .end();
    }

    private byte[] discover() {
        return register(SYNCHRONIZED)
                .add(CALL, 0, 1, 0, SYNCHRONIZED, 0, 1, SIXTY_SECONDS)
                .add(REPLY, 0)
                .message(RESPONSE, SESSION_OF_ENGINE, 0, ENGINE, SIXTY_SECONDS, 0, 3, 3, NEIGHBOR, 1, 0)
                .add(PAUSE, 0, 5)
                .end();
    }

    private byte[] flood() {
        return register(FLOODED)
                .add(CALL, 0, 6, 0, 0, FLOODED, 5, 3, 1, 0, SIXTY_SECONDS)
                .add(CALL, 0, 6, 4, FLOODED) // watches
                .add(MULTICAST, 0)
                .message(FLOOD, OWN_SESSION, NEIGHBOR, SIXTY_SECONDS, 0, FLOODED, 1, 5, 3, 0, 0)
                .add(CALL, 0, 6, 2, FLOODED)
                .add(CALL, 0, 6, 3, 0) // removes it
                .end();
    }

    private byte[] extend() {
        return add(CALL, 0, 7, 0, 1, 1, 0) // handles messages
                .add(CALL, 0, 7, 0, 1, 1, 1) // and options
                .add(MULTICAST, 0)
                .message(EXTENSION, OWN_SESSION, 0, 0, 5)
                .add(CALL, 0, 7, 0, 1, 1, 5, 0) // answers
                .connect(EXTENSION, OWN_SESSION + 1, 0, 1, 10, 0, 0, 1, 6) // from 10.0.0.1
                .add(CALL, 0, 7, 0, 1, 1, 3, 3, 3, NEIGHBOR, 1, 1, SIXTY_SECONDS) // asks
                .add(CALL, 0, 7, 0, 1, 1, 4, 0, 20) // demand for answers
                .add(WIRE, 0, 1, 0)
                .message(EXTENSION, SESSION_OF_ENGINE, 0, 0, 7)
                .end();
    }

    private byte[] end() {
        return script.toByteArray();
    }

    private ScriptSeeds add(int... decisions) {
        for (int decision : decisions) {
            script.write(decision);
        }
        return this;
    }

    /** Registers an objective with the default options. */
    private ScriptSeeds register(int objective) {
        return add(CALL, 0, 0, objective, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Listens for negotiations, or for raw channels, and accepts all of them. */
    private ScriptSeeds listen(int objective, int kind) {
        return add(CALL, 0, 3, objective, kind).add(CALL, 0, 3, objective, 4, 0, 1);
    }

    /** A call of the ASA to a peer at an address, about an objective with value 9. */
    private ScriptSeeds request(int kind, int objective, int address) {
        return add(CALL, 0, 1, kind, objective, 5, 9, 1, SIXTY_SECONDS, 3, 3, address, 1, 1);
    }

    /** A move in the first session. */
    private ScriptSeeds move(int kind, int... choices) {
        return add(CALL, 0, 4, kind, 0).add(choices);
    }

    /** The first neighbor connects and sends a message. */
    private ScriptSeeds connect(int type, int session, int... choices) {
        return add(CONNECT, 0, 0).about(type, session, choices);
    }

    /** The first neighbor sends a message on its first connection. */
    private ScriptSeeds send(int type, int session, int... choices) {
        return add(WIRE, 0, 0, 0).about(type, session, choices);
    }

    /** A message about an objective with value 7, or about what the choices say. */
    private ScriptSeeds about(int type, int session, int... choices) {
        boolean hasObjective =
                type == REQUEST_NEGOTIATION || type == REQUEST_SYNCHRONIZATION || type == NEGOTIATE || type == SYNCH;
        message(type, session, choices);
        return hasObjective ? add(1, 5, 7, 0) : this;
    }

    /** An undamaged message. */
    private ScriptSeeds message(int type, int session, int... choices) {
        int index = 0;
        while (types[index] != type && index < types.length - 1) {
            index++;
        }
        return add(2, index, session).add(choices);
    }
}
