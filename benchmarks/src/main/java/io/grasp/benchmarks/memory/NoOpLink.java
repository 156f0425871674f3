package io.grasp.benchmarks.memory;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import java.net.InetAddress;

/** A link that counts the multicasts sent on it. */
public final class NoOpLink implements Link {
    private final int index;
    private final InetAddress address;
    private long sent;
    private byte[] lastSent = {};

    NoOpLink(int index, InetAddress address) {
        this.index = index;
        this.address = address;
    }

    /** {@return the number of multicasts sent} */
    public long sent() {
        return sent;
    }

    /** {@return the last multicast sent} */
    public byte[] lastSent() {
        return lastSent;
    }

    @Override
    public String name() {
        return "link" + index;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public InetAddress linkLocalAddress() {
        return address;
    }

    @Override
    public int maxMulticastBytes() {
        return UNBOUNDED;
    }

    @Override
    public boolean repliesInBand() {
        return false;
    }

    @Override
    public void multicast(byte[] message, Completion done) {
        sent++;
        lastSent = message;
        done.done(null);
    }
}
