package io.grasp.engine.node;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.TreeSet;

/**
 * Identifies an M_DISCOVERY or M_FLOOD. The session does (RFC 8990 section 2.7); with a policy the objectives of a
 * flood do too: any neighbor can copy a Session ID and an initiator, and one that is permitted to flood some
 * objective must not hide the floods of objectives that it may not send.
 *
 * @param objectives a digest of the names of the objectives; 0 if the session is enough
 */
public record MulticastKey(SessionKey session, long objectives) implements Comparable<MulticastKey> {
    /** {@return the key of a message that its session identifies} */
    public static MulticastKey of(SessionKey session) {
        return new MulticastKey(session, 0);
    }

    /** {@return the key of a flood of these objectives} */
    static MulticastKey withObjectives(SessionKey session, Set<String> names) {
        MessageDigest digest = sha256();
        for (String name : new TreeSet<>(names)) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            digest.update(bytes);
        }
        return new MulticastKey(session, ByteBuffer.wrap(digest.digest()).getLong());
    }

    /** Peers choose what the keys are made of. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public int compareTo(MulticastKey other) {
        int bySession = session.compareTo(other.session);
        return bySession != 0 ? bySession : Long.compare(objectives, other.objectives);
    }
}
