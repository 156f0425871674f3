package io.grasp.engine.flood;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Activity;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.CompactKey;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.engine.node.LocatorOrder;
import io.grasp.engine.node.Multicast;
import io.grasp.engine.node.NodeFailure;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.node.TextBytes;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.util.LazyMap;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.Flood;
import io.grasp.wire.MessageEncoder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Flooding, sending and receiving (RFC 8990 sections 2.5.6.2 and 2.8.11, RFC 8991 section 2.3.6). */
public final class FloodManager {
    private final EngineContext context;
    private final FloodCache cache;
    private final FloodRelay relay;
    private final ExpiringSet<CompactKey> heard;
    private final ExpiringSet<HeardTag> tags;
    private final ExpiringSet<FirstCopy> firstCopies;
    private final FairPlaces<Runnable> waiting;
    private final Map<String, Set<Watch>> watches = new LazyMap<>();

    public FloodManager(EngineContext context) {
        this.context = context;
        this.relay = new FloodRelay(context);
        this.cache = new FloodCache(
                context.loop,
                context.limits.floodBytes(),
                context.limits.ownFloodBytes(),
                context.addresses::isOurs,
                new CacheObserver(context.observer, CacheKind.FLOOD));
        this.waiting =
                new FairPlaces<>(context.limits.waitingFloodBytes(), WhenOwnShareIsUsed.REPLACE_OLDEST, Runnable::run);
        this.heard = context.remember(context.timeouts.sessionMemory());
        this.tags = context.remember(context.timeouts.sessionMemory());
        this.firstCopies = context.remember(context.timeouts.sessionMemory());
    }

    /** Sends objectives on every link, and caches them for the ASAs of this node. */
    public void flood(
            RegisteredAsa asa,
            List<TaggedObjective> objectives,
            long ttlMillis,
            FloodOptionFactory option,
            Completion sent) {
        objectives.forEach(this::requireLink);
        SessionId id = context.sessions.unused();
        InetAddress initiator = context.addresses.initiator();
        List<TaggedObjective> complete = objectives.stream()
                .map(tagged -> new TaggedObjective(Placeholder.ifNone(tagged.objective()), tagged.locator()))
                .toList();
        Map<Link, List<TaggedObjective>> onLinks = new LinkedHashMap<>();
        for (Link link : context.links()) {
            List<TaggedObjective> onLink = onLink(complete, initiator, link);
            if (!onLink.isEmpty()) {
                onLinks.put(link, onLink);
            }
        }
        List<Multicast> multicasts = Multicast.onLinks(
                onLinks.keySet(),
                context,
                link -> withOption(
                        option, new Flood(id, initiator, ttlMillis, onLinks.getOrDefault(link, List.of()), List.of())),
                link -> complete.stream().anyMatch(tagged -> isFor(link, tagged.locator())));
        onLinks.keySet().retainAll(multicasts.stream().map(Multicast::link).toList());
        context.sessions.rememberMulticast(id, initiator);
        keepSent(asa, complete, onLinks, initiator, ttlMillis);
        Multicast.send(multicasts, context, sent);
    }

    /** {@return whether a tag is a link-local address on this link, so that it can be sent only there} */
    private boolean isFor(Link link, @Nullable Locator tag) {
        return tag != null && tag.isLinkLocal() && context.addresses.isOn(link, tag);
    }

    /** Refuses a link-local tag that is on no link of this node: on any link it would mean another host. */
    private void requireLink(TaggedObjective tagged) {
        Locator tag = tagged.locator();
        if (tag != null
                && tag.isLinkLocal()
                && !context.links().isEmpty()
                && context.links().stream().noneMatch(link -> isFor(link, tag))) {
            throw GraspException.local(
                            GraspErrorCode.INVALID_LOCATOR, tag + " is link-local, but on no link of this node")
                    .about(tagged.objective().name());
        }
    }

    /** Caches a tag that differs by link once for each link; any other tag once, with its greatest loop count. */
    private void keepSent(
            RegisteredAsa asa,
            List<TaggedObjective> complete,
            Map<Link, List<TaggedObjective>> onLinks,
            InetAddress initiator,
            long ttlMillis) {
        Map<TaggedObjective, TaggedObjective> farthest = new LinkedHashMap<>();
        for (TaggedObjective tagged : complete) {
            if (!isOfLink(tagged)) {
                farthest.put(tagged.withLoopCount(0), onLinks.isEmpty() ? tagged : tagged.withLoopCount(0));
            }
        }
        onLinks.forEach((link, objectives) -> {
            for (TaggedObjective tagged : objectives) {
                TaggedObjective known = farthest.get(tagged.withLoopCount(0));
                if (known == null) {
                    keepOwn(tagged, initiator, link, ttlMillis, asa);
                } else if (known.objective().loopCount() < tagged.objective().loopCount()) {
                    farthest.put(tagged.withLoopCount(0), tagged);
                }
            }
        });
        farthest.values().forEach(tagged -> keepOwn(tagged, initiator, null, ttlMillis, asa));
    }

    private static Flood withOption(FloodOptionFactory option, Flood flood) {
        if (option == FloodOptionFactory.NONE) {
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

    /**
     * The objectives to flood on a link. A link-local tag is sent only on its own link. Objectives sent together with
     * it, or from a link-local initiator, must not leave the link: their loop count is 1 (RFC 8990 sections 2.5.6.2 and
     * 2.9.5.1 note 1).
     */
    private List<TaggedObjective> onLink(List<TaggedObjective> objectives, InetAddress initiator, Link link) {
        List<TaggedObjective> here = new ArrayList<>(objectives.size());
        boolean ofLink = initiator.isLinkLocalAddress();
        for (TaggedObjective tagged : objectives) {
            Locator tag = tagged.locator();
            if (isUnspecified(tagged) && tag instanceof Locator.Ipv6 ipv6) {
                ofLink = true;
                here.add(new TaggedObjective(
                        tagged.objective(), Locator.of(link.linkLocalAddress(), ipv6.protocol(), ipv6.port())));
            } else if (tag == null || !tag.isLinkLocal()) {
                here.add(tagged);
            } else if (isFor(link, tag)) {
                ofLink = true;
                here.add(tagged);
            }
        }
        if (ofLink) {
            here.replaceAll(tagged -> tagged.withLoopCount(1));
        }
        return here;
    }

    private static boolean isUnspecified(TaggedObjective tagged) {
        return tagged.locator() instanceof Locator.Ipv6 ipv6 && ipv6.isUnspecified();
    }

    /** {@return whether the objective as sent differs by link} */
    private static boolean isOfLink(TaggedObjective tagged) {
        return isUnspecified(tagged)
                || tagged.locator() != null && tagged.locator().isLinkLocal();
    }

    /**
     * A flood came in on a link. Objectives that the neighbor may not flood are left out, and not relayed either. Nor
     * are its options then: a signature, for example, is about the whole flood.
     */
    public void received(Flood flood, byte[] encoded, Link link, MessagePath path) {
        Set<String> denied = new HashSet<>();
        for (String name : flood.names()) {
            if (!context.policy.permits(path, PeerAction.FLOOD, name)) {
                denied.add(name);
            }
        }
        if (denied.isEmpty()) {
            process(flood, encoded, link, path);
            return;
        }
        context.drop(DropReason.NOT_AUTHORIZED, path);
        Flood permitted = flood.without(denied);
        if (permitted != null) {
            process(permitted, MessageEncoder.encode(permitted), link, path);
        }
    }

    private void process(Flood flood, byte[] encoded, Link link, MessagePath path) {
        Objective first = flood.first();
        if (flood.initiator().isLinkLocalAddress() && first.loopCount() != 1) {
            context.drop(DropReason.LINK_LOCAL_FLOOD, path);
            return;
        }
        SessionKey key = new SessionKey(flood.session(), flood.initiator());
        TrafficSource source = context.sourceOf(link, path);
        Set<String> known = heardBefore(key, flood, source);
        if (known.isEmpty()) {
            processFirst(key, flood, flood.objectives(), encoded, link, source, path);
            return;
        }
        List<TaggedObjective> others = flood.objectives().stream()
                .filter(tagged -> !known.contains(tagged.objective().name()))
                .toList();
        boolean hasOthers = !known.containsAll(flood.names());
        if (hasOthers) {
            processFirst(key, flood, others, encoded, link, source, path);
        }
        if (!keepOtherTags(key, flood, link, source, path) && !hasOthers) {
            context.drop(DropReason.DUPLICATE, path);
        }
    }

    /**
     * {@return the objectives that have been heard in the session of a flood} Without a policy a session has one flood,
     * so these are all or none.
     */
    private Set<String> heardBefore(SessionKey key, Flood flood, TrafficSource source) {
        if (context.policy.permitsAll()) {
            return heard.add(compact(key, Set.of()), source) ? Set.of() : flood.names();
        }
        Set<String> known = new HashSet<>();
        for (String name : flood.names()) {
            if (!heard.add(compact(key, Set.of(name)), source)) {
                known.add(name);
            }
        }
        return known;
    }

    private CompactKey compact(SessionKey key, Set<String> objectives) {
        return CompactKey.of(context.policy.keyOf(key, objectives));
    }

    /**
     * A flood with objectives that have not come before in its session. Others may have come before, in a copy of the
     * session by another member. Options are reported, and the flood is relayed, with the bytes that were received:
     * that happens at most once for each objective.
     *
     * @param objectives those that have not come before
     */
    private void processFirst(
            SessionKey key,
            Flood flood,
            List<TaggedObjective> objectives,
            byte[] encoded,
            Link link,
            TrafficSource source,
            MessagePath path) {
        if (objectives.stream().anyMatch(tagged -> isLinkLocal(tagged.locator()))) {
            firstCopies.add(new FirstCopy(key, flood.first().loopCount()), source);
        }
        context.sessions.heard(flood.session(), source);
        if (objectives.isEmpty()) {
            context.drop(DropReason.NOTHING_USABLE, path);
        }
        context.observer.floodProcessed(flood, path);
        context.options().in(flood, encoded, path);
        for (TaggedObjective tagged : objectives) {
            DropReason unusable = unusable(tagged, link, path);
            if (unusable == null) {
                isNew(tagged, key, flood, link, source);
                keep(tagged, flood, link, source, path);
            } else {
                context.drop(unusable, path);
            }
        }
        relay.flood(flood, encoded, link, path, source);
    }

    /** {@return why a flooded objective is not cached, or {@code null} if it is} */
    private @Nullable DropReason unusable(TaggedObjective tagged, Link link, MessagePath path) {
        Locator tag = tagged.locator();
        boolean believed = tag == null || context.locators.isBelieved(tag, link, path);
        return believed ? context.dull.floodTag(tag) : DropReason.UNUSABLE_LOCATOR;
    }

    /**
     * A flood whose tags are link-local addresses of its sender differs by link, and arrives on each link that both
     * nodes share: each tag is a separate entry (RFC 8990 section 2.8.11). Everything else in the flood has already
     * been processed.
     *
     * @return whether there was another tag
     */
    private boolean keepOtherTags(SessionKey key, Flood flood, Link link, TrafficSource source, MessagePath path) {
        boolean any = false;
        for (TaggedObjective tagged : flood.objectives()) {
            if (unusable(tagged, link, path) == null && isNew(tagged, key, flood, link, source)) {
                keep(tagged, flood, link, source, path);
                any = true;
            }
        }
        return any;
    }

    /**
     * The same link-local tag on another link is a different tag if it is the sender's address there, and if the flood
     * was not relayed to that link: a relayed copy would have a lower loop count than the copy received first.
     */
    private boolean isNew(TaggedObjective tagged, SessionKey key, Flood flood, Link link, TrafficSource source) {
        Locator tag = tagged.locator();
        if (tag == null) {
            return false;
        }
        if (!tag.isLinkLocal()) {
            return hear(new HeardTag(key, tagged.objective().name(), tag, 0), source);
        }
        return firstCopies.contains(new FirstCopy(key, flood.first().loopCount()))
                && hear(new HeardTag(key, tagged.objective().name(), tag, link.index()), source);
    }

    private boolean hear(HeardTag tag, TrafficSource source) {
        return tags.add(tag, source, TextBytes.of(tag.name, tag.tag));
    }

    private static boolean isLinkLocal(@Nullable Locator tag) {
        return tag != null && tag.isLinkLocal();
    }

    /** @param loopCount the loop count of the copy that was received first */
    record FirstCopy(SessionKey session, int loopCount) implements Comparable<FirstCopy> {
        @Override
        public int compareTo(FirstCopy other) {
            int bySession = session.compareTo(other.session);
            return bySession != 0 ? bySession : Integer.compare(loopCount, other.loopCount);
        }
    }

    /** @param linkIndex 0 for a tag that is the same on every link */
    record HeardTag(SessionKey session, String name, Locator tag, int linkIndex) implements Comparable<HeardTag> {
        private static final Comparator<HeardTag> ORDER = Comparator.comparing(HeardTag::session)
                .thenComparing(HeardTag::name)
                .thenComparing(HeardTag::tag, LocatorOrder.INSTANCE)
                .thenComparingInt(HeardTag::linkIndex);

        @Override
        public int compareTo(HeardTag other) {
            return ORDER.compare(this, other);
        }
    }

    private void keep(TaggedObjective tagged, Flood flood, Link link, TrafficSource source, MessagePath path) {
        FloodCache.Added added = cache.put(tagged, flood.initiator(), link, flood.ttlMillis(), source, path.identity());
        kept(added, source, path);
    }

    private void keepOwn(
            TaggedObjective tagged, InetAddress initiator, @Nullable Link link, long ttlMillis, RegisteredAsa by) {
        kept(cache.putOwn(tagged, initiator, link, ttlMillis, by), TrafficSource.ofThisNode(), MessagePath.LOOPBACK);
    }

    private void kept(FloodCache.Added added, TrafficSource source, MessagePath path) {
        FloodedObjective flooded = added.flooded();
        if (added.contested() != null) {
            context.contest(flooded, added.contested(), path);
        }
        Set<Watch> interested = watches.get(flooded.objective().name());
        if (interested != null) {
            List.copyOf(interested).forEach(watch -> watch.events.flooded(flooded, source));
        }
    }

    /** Removes the floods of an ASA whose registration is withdrawn, of one objective or of all ({@code null}). */
    public void withdraw(RegisteredAsa asa, @Nullable String name) {
        cache.withdraw(asa, name);
    }

    public void linkDown(Link gone) {
        cache.linkDown(gone);
        relay.linkDown(gone);
    }

    /** {@return whether this node has relayed a flood, within the time in which it is not relayed again} */
    public boolean hasRelayed(Flood flood) {
        return relay.hasRelayed(flood);
    }

    /** Floods that wait to be relayed are dropped. */
    public void stopRelaying() {
        relay.close();
    }

    /** {@return the memory of all floods that wait for subscribers; a holder removes the flood} */
    public FairPlaces<Runnable> waiting() {
        return waiting;
    }

    public List<FloodedObjective> get(String name) {
        return cache.get(name);
    }

    public void expire(TaggedObjective tagged) {
        requireCached(cache.expire(tagged), tagged);
    }

    public void expire(FloodedObjective flooded) {
        requireCached(cache.expire(flooded.tagged(), flooded.linkIndex()), flooded.tagged());
    }

    private static void requireCached(boolean cached, TaggedObjective tagged) {
        if (!cached) {
            throw GraspException.local(GraspErrorCode.NOT_OBJECTIVE, "no such objective is in the flood cache")
                    .about(tagged.objective().name());
        }
    }

    /** Reports the cached entries of an objective, and then further floods of it. */
    public Cancellable watch(RegisteredAsa asa, String name, FloodEvents events) {
        Watch watch = new Watch(asa, name, events);
        watches.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(watch);
        cache.forEach(name, events::flooded);
        return watch;
    }

    private final class Watch extends Activity {
        private final String name;
        private final FloodEvents events;

        Watch(RegisteredAsa asa, String name, FloodEvents events) {
            super(asa);
            this.name = name;
            this.events = events;
        }

        @Override
        public void cancel() {
            leave();
        }

        @Override
        public void end(GraspException reason) {
            if (leave()) {
                if (NodeFailure.isReason(reason)) {
                    events.failed(reason);
                } else {
                    events.stopped();
                }
            }
        }

        @Override
        protected boolean leave() {
            Set<Watch> all = watches.get(name);
            if (all != null && all.remove(this) && all.isEmpty()) {
                watches.remove(name);
            }
            return super.leave();
        }
    }
}
