package io.grasp.samples.control;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.config.AsaLimits;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.RelayRate;
import io.grasp.host.HostEvent;
import io.grasp.host.HostException;
import io.grasp.host.HostedAsaInfo;
import io.grasp.host.LifeCycleState;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.ConnectionEntry;
import io.grasp.inspection.DiscoveryEntry;
import io.grasp.inspection.DiscoveryEvent;
import io.grasp.inspection.DropCount;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.FloodEvent;
import io.grasp.inspection.ForgottenPeer;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.LinkEvent;
import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.Page;
import io.grasp.inspection.RefusedPeer;
import io.grasp.inspection.RelayState;
import io.grasp.inspection.SessionEntry;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.grasp.inspection.ValueExcerpt;
import io.grasp.model.AcpNodeName;
import io.grasp.model.AddressInfo;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.IdentityStatus;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Peer;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.security.IdentityFinding;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** One response or event of each kind, with names that a peer may have chosen with bad intent. */
final class Examples {
    private static final InetAddress OWN = address("fd00::1");
    private static final InetAddress OWN_ON_LINK = address("fe80::1");
    private static final InetAddress PEER = address("fd00::2");
    private static final InetAddress PEER_ON_LINK = address("fe80::2");
    private static final SessionId SESSION = new SessionId(3735928559L);
    private static final PeerIdentity IDENTITY = new PeerIdentity(
            AcpNodeName.parse("fd89b714f3db0000000000000000000200000000000000000000000000000000".substring(0, 32)
                    + "@acp.example.com"),
            "ab".repeat(32));
    private static final Locator TCP = Locator.tcp("fd00::2", 7017);
    private static final LinkInfo ETH0 = new LinkInfo("eth0", 1, OWN_ON_LINK, 1232, false);
    private static final LinkInfo STREAM = new LinkInfo("acp", 2, OWN_ON_LINK, Integer.MAX_VALUE, true);
    private static final MessagePath ON_LINK =
            MessagePath.link("eth0", new InetSocketAddress(scoped(PEER_ON_LINK, 2), 7017));
    private static final MessagePath ON_CONNECTION =
            new MessagePath(MessagePath.Kind.CONNECTION, "eth0", new InetSocketAddress(PEER, 40123), IDENTITY);
    private static final String HOSTILE = "</script>\u202e\u001b[31m\"'&";

    private static final IdentityStatus CERTIFICATE = new IdentityStatus(
            false,
            false,
            List.of("the certificate has expired: renew it"),
            IDENTITY.nodeName(),
            IDENTITY.fingerprint(),
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-11-01T00:00:00Z"),
            IdentityStatus.Expiry.EXPIRED);

    private Examples() {}

    /** {@return the JSON of each page, by the name of its route} */
    static Map<String, byte[]> pages() {
        Map<String, byte[]> pages = new LinkedHashMap<>();
        pages.put("status", JsonWriter.object(json -> StateJson.status(json, status(), true)));
        pages.put("status-plain", JsonWriter.object(json -> StateJson.status(json, plainStatus(), true)));
        pages.put("asas", StateJson.page(new Page<>(asas(), Optional.of("MTIzNDU2")), StateJson::asa));
        pages.put("hosted", StateJson.list(hosted(), StateJson::hosted));
        pages.put("objectives", StateJson.page(last(objectives()), StateJson::objective));
        pages.put("discoveries", StateJson.page(last(discoveries()), StateJson::discovery));
        pages.put("floods", StateJson.page(last(floods()), StateJson::flood));
        pages.put("sessions", StateJson.page(last(sessions()), StateJson::session));
        pages.put("connections", StateJson.page(last(connections()), StateJson::connection));
        pages.put("links", StateJson.page(last(links()), StateJson::link));
        pages.put("neighbors", StateJson.page(last(neighbors()), StateJson::neighbor));
        pages.put(
                "limits",
                StateJson.list(
                        List.of(
                                new LimitUse("Limits.sessions", 3, 10_000, LimitUse.Unit.COUNT),
                                new LimitUse("Limits.floodBytes", 120, 16_777_216, LimitUse.Unit.BYTES)),
                        StateJson::limit));
        pages.put(
                "drops",
                StateJson.list(
                        List.of(
                                new DropCount(DropReason.DUPLICATE, 12, Duration.ofSeconds(3)),
                                new DropCount(DropReason.UNDECRYPTABLE, 2, Duration.ofMillis(1500)),
                                new DropCount(DropReason.MALFORMED, 1, Duration.ofDays(3))),
                        StateJson::drop));
        pages.put("relay", JsonWriter.object(json -> StateJson.relay(json, relay())));
        pages.put(
                "forgotten-peer", JsonWriter.object(json -> StateJson.forgotten(json, new ForgottenPeer(1, 2, 1, 0))));
        pages.put("identity", JsonWriter.object(json -> StateJson.identity(json, CERTIFICATE)));
        pages.put("locator", JsonWriter.object(json -> StateJson.locator(json, found())));
        pages.put("flooded", JsonWriter.object(json -> StateJson.flooded(json, flooded())));
        return pages;
    }

    /** {@return a batch of each kind of events, by the name of its route} */
    static Map<String, byte[]> batches() {
        Map<String, byte[]> batches = new LinkedHashMap<>();
        batches.put("floods", batch(floodEvents(), EventJson::flood));
        batches.put("discoveries", batch(discoveryEvents(), EventJson::discovery));
        batches.put("sessions", batch(sessionEvents(), EventJson::session));
        batches.put("moves", batch(moveEvents(), EventJson::move));
        batches.put("links", batch(linkEvents(), EventJson::link));
        batches.put("trace", batch(traceEvents(), EventJson::trace));
        batches.put("hosted", batch(hostedEvents(), EventJson::hosted));
        return batches;
    }

    static List<HostedEvent> hostedEvents() {
        return Stream.of(
                        new HostEvent.StateChanged(HOSTILE, "1.0", LifeCycleState.PAUSING, HOSTILE),
                        new HostEvent.ParameterSet("Briggs", "1.0", "most-reserves", HOSTILE, "set by a policy"),
                        new HostEvent.Reported("Briggs", HOSTILE),
                        new HostEvent.Problem("asas.txt", "asas.txt line 1: " + HOSTILE))
                .map(event -> new HostedEvent(Duration.ofNanos(1_500_000), event))
                .toList();
    }

    private static <E> byte[] batch(List<E> events, BiConsumer<JsonWriter, E> encoder) {
        return EventJson.batches(new EventBatch<>(events, 7), encoder, Integer.MAX_VALUE)
                .get(0)
                .json();
    }

    private static <T> Page<T> last(List<T> entries) {
        return new Page<>(entries, Optional.empty());
    }

    private static NodeStatus status() {
        return new NodeStatus(
                Optional.of("0.1.0"),
                Instant.parse("2026-11-30T08:00:00.123456Z"),
                Duration.ofMillis(86_400_001),
                Duration.ofNanos(123_456_789_012L),
                Instant.parse("2026-12-01T08:00:00.123456Z"),
                false,
                "overlay",
                Optional.empty(),
                Security.SECURED,
                true,
                Optional.of("5c1f-90ab"),
                Optional.of(CERTIFICATE),
                List.of(new IdentityFinding(IdentityFinding.Check.VALIDITY, "the certificate has expired: renew it")),
                List.of(new RefusedPeer(
                        new InetSocketAddress(address("fd00::9"), 40007),
                        Optional.empty(),
                        PeerRefusal.EXPIRED,
                        "the certificate of fd89b714f3db00000000000000000009@acp.example.com has expired",
                        3,
                        Duration.ofSeconds(5))),
                new NodeLocators(
                        7017,
                        OWN,
                        List.of(new NodeLocators.OnLink(
                                "eth0", 1, Locator.tcp("fd00::1", 7017), Locator.tcp("fe80::1", 7017)))),
                List.of(
                        new NodeStatus.Instance(7017, List.of("eth0"), Optional.empty(), Security.SECURED),
                        new NodeStatus.Instance(40001, List.of("eth1"), Optional.of(List.of("AN_ACP")), Security.NONE)),
                new EngineLoad(3, 7, 2, 1),
                new NodeStatus.Counts(1, 2, 3, 4, 5, 6, 7, 8, 1, 9, 10),
                new NodeStatus.Totals(1000, 2500, 2400));
    }

    private static NodeStatus plainStatus() {
        return new NodeStatus(
                Optional.empty(),
                Instant.parse("2026-11-30T08:00:00Z"),
                Duration.ZERO,
                Duration.ofNanos(1),
                Instant.parse("2026-11-30T08:00:00Z"),
                true,
                "netty",
                Optional.of(List.of("AN_ACP", "AN_Proxy")),
                Security.NONE,
                true,
                Optional.empty(),
                Optional.of(
                        new IdentityStatus(true, true, List.of(), null, null, null, null, IdentityStatus.Expiry.FAR)),
                List.of(),
                List.of(),
                new NodeLocators(0, OWN_ON_LINK, List.of()),
                List.of(),
                EngineLoad.NONE,
                new NodeStatus.Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                new NodeStatus.Totals(0, 0, 0));
    }

    private static List<AsaEntry> asas() {
        return List.of(
                new AsaEntry("Briggs", Duration.ofSeconds(60), List.of("EX3", "EX1"), 2, 1, new AsaLimits(512, 768)),
                new AsaEntry(HOSTILE, Duration.ofNanos(1_500_000), List.of(), 0, 0, AsaLimits.NONE));
    }

    private static List<HostedAsaInfo> hosted() {
        return List.of(
                new HostedAsaInfo(
                        "Briggs",
                        "1.0",
                        LifeCycleState.OPERATIONAL,
                        "",
                        Duration.ofSeconds(60),
                        "Floods EX1, serves EX2 and bargains over EX3",
                        List.of("ledger"),
                        List.of("EX1", "EX2", "EX3"),
                        List.of(new HostedAsaInfo.ParameterInfo(
                                "most-reserves",
                                "number",
                                "500",
                                "policy",
                                "400",
                                "a whole number of 100 to 1000",
                                "")),
                        false,
                        "briggs-1.0.jar",
                        Optional.of("00ff"),
                        3,
                        Map.of(HostException.Kind.NOT_READY, 1L, HostException.Kind.BLOCKED, 1L),
                        new HostedAsaInfo.Work(1234, Duration.ofMillis(5678), 2, Duration.ofMillis(90)),
                        OptionalLong.of(123_456),
                        Optional.of("Briggs was not ready within 30 s")),
                new HostedAsaInfo(
                        HOSTILE,
                        "2",
                        LifeCycleState.WAITING,
                        "for " + HOSTILE,
                        Duration.ofMillis(1),
                        HOSTILE,
                        List.of(HOSTILE),
                        List.of(),
                        List.of(),
                        true,
                        "program",
                        Optional.empty(),
                        0,
                        Map.of(),
                        HostedAsaInfo.Work.NONE,
                        OptionalLong.empty(),
                        Optional.empty()));
    }

    private static List<ObjectiveEntry> objectives() {
        return List.of(
                new ObjectiveEntry(
                        "EX3",
                        "Briggs",
                        Duration.ofSeconds(60),
                        Objective.F_DISC | Objective.F_NEG | 1 << 5,
                        6,
                        RegistrationOptions.DEFAULTS
                                .withRapid(RapidMode.SESSION)
                                .withLocators(List.of(TCP, Locator.uri("https://example.com/"))),
                        true,
                        List.of(TCP),
                        List.of(
                                new ObjectiveEntry.NegotiationListenerInfo(false, 3, 0, 64),
                                new ObjectiveEntry.NegotiationListenerInfo(true, Long.MAX_VALUE, 0, 64)),
                        Optional.empty()),
                new ObjectiveEntry(
                        "EX1",
                        "Briggs",
                        Duration.ofSeconds(59),
                        Objective.F_DISC | Objective.F_SYNCH,
                        6,
                        RegistrationOptions.DEFAULTS.withIndefiniteTtl(),
                        false,
                        List.of(),
                        List.of(),
                        Optional.of(new ObjectiveEntry.SynchronizationInfo(true, false, value(42, 256)))));
    }

    private static AsaLocator found() {
        return new AsaLocator(TCP, "eth0", 1, false, Duration.ofMillis(59_999), 183_456_000_000L);
    }

    private static List<DiscoveryEntry> discoveries() {
        return List.of(
                new DiscoveryEntry(
                        "EX3", found(), DiscoveryEntry.Learned.ANSWERED, List.of("eth0"), 1, Duration.ofMillis(1)),
                new DiscoveryEntry(
                        HOSTILE,
                        AsaLocator.of(Locator.udp("host.example", 4000)),
                        DiscoveryEntry.Learned.DIVERTED,
                        List.of(),
                        0,
                        Duration.ofSeconds(1)));
    }

    private static FloodedObjective flooded() {
        return new FloodedObjective(
                Objective.synchronizable("EX1").withValue(ObjectiveValue.of(List.of("NZD", 335))),
                TCP,
                PEER,
                "eth0",
                1,
                Duration.ofSeconds(60),
                183_456_000_000L,
                Optional.of(IDENTITY));
    }

    private static List<FloodEntry> floods() {
        return List.of(
                new FloodEntry(
                        "EX1",
                        Objective.F_SYNCH,
                        5,
                        value(List.of(HOSTILE, 1), 256),
                        Optional.of(TCP),
                        SESSION,
                        PEER,
                        Optional.empty(),
                        Optional.of(PEER_ON_LINK),
                        Optional.of(IDENTITY),
                        "eth0",
                        1,
                        Duration.ofSeconds(61),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(59),
                        true),
                new FloodEntry(
                        "EX2",
                        Objective.F_SYNCH,
                        6,
                        value("long ".repeat(20), 8),
                        Optional.empty(),
                        SESSION,
                        OWN,
                        Optional.of("Briggs"),
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        0,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        FloodedObjective.INDEFINITE,
                        false));
    }

    private static List<SessionEntry> sessions() {
        return List.of(
                new SessionEntry(
                        SESSION,
                        SessionInfo.Kind.NEGOTIATION,
                        SessionEntry.Role.RESPONDER,
                        SessionEntry.State.OUR_TURN,
                        "EX3",
                        PEER,
                        Optional.of("Briggs"),
                        Optional.of(new Peer(PEER, 40123, "eth0", 1, false, Optional.of(IDENTITY))),
                        5,
                        1,
                        List.of(new SessionEntry.Timer(SessionEntry.Awaited.OWN_MOVE, Duration.ofMillis(59_000))),
                        Duration.ofSeconds(1)),
                new SessionEntry(
                        new SessionId(1),
                        SessionInfo.Kind.DISCOVERY,
                        SessionEntry.Role.RELAY,
                        SessionEntry.State.COLLECTING,
                        "EX3",
                        PEER,
                        Optional.empty(),
                        Optional.empty(),
                        6,
                        0,
                        List.of(),
                        Duration.ofNanos(1000)));
    }

    private static List<ConnectionEntry> connections() {
        return List.of(new ConnectionEntry(
                InetSocketAddress.createUnresolved("host.example", 7017),
                Optional.empty(),
                "",
                false,
                ConnectionEntry.Direction.OUTGOING,
                ConnectionEntry.State.OPENING,
                true,
                1,
                60,
                0,
                Duration.ofMillis(3)));
    }

    private static List<LinkEntry> links() {
        return List.of(
                new LinkEntry(
                        "eth0",
                        1,
                        InterfaceInfo.State.UP,
                        "up",
                        Optional.of(ETH0),
                        Optional.of(Locator.tcp("fd00::1", 7017)),
                        List.of(
                                new AddressInfo(OWN_ON_LINK, 64, AddressInfo.Use.LINK),
                                new AddressInfo(OWN, 64, AddressInfo.Use.LOCATOR),
                                new AddressInfo(address("192.0.2.1"), 24, AddressInfo.Use.SERVED))),
                new LinkEntry("acp", 2, InterfaceInfo.State.UP, "up", Optional.of(STREAM), Optional.empty(), List.of()),
                new LinkEntry(
                        "wlan0",
                        3,
                        InterfaceInfo.State.NO_ADDRESS,
                        "it has no link-local address",
                        Optional.empty(),
                        Optional.empty(),
                        List.of()));
    }

    private static List<NeighborEntry> neighbors() {
        return List.of(
                new NeighborEntry(
                        "eth0",
                        1,
                        PEER_ON_LINK,
                        false,
                        Optional.of(IDENTITY),
                        7017,
                        9,
                        "M_FLOOD",
                        12,
                        Duration.ofSeconds(60),
                        Duration.ofMillis(500)),
                new NeighborEntry(
                        "eth0",
                        1,
                        OWN_ON_LINK,
                        true,
                        Optional.empty(),
                        40123,
                        1,
                        "M_DISCOVERY",
                        1,
                        Duration.ofMillis(700),
                        Duration.ofMillis(700)));
    }

    private static RelayState relay() {
        RelayState.Budget budget = new RelayState.Budget(new RelayRate(100, 200), 199, 0, 1000);
        return new RelayState(
                budget, budget, 1, 2, 1, List.of(new RelayState.Remembered(RelayState.Table.OWN_SESSIONS, 3)));
    }

    static List<FloodEvent> floodEvents() {
        return List.of(
                new FloodEvent(
                        Duration.ofMillis(1000),
                        false,
                        SESSION,
                        PEER,
                        Duration.ofSeconds(60),
                        List.of(
                                new FloodEvent.Flooded(
                                        "EX1", Objective.F_SYNCH, 5, value(List.of("NZD", 335), 256), Optional.of(TCP)),
                                new FloodEvent.Flooded(HOSTILE, 0, 5, ValueExcerpt.NONE, Optional.empty())),
                        ON_LINK),
                new FloodEvent(
                        Duration.ofMillis(1001),
                        true,
                        SESSION,
                        OWN,
                        FloodedObjective.INDEFINITE,
                        List.of(),
                        MessagePath.link("eth0")));
    }

    static List<DiscoveryEvent> discoveryEvents() {
        return List.of(
                new DiscoveryEvent.Asked(Duration.ofMillis(1), false, SESSION, PEER, "EX3", 6, ON_LINK),
                new DiscoveryEvent.Found(Duration.ofMillis(2), "EX3", found()));
    }

    static List<SessionEvent> sessionEvents() {
        SessionInfo session = new SessionInfo(SESSION, SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR, "EX3");
        return List.of(
                new SessionEvent.Started(Duration.ofMillis(1), session),
                new SessionEvent.Ended(Duration.ofMillis(2), session, SessionOutcome.ACCEPTED, Optional.empty()),
                new SessionEvent.Ended(
                        Duration.ofMillis(3), session, SessionOutcome.FAILED, Optional.of("no answer within 1 s")));
    }

    static List<MoveEvent> moveEvents() {
        return List.of(
                new MoveEvent(
                        Duration.ofMillis(1),
                        true,
                        SESSION,
                        MoveEvent.Move.REQUEST,
                        Optional.of("EX3"),
                        6,
                        value(List.of("NZD", 335), 256),
                        Optional.empty(),
                        Optional.empty(),
                        ON_CONNECTION),
                new MoveEvent(
                        Duration.ofMillis(2),
                        false,
                        SESSION,
                        MoveEvent.Move.WAIT,
                        Optional.empty(),
                        0,
                        ValueExcerpt.NONE,
                        Optional.of(Duration.ofSeconds(9)),
                        Optional.empty(),
                        ON_CONNECTION),
                new MoveEvent(
                        Duration.ofMillis(3),
                        false,
                        SESSION,
                        MoveEvent.Move.DECLINE,
                        Optional.empty(),
                        0,
                        ValueExcerpt.NONE,
                        Optional.empty(),
                        Optional.of(HOSTILE),
                        MessagePath.LOOPBACK));
    }

    static List<LinkEvent> linkEvents() {
        Duration time = Duration.ofMillis(1);
        return List.of(
                new LinkEvent.Up(time, ETH0),
                new LinkEvent.Down(time, ETH0),
                new LinkEvent.Failed(time, "eth0", "No such device"),
                new LinkEvent.Warning(time, "eth0", LinkWarning.MEMBERSHIP_LOST, "joined the multicast group again"),
                new LinkEvent.SecurityChanged(time, Security.ASSERTED),
                new LinkEvent.IdentityChanged(time, CERTIFICATE),
                new LinkEvent.PeerRefused(
                        time, PeerRefusal.EXPIRED, new InetSocketAddress(PEER, 40123), "its certificate has expired"));
    }

    static List<TraceEvent> traceEvents() {
        return List.of(
                new TraceEvent.Message(
                        Duration.ofNanos(1_234_567),
                        false,
                        9,
                        "M_FLOOD",
                        Optional.of(SESSION),
                        Optional.of(PEER),
                        Optional.of("EX1"),
                        ON_LINK,
                        item("8202f6")),
                new TraceEvent.Message(
                        Duration.ofMillis(2),
                        true,
                        0,
                        "M_NOOP",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        MessagePath.link("eth0"),
                        item("8100")),
                new TraceEvent.Dropped(Duration.ofMillis(3), DropReason.LOOP_COUNT, ON_LINK));
    }

    private static ValueExcerpt value(Object value, int most) {
        return ValueExcerpt.of(ObjectiveValue.of(value), most);
    }

    static CborItem item(String hex) {
        try {
            return CborItem.of(HexFormat.of().parseHex(hex));
        } catch (CborException e) {
            throw new AssertionError(e);
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetAddress scoped(InetAddress address, int scope) {
        try {
            return Inet6Address.getByAddress(null, address.getAddress(), scope);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
