package io.grasp.engine.node;

import io.grasp.model.Locator;
import io.grasp.util.PeerAddresses;
import java.util.Comparator;

/**
 * Orders locators, consistently with {@code equals}. Map keys with locators of peers are comparable by it: peers can
 * choose any number of locators with the same hash code.
 */
public final class LocatorOrder implements Comparator<Locator> {
    /** The only instance. */
    public static final LocatorOrder INSTANCE = new LocatorOrder();

    private static final Comparator<Locator> PROTOCOL_AND_PORT = Comparator.comparing(
                    Locator::protocol, Comparator.nullsFirst(Comparator.<Integer>naturalOrder()))
            .thenComparing(Locator::port, Comparator.nullsFirst(Comparator.<Integer>naturalOrder()));

    private LocatorOrder() {}

    @Override
    public int compare(Locator one, Locator other) {
        int byHost = byHost(one, other);
        return byHost != 0 ? byHost : PROTOCOL_AND_PORT.compare(one, other);
    }

    private static int byHost(Locator one, Locator other) {
        if (one instanceof Locator.Ipv6 ours && other instanceof Locator.Ipv6 theirs) {
            return PeerAddresses.compare(ours.address(), theirs.address());
        }
        if (one instanceof Locator.Ipv4 ours && other instanceof Locator.Ipv4 theirs) {
            return PeerAddresses.compare(ours.address(), theirs.address());
        }
        if (one instanceof Locator.Fqdn ours && other instanceof Locator.Fqdn theirs) {
            return ours.name().compareTo(theirs.name());
        }
        if (one instanceof Locator.Uri ours && other instanceof Locator.Uri theirs) {
            return ours.uri().compareTo(theirs.uri());
        }
        return Integer.compare(kind(one), kind(other));
    }

    private static int kind(Locator locator) {
        if (locator instanceof Locator.Ipv6) {
            return 0;
        }
        if (locator instanceof Locator.Ipv4) {
            return 1;
        }
        return locator instanceof Locator.Fqdn ? 2 : 3;
    }
}
