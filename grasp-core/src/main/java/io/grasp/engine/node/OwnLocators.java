package io.grasp.engine.node;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The locators of this node's ASAs according to their registrations (RFC 8991 section 2.3.3), for peers and for the
 * node itself.
 */
public final class OwnLocators {
    private final Loop loop;
    private final NodeAddresses addresses;
    private final Collection<Link> links;
    private final Duration indefiniteTtl;

    /** @param indefiniteTtl how long a locator is valid if its registration sets no limit */
    OwnLocators(Loop loop, NodeAddresses addresses, Collection<Link> links, Duration indefiniteTtl) {
        this.loop = loop;
        this.addresses = addresses;
        this.links = links;
        this.indefiniteTtl = indefiniteTtl;
    }

    /**
     * {@return the locators for a peer, without link-local ones of a link that is not known to be the peer's}
     *
     * @param link the peer's link, if it is known
     * @param peer the peer's address
     */
    public List<Locator> forPeer(RegistrationOptions options, @Nullable Link link, InetAddress peer) {
        if (!options.locators().isEmpty()) {
            return options.locators().stream()
                    .filter(locator -> !locator.isLinkLocal() || link != null && addresses.isOn(link, locator))
                    .toList();
        }
        if (link == null) {
            return options.local() ? List.of() : List.of(addresses.beyondLinks(peer));
        }
        return List.of(addresses.onLink(link, options.local()));
    }

    /** {@return the locators for ASAs of this node} */
    public List<AsaLocator> onNode(RegistrationOptions options) {
        Duration ttl = options.isIndefinite() ? indefiniteTtl : options.ttl();
        if (!options.locators().isEmpty()) {
            return options.locators().stream()
                    .map(locator -> at(locator, linkOf(locator), ttl))
                    .toList();
        }
        if (!options.local()) {
            return List.of(at(addresses.onNode(), null, ttl));
        }
        if (links.isEmpty()) { // RFC 4291 section 2.5.3: the loopback address has link-local scope
            return List.of(at(addresses.loopback(), null, ttl));
        }
        return links.stream()
                .map(link -> at(addresses.onLink(link, true), link, ttl))
                .toList();
    }

    private @Nullable Link linkOf(Locator locator) {
        return locator.isLinkLocal()
                ? links.stream()
                        .filter(link -> addresses.isOn(link, locator))
                        .findFirst()
                        .orElse(null)
                : null;
    }

    private AsaLocator at(Locator locator, @Nullable Link link, Duration ttl) {
        long expires = loop.nanoTime() + Nanos.of(ttl);
        return link == null
                ? new AsaLocator(locator, "", 0, false, ttl, expires)
                : new AsaLocator(locator, link.name(), link.index(), false, ttl, expires);
    }
}
