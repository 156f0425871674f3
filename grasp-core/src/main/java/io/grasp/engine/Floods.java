package io.grasp.engine;

import io.grasp.model.ExtensionMessage;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Chain;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.Flood;
import io.grasp.wire.MessageEncoder;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Flooding, both ways (RFC 8990 sections 2.5.6.2 and 2.8.11, RFC 8991 section 2.3.6). */
final class Floods {
    private final EngineContext context;
    private final FloodCache cache;
    private final FloodRelay relay;
    private final Memory<SessionKey> heard;
    private final Map<String, Set<Watch>> watches = new LinkedHashMap<>();

    Floods(EngineContext context, FloodRelay relay) {
        this.context = context;
        this.relay = relay;
        this.cache = new FloodCache(
                context.loop,
                context.limits.floodEntries(),
                context.addresses::isOurs,
                new CacheTold(context.observer, CacheKind.FLOOD));
        this.heard = new Memory<>(context.loop, context.timeouts.sessionMemory(), context.limits.rememberedSessions());
    }

    /** Sends objectives on every link and keeps them for the ASAs of this node. */
    void flood(EngineAsa asa, List<TaggedObjective> objectives, long ttlMillis, FloodOption option, Completion sent) {
        SessionId id = context.sessions.unused();
        InetAddress initiator = context.addresses.initiator();
        List<TaggedObjective> complete = objectives.stream()
                .map(tagged -> new TaggedObjective(Placeholder.ifNone(tagged.objective()), tagged.locator()))
                .toList();
        List<Multicast> multicasts = Multicast.onAllLinks(
                context,
                link -> withOption(
                        option, new Flood(id, initiator, ttlMillis, onLink(complete, initiator, link), List.of())));
        context.sessions.rememberMulticast(id, initiator);
        complete.forEach(tagged -> keep(tagged, initiator, "", ttlMillis, asa));
        Multicast.send(multicasts, context, sent);
    }

    private static Flood withOption(FloodOption option, Flood flood) {
        if (option == FloodOption.NONE) {
            return flood;
        }
        ObjectiveValue added = option.of(MessageEncoder.encode(flood));
        if (!added.isPresent()) {
            return flood;
        }
        ExtensionMessage.requireUnassigned(ExtensionCodec.optionType(added.item()));
        return new Flood(
                flood.session(), flood.initiator(), flood.ttlMillis(), flood.objectives(), List.of(added.item()));
    }

    /** What must not leave the link goes with loop count 1: link-local tags, and all from a link-local initiator. */
    private static List<TaggedObjective> onLink(List<TaggedObjective> objectives, InetAddress initiator, Link link) {
        boolean ownLink = objectives.stream().anyMatch(Floods::isUnspecified);
        if (!ownLink && !initiator.isLinkLocalAddress()) {
            return objectives;
        }
        List<TaggedObjective> local = new ArrayList<>(objectives.size());
        for (TaggedObjective tagged : objectives) {
            Locator tag = tagged.locator();
            if (isUnspecified(tagged) && tag instanceof Locator.Ipv6 ipv6) {
                tag = at(link.linkLocalAddress(), ipv6);
            }
            local.add(new TaggedObjective(tagged.objective().withLoopCount(1), tag));
        }
        return local;
    }

    private static Locator at(InetAddress address, Locator.Ipv6 unspecified) {
        return address instanceof Inet4Address ipv4
                ? new Locator.Ipv4(ipv4, unspecified.protocol(), unspecified.port())
                : new Locator.Ipv6((Inet6Address) address, unspecified.protocol(), unspecified.port());
    }

    private static boolean isUnspecified(TaggedObjective tagged) {
        return tagged.locator() instanceof Locator.Ipv6 ipv6 && ipv6.isUnspecified();
    }

    void received(Flood flood, byte[] encoded, Link link, MessagePath path) {
        Objective first = flood.first();
        if (flood.initiator().isLinkLocalAddress() && first.loopCount() != 1) {
            context.drop(DropReason.LINK_LOCAL_FLOOD, path);
        } else if (!heard.add(new SessionKey(flood.session(), flood.initiator()))) {
            context.drop(DropReason.DUPLICATE, path);
        } else {
            context.sessions.heard(flood.session());
            if (flood.objectives().isEmpty()) {
                context.drop(DropReason.NOTHING_USABLE, path);
            }
            context.observer.floodProcessed(flood, path);
            context.options.in(flood, encoded, path);
            for (TaggedObjective tagged : flood.objectives()) {
                if (tagged.locator() == null || context.locators.isBelieved(tagged.locator(), link)) {
                    keep(tagged, flood.initiator(), link.name(), flood.ttlMillis(), null);
                } else {
                    context.drop(DropReason.UNUSABLE_LOCATOR, path);
                }
            }
            relay.flood(flood, encoded, link, path);
        }
    }

    private void keep(
            TaggedObjective tagged, InetAddress initiator, String link, long ttlMillis, @Nullable EngineAsa by) {
        FloodedObjective kept = cache.put(tagged, initiator, link, ttlMillis, by);
        Set<Watch> interested = watches.get(tagged.objective().name());
        if (interested != null) {
            List.copyOf(interested).forEach(watch -> watch.events.flooded(kept));
        }
    }

    /** Forgets what an ASA has flooded, of one objective or of all ({@code null}): its registration is withdrawn. */
    void withdraw(EngineAsa asa, @Nullable String name) {
        cache.withdraw(asa, name);
    }

    void linkDown(Link gone) {
        cache.linkDown(gone);
    }

    List<FloodedObjective> get(String name) {
        return cache.get(name);
    }

    void expire(TaggedObjective tagged) {
        if (!cache.expire(tagged)) {
            throw GraspException.local(GraspErrorCode.NOT_OBJECTIVE, "no such objective is in the flood cache")
                    .about(tagged.objective().name());
        }
    }

    /** Tells what is kept of an objective, and then whatever is flooded of it. */
    Cancellable watch(EngineAsa asa, String name, FloodEvents events) {
        Watch watch = new Watch(asa, name, events);
        watches.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(watch);
        get(name).forEach(events::flooded);
        return watch;
    }

    private final class Watch implements Cancellable, Endable {
        private final Chain.Link<Endable> owned;
        private final String name;
        private final FloodEvents events;

        Watch(EngineAsa asa, String name, FloodEvents events) {
            this.name = name;
            this.events = events;
            this.owned = asa.own(this);
        }

        @Override
        public void cancel() {
            remove();
        }

        @Override
        public void end(GraspException reason) {
            if (remove()) {
                events.stopped();
            }
        }

        private boolean remove() {
            Set<Watch> all = watches.get(name);
            if (all == null || !all.remove(this)) {
                return false;
            }
            if (all.isEmpty()) {
                watches.remove(name);
            }
            owned.leave();
            return true;
        }
    }
}
