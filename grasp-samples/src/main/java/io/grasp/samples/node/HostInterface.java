package io.grasp.samples.node;

import java.net.NetworkInterface;
import java.net.SocketException;

/** Looks for interfaces that the user has named. */
final class HostInterface {
    private HostInterface() {}

    /** {@return whether this host has an interface, perhaps one that is down} */
    private static boolean exists(String name) {
        try {
            return NetworkInterface.getByName(name) != null;
        } catch (SocketException e) {
            throw new IllegalStateException("cannot read the interfaces: " + e.getMessage(), e);
        }
    }

    /**
     * Requires that this host has an interface.
     *
     * @throws IllegalStateException if it has not; the message says what to do
     */
    static void require(String name) {
        if (!exists(name)) {
            throw new IllegalStateException(
                    "there is no interface " + name + "; one that comes later must be awaited (--await-links)");
        }
    }
}
