package io.grasp.engine.node;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Queue;

/** A link that accepts multicasts, or does not, only when the test says so. */
public final class SlowLink implements Link {
    /** Those that wait to be accepted. */
    public final Queue<Completion> waiting = new ArrayDeque<>();

    private final TestLink properties;

    public SlowLink(String name, int index) {
        properties = new TestLink(name, index, "fe80::" + index);
    }

    @Override
    public String name() {
        return properties.name();
    }

    @Override
    public int index() {
        return properties.index();
    }

    @Override
    public InetAddress linkLocalAddress() {
        return properties.linkLocalAddress();
    }

    @Override
    public int maxMulticastBytes() {
        return properties.maxMulticastBytes();
    }

    @Override
    public boolean repliesInBand() {
        return properties.repliesInBand();
    }

    @Override
    public void multicast(byte[] message, Completion sent) {
        waiting.add(sent);
    }
}
