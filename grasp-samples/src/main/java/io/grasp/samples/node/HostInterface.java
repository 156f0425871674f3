package io.grasp.samples.node;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.stream.Collectors;

/** Looks for interfaces that the user has named. */
final class HostInterface {
    private HostInterface() {}

    /**
     * Requires that this host has an interface, perhaps one that is down.
     *
     * @param option the option that names it
     * @param name its name
     * @throws IllegalStateException if it has not; the message says what to do
     */
    static void require(String option, String name) {
        try {
            if (NetworkInterface.getByName(name) == null) {
                String known = NetworkInterface.networkInterfaces()
                        .map(NetworkInterface::getName)
                        .sorted()
                        .collect(Collectors.joining(", "));
                throw new IllegalStateException(option + ": there is no interface " + name + ", only " + known
                        + "; one that comes later must be awaited (--await-links)");
            }
        } catch (SocketException e) {
            throw new IllegalStateException("cannot read the interfaces: " + e.getMessage(), e);
        }
    }
}
