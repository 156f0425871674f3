package io.grasp.engine;

import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.discovery.DiscoveryCache;
import io.grasp.engine.discovery.DiscoveryRelay;
import io.grasp.engine.flood.FloodManager;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Numbered;
import io.grasp.engine.node.OpenChannel;
import io.grasp.engine.node.PageRange;
import io.grasp.engine.node.PageRange.Slice;
import io.grasp.engine.registry.Registry;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.ConnectionEntry;
import io.grasp.inspection.DiscoveryEntry;
import io.grasp.inspection.DropCount;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LimitUse.Unit;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.RefusedPeer;
import io.grasp.inspection.RelayState;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.AddressInfo;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.NodeLocators;
import io.grasp.model.SubstrateInfo;
import io.grasp.substrate.Link;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an operator sees of a node. Each part of the engine shows its own state; this class puts together what several
 * parts know. A call takes one turn of the loop, so what it returns is consistent.
 */
public final class EngineInspection {
    private final EngineContext context;
    private final Registry registry;
    private final DiscoveryCache discoveries;
    private final DiscoveryRelay relay;
    private final FloodManager floods;
    private final ReplySender replies;
    private final IncomingConnections incoming;
    private final IntSupplier watchers;
    /** The numbers of links and interfaces that are listed: they are known by their names. */
    private final Map<String, Long> linkNumbers = new HashMap<>();

    private long links;

    EngineInspection(
            EngineContext context,
            Registry registry,
            DiscoveryCache discoveries,
            DiscoveryRelay relay,
            FloodManager floods,
            ReplySender replies,
            IncomingConnections incoming,
            IntSupplier watchers) {
        this.context = context;
        this.registry = registry;
        this.discoveries = discoveries;
        this.relay = relay;
        this.floods = floods;
        this.replies = replies;
        this.incoming = incoming;
        this.watchers = watchers;
    }

    /** {@return what carries the messages} */
    public SubstrateInfo substrate() {
        return context.substrate.describe();
    }

    /** {@return the names of the links that are up} */
    public List<String> linkNames() {
        return context.links().stream().map(Link::name).toList();
    }

    /** {@return the peers that were refused, the last one first} */
    public List<RefusedPeer> refused() {
        return context.refused.entries();
    }

    /** {@return the numbers of what the node holds} */
    public NodeStatus.Counts counts() {
        return new NodeStatus.Counts(
                registry.size(),
                registry.registrations(),
                discoveries.size(),
                floods.cached(),
                allSessions().size(),
                context.channels.size(),
                context.links().size(),
                context.neighbors.size(),
                context.neighbors.ofThisHost(),
                context.drops().stream().mapToLong(DropCount::count).sum(),
                watchers.getAsInt());
    }

    /** {@return how much has happened since the start} */
    public NodeStatus.Totals totals() {
        return context.totals();
    }

    /** {@return a page of the ASAs} */
    public Slice<AsaEntry> asas(PageRange range) {
        return registry.asaEntries(range);
    }

    /** {@return a page of the registered objectives} */
    public Slice<ObjectiveEntry> objectives(PageRange range) {
        return registry.objectiveEntries(range);
    }

    /** {@return a page of the discovery cache} */
    public Slice<DiscoveryEntry> discoveries(PageRange range) {
        return discoveries.entries(range, index -> {
            Link link = context.link(index);
            return link == null ? null : link.name();
        });
    }

    /** {@return a page of the flood cache} */
    public Slice<FloodEntry> floods(PageRange range) {
        return floods.entries(range);
    }

    /** {@return a page of the sessions} */
    public Slice<SessionEntry> sessions(PageRange range) {
        return range.of(allSessions(), Listed::entry);
    }

    private List<Listed<SessionEntry>> allSessions() {
        List<Listed<SessionEntry>> all = new ArrayList<>();
        registry.inspectSessions((session, entry) -> all.add(new Listed<>(session.number(), entry)));
        relay.inspect((session, entry) -> all.add(new Listed<>(session.number(), entry)));
        return all;
    }

    /** An entry that is made only if it is on the page. */
    private record Listed<T>(long number, Supplier<T> view) implements Numbered {
        T entry() {
            return view.get();
        }
    }

    /** {@return a page of the connections} */
    public Slice<ConnectionEntry> connections(PageRange range) {
        return range.of(context.channels.all(), OpenChannel::entry);
    }

    /** {@return a page of the neighbors heard of} */
    public Slice<NeighborEntry> neighbors(PageRange range) {
        return context.neighbors.entries(range);
    }

    /** {@return a page of the links, and of what could be one} */
    public Slice<LinkEntry> links(PageRange range) {
        Map<String, Link> up = new HashMap<>();
        context.links().forEach(link -> up.put(link.name(), link));
        NodeLocators locators = context.addresses.locators();
        Set<InetAddress> given = given(locators);
        List<Listed<LinkEntry>> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (InterfaceInfo each : context.substrate.interfaces()) {
            Link link = up.remove(each.name());
            names.add(each.name());
            all.add(new Listed<>(numberOf(each.name()), () -> entry(each, link, given)));
        }
        for (Link link : up.values()) { // a substrate that describes no interfaces
            names.add(link.name());
            InterfaceInfo itself = new InterfaceInfo(link.name(), link.index(), InterfaceInfo.State.UP, "", List.of());
            all.add(new Listed<>(numberOf(link.name()), () -> entry(itself, link, given)));
        }
        linkNumbers.keySet().retainAll(names);
        return range.of(all, Listed::entry);
    }

    private long numberOf(String link) {
        return linkNumbers.computeIfAbsent(link, name -> ++links);
    }

    /** {@return the addresses that peers get from this node} */
    private static Set<InetAddress> given(NodeLocators locators) {
        Set<InetAddress> given = new HashSet<>();
        given.add(locators.initiator());
        for (NodeLocators.OnLink each : locators.links()) {
            InetAddress address = each.locator().address();
            if (address != null) {
                given.add(address);
            }
        }
        return given;
    }

    private LinkEntry entry(InterfaceInfo of, @Nullable Link link, Set<InetAddress> given) {
        boolean permitted = link != null || of.state() != InterfaceInfo.State.UP;
        List<AddressInfo> addresses = new ArrayList<>();
        for (AddressInfo each : of.addresses()) {
            addresses.add(new AddressInfo(each.address(), each.prefixLength(), use(each, of.state(), link, given)));
        }
        return new LinkEntry(
                of.name(),
                of.index(),
                permitted ? of.state() : InterfaceInfo.State.NOT_PERMITTED,
                permitted ? of.detail() : "a DULL instance runs on one link only, with a link-local IPv6 address",
                Optional.ofNullable(link).map(Link::info),
                Optional.ofNullable(link).map(up -> context.addresses.onLink(up, false)),
                addresses);
    }

    private AddressInfo.Use use(
            AddressInfo info, InterfaceInfo.State state, @Nullable Link link, Set<InetAddress> given) {
        InetAddress address = info.address();
        boolean usable = switch (info.use()) {
            case CHECKED_FOR_DUPLICATES, DUPLICATE -> false;
            default -> true;
        };
        if (!usable) {
            return info.use();
        }
        if (link != null && PeerAddresses.withoutScope(link.linkLocalAddress()).equals(address)) {
            return AddressInfo.Use.LINK;
        }
        if (given.contains(address) && !address.isLinkLocalAddress()) {
            return AddressInfo.Use.LOCATOR;
        }
        if (link == null && state == InterfaceInfo.State.UP) {
            return AddressInfo.Use.NOT_A_LINK; // the rules of a DULL instance do not permit it
        }
        boolean unused = context.dull.isDull() && info.use() != AddressInfo.Use.NOT_A_LINK;
        return unused ? AddressInfo.Use.LINK_LOCAL_ONLY : info.use();
    }

    /** {@return the bounds, and what is used of them} */
    public List<LimitUse> limits() {
        List<LimitUse> uses = new ArrayList<>();
        registry.limits(uses::add);
        context.limits(uses::add);
        incoming.limits(uses::add);
        replies.places().limits(uses::add);
        discoveries.limits(context.limits, uses::add);
        floods.limits(uses::add);
        relay.limits(uses::add);
        context.substrate
                .describe()
                .bounds()
                .forEach(bound -> uses.add(new LimitUse(bound.setting(), bound.used(), bound.most(), Unit.COUNT)));
        return uses;
    }

    /** {@return how often something was dropped, for each reason for which it was} */
    public List<DropCount> drops() {
        return context.drops();
    }

    /** {@return what is relayed, and what is remembered for that} */
    public RelayState relay() {
        List<RelayState.Remembered> remembered = new ArrayList<>();
        context.sessions.remembered(remembered::add);
        floods.remembered(remembered::add);
        return new RelayState(
                relay.budget(), floods.budget(), relay.remembered(), floods.relayed(), relay.underWay(), remembered);
    }
}
