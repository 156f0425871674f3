package io.grasp.engine.node;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.substrate.Link;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The locators of this node's ASAs according to their registrations (RFC 8991 section 2.3.3), for peers and for the
 * node itself.
 */
public final class OwnLocators {
    private final EngineContext context;

    OwnLocators(EngineContext context) {
        this.context = context;
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
                    .filter(locator -> !locator.isLinkLocal() || link != null && context.addresses.isOn(link, locator))
                    .toList();
        }
        if (link == null) {
            return options.local() ? List.of() : List.of(context.addresses.beyondLinks(peer));
        }
        return List.of(context.addresses.onLink(link, options.local()));
    }

    /** {@return the locators for ASAs of this node} */
    public List<AsaLocator> onNode(RegistrationOptions options) {
        Duration ttl = options.ttl().isZero() ? context.timeouts.unlimitedDiscovery() : options.ttl();
        if (!options.locators().isEmpty()) {
            return options.locators().stream()
                    .map(locator -> at(locator, linkOf(locator), ttl))
                    .toList();
        }
        if (!options.local()) {
            return List.of(at(context.addresses.onNode(), null, ttl));
        }
        if (context.links().isEmpty()) { // RFC 4291 section 2.5.3: the loopback address has link-local scope
            return List.of(at(context.addresses.loopback(), null, ttl));
        }
        return context.links().stream()
                .map(link -> at(context.addresses.onLink(link, true), link, ttl))
                .toList();
    }

    private @Nullable Link linkOf(Locator locator) {
        return locator.isLinkLocal()
                ? context.links().stream()
                        .filter(link -> context.addresses.isOn(link, locator))
                        .findFirst()
                        .orElse(null)
                : null;
    }

    private static AsaLocator at(Locator locator, @Nullable Link link, Duration ttl) {
        return link == null
                ? new AsaLocator(locator, "", 0, false, ttl)
                : new AsaLocator(locator, link.name(), link.index(), false, ttl);
    }
}
