package io.grasp.simulation.adversary;

import io.grasp.model.SessionId;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/** The random choices of an adversary. */
final class Choices {
    private static final int DOCUMENTATION = 0x20010db8;
    private static final int LINK_LOCAL = 0xfe800000;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 0xFFFF - FIRST_PORT;
    private static final int NO_SCOPE = -1;

    private final SplittableRandom random;

    Choices(long seed) {
        random = new SplittableRandom(seed);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long delayBelow(long nanos) {
        return random.nextLong(nanos);
    }

    <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    SessionId session() {
        return new SessionId(random.nextLong(SessionId.MAX_VALUE + 1));
    }

    /** {@return a name that no ASA is likely to know} */
    String name() {
        return "x" + Long.toHexString(random.nextLong());
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    int port() {
        return FIRST_PORT + random.nextInt(PORTS);
    }

    /** {@return an address that is valid everywhere and that no node has, in one of many /64} */
    InetAddress routable() {
        return address(DOCUMENTATION, random.nextInt(), random.nextInt(), random.nextInt());
    }

    /** {@return a link-local address, which no node is likely to have} */
    InetAddress linkLocal() {
        return address(LINK_LOCAL, 0, random.nextInt(), random.nextInt());
    }

    /**
     * {@return one of the addresses of an adversary, in a /64 of its own}
     *
     * @param host a number that no other adversary of the network has
     * @param index which one, from 1
     */
    static InetAddress own(int host, int index) {
        return address(DOCUMENTATION, host << Short.SIZE | index, 0, 1);
    }

    /**
     * {@return one of the addresses of an adversary that share a /64}
     *
     * @param host a number that no other adversary of the network has
     * @param index which one, from 1
     */
    static InetAddress onLink(int host, int index) {
        return address(DOCUMENTATION, host << Short.SIZE, 0, index);
    }

    /** {@return the address of a series whose members have the same hash code in Java: the sum of their four words} */
    static InetAddress colliding(int member) {
        return address(DOCUMENTATION, member, -member, 1);
    }

    private static InetAddress address(int first, int second, int third, int fourth) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putInt(first)
                .putInt(second)
                .putInt(third)
                .putInt(fourth)
                .array();
        try {
            return Inet6Address.getByAddress(null, bytes, NO_SCOPE);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }
}
