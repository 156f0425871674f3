package io.grasp.samples.doctor;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The addresses of this host: several nodes may share them, and what one of them says shows nothing of the network. */
final class HostAddresses {
    private HostAddresses() {}

    /** {@return whether an address is one of this host, as its interfaces are now} */
    static Predicate<InetAddress> now() {
        try {
            Set<InetAddress> own = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toSet());
            return own::contains; // addresses are equal whatever their scopes are
        } catch (SocketException noneIsUp) {
            return address -> false;
        }
    }
}
