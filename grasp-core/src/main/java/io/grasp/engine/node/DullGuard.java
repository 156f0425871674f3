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
import io.grasp.util.AddressText;
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
 * Decides what a DULL instance discards, and what its ASAs must not do (RFC 8990 section 2.5.2). For other instances it
 * accepts everything.
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
     * Why a link is not used, {@code null} if it is. A DULL instance uses one link, and only with an IPv6 link-local
     * address: a link-local IPv4 address does not identify its link.
     */
    public @Nullable String unusable(Link link) {
        if (!isDull()) {
            return null;
        }
        InetAddress here = link.linkLocalAddress();
        if (!(here instanceof Inet6Address) || !here.isLinkLocalAddress()) {
            return "a DULL instance needs an IPv6 link-local address, not " + AddressText.of(here);
        }
        return links.isEmpty() ? null : "a DULL instance runs on one link only";
    }

    /** {@return why datagrams from a sender on a link are discarded, or {@code null} if they are not} */
    public @Nullable DropReason linkSource(@Nullable Link link, InetAddress source) {
        boolean ours = !isDull() || link != null && links.stream().anyMatch(each -> each.index() == link.index());
        return ours && (!isDull() || source.isLinkLocalAddress()) ? null : DropReason.DULL_SOURCE;
    }

    /** {@return why a peer's connection is refused, or {@code null} if it is not} Its address must be on our link. */
    public @Nullable DropReason connectionSource(InetAddress source) {
        boolean neighbor = source instanceof Inet6Address ipv6
                && ipv6.isLinkLocalAddress()
                && links.stream().anyMatch(link -> link.index() == ipv6.getScopeId());
        return !isDull() || neighbor ? null : DropReason.DULL_SOURCE;
    }

    /** {@return why a message that came on the link is discarded, or {@code null} if it is not} */
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
     * The loop count of a flood is that of its first objective; senders and relays set no other, so the others mean
     * nothing. One objective that is not allowed discards the whole flood.
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

    /** {@return why a flooded objective is discarded, or {@code null} if it is not} Its tag is not link-local. */
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

    /** The objective as this instance multicasts it: with a loop count of 1 if it is DULL. */
    public Objective outgoing(Objective objective) {
        if (rules == null) {
            return objective;
        }
        requireAllowed(objective.name());
        return objective.withLoopCount(1);
    }

    /** Requires an objective that the instance allows, and link-local locators. */
    public void requireRegistrable(Objective objective, RegistrationOptions options) {
        if (rules != null) {
            requireAllowed(objective.name());
            options.locators().forEach(locator -> requireLinkLocal(locator, objective));
        }
    }

    /** Requires a tag that other DULL instances accept: none, a link-local one, or {@code ::}, which becomes one. */
    public void requireFloodable(TaggedObjective tagged) {
        Locator tag = tagged.locator();
        boolean becomesLinkLocal = tag instanceof Locator.Ipv6 ipv6 && ipv6.isUnspecified();
        if (rules != null && tag != null && !becomesLinkLocal) {
            requireLinkLocal(tag, tagged.objective());
        }
    }

    private static void requireLinkLocal(Locator locator, Objective objective) {
        if (!locator.isLinkLocal()) {
            throw GraspException.local(
                            GraspErrorCode.INVALID_LOCATOR,
                            locator + " is not link-local, and a DULL instance allows no other locators")
                    .about(objective.name());
        }
    }

    private void requireAllowed(String name) {
        if (rules != null && !rules.objectives().contains(name)) {
            throw GraspException.local(
                            GraspErrorCode.NOT_OBJECTIVE,
                            "this DULL instance allows only the objectives "
                                    + String.join(
                                            ", ",
                                            rules.objectives().stream().sorted().toList()))
                    .about(name);
        }
    }

    /** Refuses negotiation, synchronization and all other unicast operations. */
    public void refuseUnicast(Objective objective) {
        if (isDull()) {
            throw GraspException.local(
                            GraspErrorCode.NO_SECURITY,
                            "a DULL instance has no protection: it only discovers and floods")
                    .about(objective.name());
        }
    }
}
