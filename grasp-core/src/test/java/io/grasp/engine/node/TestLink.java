package io.grasp.engine.node;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import java.net.InetAddress;

/** A link of which only its name, its index, its share and its address matter. */
public record TestLink(String name, int index, int share, InetAddress linkLocalAddress) implements Link {
    public TestLink(String name, int index, InetAddress linkLocalAddress) {
        this(name, index, index, linkLocalAddress);
    }

    public TestLink(String name, int index, String linkLocalAddress) {
        this(name, index, UnusableLocators.address(linkLocalAddress));
    }

    @Override
    public int maxMulticastBytes() {
        return 1232;
    }

    @Override
    public boolean repliesInBand() {
        return false;
    }

    @Override
    public void multicast(byte[] message, Completion sent) {
        throw new AssertionError("nothing is sent");
    }
}
