package io.grasp.engine.node;

import io.grasp.config.Dull;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Link;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Noop;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What a DULL instance discards, and what its ASAs must not do (RFC 8990 section 2.5.2). Elsewhere it lets everything
 * pass.
 */
public final class DullGuard {
    private final @Nullable Dull rules;
    private final Collection<Link> links;

    public DullGuard(@Nullable Dull rules, Collection<Link> links) {
        this.rules = rules;
        this.links = links;
    }

    /** {@return whether this is a DULL instance} */
    public boolean isDull() {
        return rules != null;
    }

    /**
     * Why a link is not used, {@code null} if it is. A DULL instance has one, and on it IPv6 link-local addresses:
     * those of IPv4 do not tell which link they are on.
     */
    public @Nullable String unusable(Link link) {
        if (!isDull()) {
            return null;
        }
        InetAddress here = link.linkLocalAddress();
        if (!(here instanceof Inet6Address) || !here.isLinkLocalAddress()) {
            return "a DULL instance needs an IPv6 link-local address, which " + here.getHostAddress() + " is not";
        }
        return links.isEmpty() ? null : "a DULL instance runs on one link only";
    }

    /** Why nothing is taken from the sender of a datagram on a link, {@code null} if something is. */
    public @Nullable DropReason linkSource(@Nullable Link link, InetAddress source) {
        boolean ours = !isDull() || link != null && links.stream().anyMatch(each -> each.index() == link.index());
        return ours && (!isDull() || source.isLinkLocalAddress()) ? null : DropReason.DULL_SOURCE;
    }

    /**
     * Why nothing is taken from a peer that connects, {@code null} if something is: its address must be on our link.
     */
    public @Nullable DropReason connectionSource(InetAddress source) {
        boolean neighbor = source instanceof Inet6Address ipv6
                && ipv6.isLinkLocalAddress()
                && links.stream().anyMatch(link -> link.index() == ipv6.getScopeId());
        return !isDull() || neighbor ? null : DropReason.DULL_SOURCE;
    }

    /** Why a message that came on the link is discarded, {@code null} if it is not. */
    public @Nullable DropReason onLink(GraspMessage message) {
        if (rules == null || message instanceof Noop) {
            return null;
        }
        if (message instanceof Discovery discovery) {
            return objective(rules, discovery.objective());
        }
        if (message instanceof Flood flood) {
            return flood(rules, flood);
        }
        return onConnection(message);
    }

    /**
     * The loop count of a flood is that of its first objective, which senders, and relays, set alone; so the others'
     * say nothing. One objective that is not for this instance discards the whole.
     */
    private static @Nullable DropReason flood(Dull rules, Flood flood) {
        DropReason reason = objective(rules, flood.first());
        for (TaggedObjective tagged : flood.objectives()) {
            if (reason == null
                    && !rules.objectives().contains(tagged.objective().name())) {
                reason = DropReason.DULL_OBJECTIVE;
            }
        }
        return reason;
    }

    /** Why a flooded objective is kept out, {@code null} if it is not: its tag leads away from the link. */
    public @Nullable DropReason floodTag(@Nullable Locator tag) {
        return !isDull() || tag == null || tag.isLinkLocal() ? null : DropReason.DULL_LOCATOR;
    }

    /**
     * Why a message that was sent to this node alone is discarded, {@code null} if it is not.
     */
    public @Nullable DropReason onConnection(GraspMessage message) {
        if (rules == null || message instanceof Noop) {
            return null;
        }
        if (!(message instanceof Response response)) {
            return DropReason.DULL_TYPE;
        }
        Objective copy = response.objective();
        DropReason reason = copy == null ? null : objective(rules, copy);
        boolean local = response.options().stream().noneMatch(DullGuard::leadsAway);
        return reason != null ? reason : local ? null : DropReason.DULL_LOCATOR;
    }

    private static @Nullable DropReason objective(Dull rules, Objective objective) {
        if (!rules.objectives().contains(objective.name())) {
            return DropReason.DULL_OBJECTIVE;
        }
        return objective.loopCount() == 1 ? null : DropReason.DULL_LOOP_COUNT;
    }

    private static boolean leadsAway(GraspOption option) {
        return option instanceof GraspOption.Divert
                || option instanceof GraspOption.LocatorOption direct
                        && !direct.locator().isLinkLocal();
    }

    /** What a multicast of this instance says: one hop, if it is DULL. */
    public Objective outgoing(Objective objective) {
        if (rules == null) {
            return objective;
        }
        requireAllowed(objective.name());
        return objective.withLoopCount(1);
    }

    /** Only the objectives that the instance is for, and only where the link is. */
    public void requireRegistrable(Objective objective, RegistrationOptions options) {
        if (rules != null) {
            requireAllowed(objective.name());
            options.locators().stream()
                    .filter(locator -> !locator.isLinkLocal())
                    .findFirst()
                    .ifPresent(locator -> {
                        throw GraspException.local(
                                        GraspErrorCode.INVALID_LOCATOR,
                                        locator + " is not link-local, and a DULL instance shows nothing else")
                                .about(objective.name());
                    });
        }
    }

    private void requireAllowed(String name) {
        if (rules != null && !rules.objectives().contains(name)) {
            throw GraspException.local(
                            GraspErrorCode.NOT_OBJECTIVE,
                            "this DULL instance is for no objectives but "
                                    + String.join(
                                            ", ",
                                            rules.objectives().stream().sorted().toList()))
                    .about(name);
        }
    }

    /** Negotiation, synchronization and whatever else speaks to one peer. */
    public void refuseUnicast(Objective objective) {
        if (isDull()) {
            throw GraspException.local(
                            GraspErrorCode.NO_SECURITY,
                            "a DULL instance has no protection: it discovers and floods only")
                    .about(objective.name());
        }
    }
}
