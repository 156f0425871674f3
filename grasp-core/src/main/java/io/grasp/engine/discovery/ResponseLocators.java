package io.grasp.engine.discovery;

import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Nanos;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The locators of a discovery response. */
public final class ResponseLocators {
    private ResponseLocators() {}

    /**
     * The locators in a response, direct and diverted, that can lead to a peer; the others are counted as dropped.
     * Their ttl is at most {@code Timeouts.locatorLifetime}.
     *
     * @param link the link it came from, or {@code null} if that is not known
     * @param path where it came from
     */
    public static List<AsaLocator> from(
            Response response, @Nullable Link link, EngineContext context, MessagePath path) {
        Duration ttl = shorter(ttl(response, context), context.timeouts.locatorLifetime());
        long expires = context.loop.nanoTime() + Nanos.of(ttl);
        List<AsaLocator> learned = new ArrayList<>();
        for (GraspOption option : response.options()) {
            if (option instanceof GraspOption.LocatorOption direct) {
                learned.add(at(direct.locator(), link, false, ttl, expires));
            } else if (option instanceof GraspOption.Divert divert) {
                divert.locators().stream()
                        .filter(locator -> !locator.isLinkLocal()) // RFC 8990 section 2.9.5.1 note 2
                        .forEach(locator -> learned.add(at(locator, link, true, ttl, expires)));
            }
        }
        learned.removeIf(found -> {
            // a link-local address is valid only on its link
            boolean ofNoLink = link == null && found.locator().isLinkLocal();
            // locators in the node's own diverts have been checked before
            boolean own = path.kind() == MessagePath.Kind.LOOPBACK;
            boolean unusable = !own && (ofNoLink || !context.locators.isBelieved(found.locator(), link, path));
            if (unusable) {
                context.drop(DropReason.UNUSABLE_LOCATOR, path);
            }
            return unusable;
        });
        return learned;
    }

    /** {@return the ttl of a response} If it is indefinite, it is {@code Timeouts.indefiniteDiscovery}. */
    static Duration ttl(Response response, EngineContext context) {
        return response.ttlMillis() == 0
                ? context.timeouts.indefiniteDiscovery()
                : Duration.ofMillis(response.ttlMillis());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** {@return whether a response contains anything usable} If not, a drop is counted. */
    public static boolean isAnything(Response response) {
        return response.objective() != null
                || response.options().stream().anyMatch(option -> !(option instanceof GraspOption.Unknown));
    }

    /** {@return whether a response may answer a discovery of an objective: it need not name one} */
    public static boolean isAbout(String objective, Response response) {
        return response.objective() == null || response.objective().name().equals(objective);
    }

    private static AsaLocator at(Locator locator, @Nullable Link link, boolean diverted, Duration ttl, long expires) {
        return link == null
                ? new AsaLocator(locator, "", 0, diverted, ttl, expires)
                : new AsaLocator(locator, link.name(), link.index(), diverted, ttl, expires);
    }
}
