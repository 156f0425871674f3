package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborWriter;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.ScriptedPeer;
import io.grasp.model.AcpNodeName;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.model.ValueRequest;
import io.grasp.observe.AuditEvent;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.security.PeerPolicies;
import io.grasp.security.PeerPolicy;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageType;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What authenticated members of a domain may do, on simulated links of both kinds. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = LinkKind.class,
        names = {"SECURED_DATAGRAM", "SECURED_STREAM"})
class PeerPolicyTest {
    private static final Objective VALUE = Objective.synchronizable("value");
    private static final Objective OTHER = Objective.synchronizable("other");
    private static final int SIGNATURE = 201;
    private static final Objective DEAL = Objective.negotiable("deal");
    private static final SessionId COPIED = new SessionId(12_345);
    private static final Duration MOMENT = Duration.ofMillis(500);
    private static final Duration TTL = Duration.ofMinutes(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final List<Grasp> nodes = new ArrayList<>();
    private final List<MessagePath> denied = new ArrayList<>();
    private final AtomicInteger relayed = new AtomicInteger();
    private final AtomicInteger duplicates = new AtomicInteger();
    private final List<String> refused = new ArrayList<>();
    private final List<GraspException> failures = new ArrayList<>();
    private final List<MessageInfo> requests = new ArrayList<>();
    private final GraspObserver observer = new GraspObserver() {
        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            if (message.type() == MessageType.M_REQ_SYN) {
                requests.add(message);
            }
        }

        @Override
        public void relayed(MessageInfo message, MessagePath path) {
            relayed.incrementAndGet();
        }

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            if (reason == DropReason.NOT_AUTHORIZED) {
                denied.add(path);
            } else if (reason == DropReason.DUPLICATE) {
                duplicates.incrementAndGet();
            }
        }

        @Override
        public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
            refused.add(reason + ": " + detail);
        }

        @Override
        public void handlerFailed(GraspException failure) {
            failures.add(failure);
        }
    };

    @Parameter
    LinkKind kind = LinkKind.SECURED_STREAM;

    private void link(String name, String... members) {
        SimNode[] on = new SimNode[members.length];
        for (int i = 0; i < members.length; i++) {
            on[i] = network.node(members[i]);
        }
        network.link(name, kind, Duration.ofMillis(2), on);
    }

    private static AcpNodeName name(String node) {
        return AcpNodeName.parse("++role=" + node + "@example.com");
    }

    private SimNode member(String node) {
        SimNode member = network.node(node);
        if (member.identity().isEmpty()) {
            member.setIdentity(name(node));
        }
        return member;
    }

    private Asa start(String node, PeerPolicy policy) {
        SimNode member = member(node);
        int seed = nodes.size();
        Grasp grasp = await(Grasp.start(GraspConfig.defaults()
                        .withSubstrate(() -> member)
                        .withRandom(() -> new Random(seed))
                        .withObserver(observer)
                        .withPeerPolicy(policy)))
                .get(0);
        nodes.add(grasp);
        return await(grasp.registerAsa("asa")).get(0);
    }

    private Asa start(String node) {
        return start(node, PeerPolicy.ALL);
    }

    private <T> List<T> await(Publisher<T> publisher) {
        List<T> values = new ArrayList<>();
        Throwable[] failure = new Throwable[1];
        boolean[] ended = new boolean[1];
        Flux.from(publisher).subscribe(values::add, error -> failure[0] = error, () -> ended[0] = true);
        awaitUntil(() -> ended[0] || failure[0] != null);
        if (failure[0] instanceof RuntimeException error) {
            throw error;
        }
        return values;
    }

    private void awaitUntil(BooleanSupplier condition) {
        assertThat(loop.runUntil(condition, Duration.ofMinutes(10))).isTrue();
    }

    @AfterEach
    void nothingIsLeft() {
        nodes.forEach(node -> await(node.closeAsync()));
        loop.runUntilIdle();
        assertThat(network.openConnections()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    private static PeerPolicy notTo(String node, PeerAction action) {
        return PeerPolicies.rules()
                .deny(action)
                .to(PeerPolicies.node(name(node)))
                .permit(PeerAction.values())
                .toEveryMember()
                .build();
    }

    private static PeerPolicy allBut(PeerAction action) {
        return (peer, actual, objective) -> actual != action;
    }

    private static RegistrationOptions discoverable() {
        return RegistrationOptions.DEFAULTS.withDiscoverable(true);
    }

    private void assertDenied(String node) {
        assertThat(denied).isNotEmpty().allSatisfy(path -> {
            PeerIdentity identity = path.identity();
            assertThat(identity).isNotNull();
            assertThat(identity.nodeName()).isEqualTo(name(node));
        });
    }

    @Test
    void theNameOfThePeerReachesTheAuthor() {
        link("lan", "left", "right");
        Asa server = start("right");
        Asa client = start("left");
        await(server.register(DEAL, discoverable()));
        await(server.register(VALUE, discoverable()));
        await(client.register(DEAL));
        await(client.register(VALUE));
        List<Negotiation> negotiations = new ArrayList<>();
        List<ValueRequest> requests = new ArrayList<>();
        server.listenNegotiate(DEAL)
                .doOnNext(negotiations::add)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.accept())))
                .subscribe();
        server.listenSynchronize(VALUE, request -> {
                    requests.add(request);
                    return 7;
                })
                .subscribe();
        List<FloodedObjective> floods = new ArrayList<>();
        client.floods("value").subscribe(floods::add);

        AsaLocator found = await(client.discover(DEAL, MOMENT)).get(0);
        await(client.negotiate(DEAL.withValue(1), found, offers -> offers.map(offer -> Move.accept())));
        await(client.synchronize(VALUE, RequestOptions.DEFAULTS.withPeer(found)));
        await(server.flood(VALUE.withValue(1), TTL));
        awaitUntil(() -> !floods.isEmpty());

        Optional<AcpNodeName> left = Optional.of(name("left"));
        assertThat(negotiations.get(0).peer().identity().map(PeerIdentity::nodeName))
                .isEqualTo(left);
        assertThat(requests.get(0).peer().identity().map(PeerIdentity::nodeName))
                .isEqualTo(left);
        assertThat(floods.get(0).neighbor()).isEqualTo(network.node("right").identity());
    }

    @Test
    void aDiscoveryThatIsNotPermittedIsNeitherAnsweredNorRelayed() {
        link("near", "left", "middle");
        link("far", "middle", "right");
        Asa middle = start("middle", allBut(PeerAction.DISCOVER));
        Asa right = start("right");
        Asa left = start("left");
        await(middle.register(VALUE, discoverable()));
        await(right.register(DEAL, discoverable()));
        await(left.register(DEAL));

        assertThat(await(left.discover(VALUE, MOMENT))).isEmpty();
        assertThat(await(left.discover(DEAL, MOMENT))).isEmpty();
        assertThat(await(right.discover(VALUE, MOMENT))).isEmpty();

        assertThat(denied).hasSize(3);
        assertThat(denied).extracting(path -> path.identity().nodeName()).containsOnly(name("left"), name("right"));
    }

    @Test
    void anAnswerThatIsNotPermittedIsNotUsedAndNotPassedOn() {
        link("near", "left", "middle");
        link("far", "middle", "right");
        Asa middle = start("middle", allBut(PeerAction.ANSWER));
        Asa right = start("right");
        Asa left = start("left");
        await(right.register(DEAL, discoverable()));
        await(left.register(DEAL));

        assertThat(await(middle.discover(DEAL, MOMENT))).isEmpty();
        assertThat(await(left.discover(DEAL, MOMENT))).isEmpty();

        assertThat(denied).hasSize(2);
        assertDenied("right");
    }

    @Test
    void floodedObjectivesThatAreNotPermittedAreLeftOutAndNotRelayed() {
        link("near", "left", "middle");
        link("far", "middle", "right");
        Asa middle = start(
                "middle",
                PeerPolicies.rules()
                        .deny(PeerAction.FLOOD)
                        .of("secret")
                        .toEveryMember()
                        .permit(PeerAction.values())
                        .toEveryMember()
                        .build());
        Asa right = start("right");
        Asa left = start("left");
        Objective secret = Objective.synchronizable("secret");
        await(left.register(secret));
        await(left.register(VALUE));

        await(left.flood(
                List.of(
                        TaggedObjective.untagged(secret.withValue(1)),
                        TaggedObjective.untagged(VALUE.withLoopCount(3).withValue(2))),
                TTL));
        await(left.flood(secret.withValue(3), TTL));
        loop.runUntilIdle();

        for (Asa receiver : List.of(middle, right)) {
            assertThat(await(receiver.getFlood("secret"))).isEmpty();
            assertThat(await(receiver.getFlood("value"))).hasSize(1);
        }
        assertThat(denied).hasSize(2);
        assertDenied("left");
    }

    /** Only the operator may flood {@code VALUE}; every member may do anything else. */
    private static PeerPolicy onlyTheOperatorFloodsTheValue(String... relays) {
        List<AcpNodeName> permitted = Stream.concat(Stream.of("operator"), Stream.of(relays))
                .map(each -> name(each))
                .toList();
        return PeerPolicies.rules()
                .permit(PeerAction.FLOOD)
                .of("value")
                .to(peer -> permitted.contains(peer.nodeName()))
                .deny(PeerAction.FLOOD)
                .of("value")
                .toEveryMember()
                .permit(PeerAction.values())
                .toEveryMember()
                .build();
    }

    /** Mallory copies the Session ID and the initiator of a flood that it has heard elsewhere. */
    @Test
    void aFloodThatIsPermittedIsNotHiddenByAMemberThatMayNotSendIt() {
        link("near", "mallory", "middle");
        link("beside", "operator", "middle");
        link("far", "middle", "right");
        PeerPolicy policy = onlyTheOperatorFloodsTheValue("middle");
        Asa middle = start("middle", policy);
        Asa right = start("right", policy);
        ScriptedPeer mallory = new ScriptedPeer(member("mallory"));
        ScriptedPeer operator = new ScriptedPeer(member("operator"));
        loop.runUntilIdle();
        Flood copy = flood(Objective.synchronizable("other"));
        mallory.multicast(copy);
        loop.runUntilIdle();
        List<FloodedObjective> others = new ArrayList<>();
        right.floods("other").subscribe(others::add);

        operator.multicast(flood(Objective.synchronizable("other"), VALUE));
        operator.multicast(flood(VALUE));
        mallory.multicast(copy);
        loop.runUntilIdle();

        for (Asa each : List.of(middle, right)) {
            assertThat(await(each.getFlood("other"))).hasSize(1);
            assertThat(await(each.getFlood("value")))
                    .singleElement()
                    .satisfies(flooded -> assertThat(flooded.objective().value())
                            .isEqualTo(VALUE.withValue(2).value()));
        }
        assertThat(others)
                .as("what was heard before is cached, and not processed again")
                .hasSize(1);
        assertThat(duplicates).as("in the middle, and no relayed one").hasValue(2);
    }

    /** An option such as a signature is about the bytes of the flood. */
    @Test
    void aFloodWithAnOptionIsReportedAndRelayedAsItCameAlsoAfterACopyOfAPart() throws CborException {
        link("near", "mallory", "first");
        link("beside", "operator", "first");
        link("one", "first", "second");
        link("two", "second", "third");
        link("three", "third", "first");
        link("far", "third", "end");
        PeerPolicy policy = onlyTheOperatorFloodsTheValue("first", "second", "third");
        List<Asa> relays = Stream.of("first", "second", "third")
                .map(each -> start(each, policy))
                .toList();
        ScriptedPeer mallory = new ScriptedPeer(member("mallory"));
        ScriptedPeer operator = new ScriptedPeer(member("operator"));
        ScriptedPeer end = new ScriptedPeer(member("end"));
        List<IncomingOption> options = new ArrayList<>();
        relays.forEach(each -> each.extensions().options(SIGNATURE).subscribe(options::add));
        loop.runUntilIdle();
        Flood copy = flood(OTHER);
        Flood signed = signed(OTHER, VALUE);

        mallory.multicast(copy);
        loop.runUntilIdle();
        operator.multicast(signed);
        loop.runUntilIdle();
        operator.multicast(signed(OTHER));
        mallory.multicast(copy);
        loop.runUntilIdle();

        assertThat(options)
                .hasSize(3)
                .allSatisfy(option -> assertThat(option.message().toString())
                        .as("the whole flood")
                        .contains(text(OTHER), text(VALUE)));
        assertThat(end.multicasts)
                .filteredOn(each -> each instanceof Flood)
                .as("the copy, and the flood")
                .containsExactly(copy.withLoopCount(1), signed.withLoopCount(1));
        assertThat(relayed).as("each by each relay").hasValue(6);
    }

    @Test
    void aFloodWithADeniedObjectiveLosesItsOptions() throws CborException {
        link("near", "mallory", "middle");
        link("far", "middle", "right");
        Asa middle = start("middle", onlyTheOperatorFloodsTheValue("middle"));
        ScriptedPeer mallory = new ScriptedPeer(member("mallory"));
        ScriptedPeer right = new ScriptedPeer(member("right"));
        List<IncomingOption> options = new ArrayList<>();
        middle.extensions().options(SIGNATURE).subscribe(options::add);
        loop.runUntilIdle();

        mallory.multicast(signed(OTHER, VALUE));
        loop.runUntilIdle();

        assertThat(options).isEmpty();
        assertThat(right.multicasts)
                .filteredOn(each -> each instanceof Flood)
                .containsExactly(flood(OTHER).withLoopCount(2));
        assertDenied("mallory");
    }

    private Flood signed(Objective... objectives) throws CborException {
        Flood plain = flood(objectives);
        CborWriter option = new CborWriter();
        option.writeArrayHeader(2);
        option.writeUnsigned(SIGNATURE);
        option.writeText("signature");
        return new Flood(
                plain.session(),
                plain.initiator(),
                plain.ttlMillis(),
                plain.objectives(),
                List.of(CborItem.of(option.toByteArray())));
    }

    private static String text(Objective objective) {
        return HexFormat.of().formatHex(objective.name().getBytes(StandardCharsets.UTF_8));
    }

    private Flood flood(Objective... objectives) {
        return new Flood(
                COPIED,
                network.node("operator").addresses().get(0),
                60_000,
                Stream.of(objectives)
                        .map(each ->
                                TaggedObjective.untagged(each.withLoopCount(3).withValue(2)))
                        .toList());
    }

    /** Mallory may discover "other", which the accomplice may answer, but neither may answer "value". */
    @Test
    void anAnswerToACopyOfADiscoveryIsNoAnswerToTheDiscovery() {
        link("near", "mallory", "first");
        link("beside", "operator", "first");
        link("between", "first", "second");
        link("far", "second", "accomplice");
        PeerPolicy policy = PeerPolicies.rules()
                .permit(PeerAction.ANSWER)
                .of("value")
                .to(peer -> List.of(name("first"), name("second")).contains(peer.nodeName()))
                .deny(PeerAction.ANSWER)
                .of("value")
                .toEveryMember()
                .permit(PeerAction.values())
                .toEveryMember()
                .build();
        start("first", policy);
        start("second", policy);
        ScriptedPeer mallory = new ScriptedPeer(member("mallory"));
        ScriptedPeer operator = new ScriptedPeer(member("operator"));
        ScriptedPeer accomplice = new ScriptedPeer(member("accomplice"));
        loop.runUntilIdle();
        operator.multicast(discovery(VALUE));
        loop.runUntil(() -> accomplice.heard.size() == 1, Duration.ofSeconds(1));
        mallory.multicast(discovery(Objective.synchronizable("other")));
        loop.runUntilIdle();

        Inet6Address place =
                (Inet6Address) network.node("accomplice").addresses().get(0);
        accomplice.reply(new Response(
                COPIED,
                network.node("operator").addresses().get(0),
                60_000,
                List.of(new GraspOption.LocatorOption(new Locator.Ipv6(place, Locator.TCP, 4242))),
                null));
        loop.runUntilIdle();

        Stream<GraspMessage> onConnections = operator.accepted.stream().flatMap(wire -> wire.received.stream());
        assertThat(Stream.concat(operator.multicasts.stream(), onConnections))
                .filteredOn(Response.class::isInstance)
                .isEmpty();
    }

    private Discovery discovery(Objective objective) {
        return new Discovery(COPIED, network.node("operator").addresses().get(0), objective.withLoopCount(3));
    }

    @Test
    void aNegotiationThatIsNotPermittedIsDeclined() {
        link("lan", "left", "right");
        Asa server = start("right", allBut(PeerAction.NEGOTIATE));
        Asa client = start("left");
        await(server.register(DEAL, discoverable()));
        await(client.register(DEAL));
        List<Negotiation> negotiations = new ArrayList<>();
        server.listenNegotiate(DEAL).subscribe(negotiations::add);

        AsaLocator found = await(client.discover(DEAL, MOMENT)).get(0);
        List<NegotiationOutcome> outcome =
                await(client.negotiate(DEAL.withValue(1), found, offers -> offers.map(offer -> Move.accept())));

        assertThat(outcome)
                .singleElement()
                .satisfies(declined -> assertThat(declined)
                        .isInstanceOfSatisfying(
                                NegotiationOutcome.Declined.class,
                                end -> assertThat(end.reason()).isEqualTo("Not authorized")));
        assertThat(negotiations).isEmpty();
        assertDenied("left");
    }

    @Test
    void aSynchronizationThatIsNotPermittedIsRefused() {
        link("lan", "left", "right");
        Asa server = start("right", allBut(PeerAction.SYNCHRONIZE));
        Asa client = start("left");
        await(server.register(VALUE, discoverable()));
        await(client.register(VALUE));
        server.listenSynchronize(VALUE, Flux.just(7)).subscribe();
        AsaLocator found = await(client.discover(VALUE, MOMENT)).get(0);

        assertThatThrownBy(() -> await(client.synchronize(VALUE, RequestOptions.DEFAULTS.withPeer(found))))
                .isInstanceOfSatisfying(
                        GraspException.class,
                        failure -> assertThat(failure.code()).isEqualTo(GraspErrorCode.NO_LISTENER));
        assertDenied("left");
    }

    @Test
    void rapidModeDoesNotGiveAValueToAPeerThatMayOnlyDiscover() {
        for (RapidMode mode : List.of(RapidMode.SESSION, RapidMode.RESPONSE)) {
            String right = "right-" + mode;
            String left = "left-" + mode;
            link("lan-" + mode, left, right);
            Asa server = start(right, allBut(PeerAction.SYNCHRONIZE));
            Asa client = start(left);
            await(server.register(VALUE, discoverable().withRapid(mode)));
            await(client.register(VALUE));
            server.listenSynchronize(VALUE, Flux.just(7)).subscribe();

            assertThatThrownBy(
                            () -> await(client.rapid().synchronize(VALUE.withValue(0), RequestOptions.within(MOMENT))))
                    .isInstanceOf(GraspException.class);
            assertThat(await(client.discover(VALUE, MOMENT))).hasSize(1);
        }
    }

    @Test
    void aRapidAnswerThatIsNotPermittedIsNotTaken() {
        for (RapidMode mode : List.of(RapidMode.SESSION, RapidMode.RESPONSE)) {
            denied.clear();
            String left = "left-" + mode;
            link("lan-" + mode, left, "right-" + mode);
            Asa server = start("right-" + mode);
            Asa client = start(left, allBut(PeerAction.ANSWER));
            await(server.register(DEAL, discoverable().withRapid(mode)));
            await(server.register(VALUE, discoverable().withRapid(mode)));
            await(client.register(DEAL));
            await(client.register(VALUE));
            server.listenNegotiate(DEAL)
                    .flatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.propose(2))))
                    .onErrorComplete()
                    .subscribe();
            server.listenSynchronize(VALUE, Flux.just(7)).subscribe();

            RequestOptions options = RequestOptions.within(MOMENT);
            assertThatThrownBy(() -> await(client.rapid()
                            .negotiate(DEAL.withValue(1), options, offers -> offers.map(offer -> Move.accept()))))
                    .isInstanceOf(GraspException.class);
            assertThatThrownBy(() -> await(client.rapid().synchronize(VALUE.withValue(0), options)))
                    .isInstanceOf(GraspException.class);
            assertDenied("right-" + mode);
        }
    }

    @Test
    void aRapidAnswerThatIsNotPermittedIsNotPassedOn() {
        link("near", "left", "middle");
        link("far", "middle", "right");
        start("middle", allBut(PeerAction.ANSWER));
        Asa right = start("right");
        Asa left = start("left");
        await(right.register(VALUE, discoverable().withRapid(RapidMode.SESSION)));
        await(left.register(VALUE));
        right.listenSynchronize(VALUE, Flux.just(7)).subscribe();

        assertThatThrownBy(() -> await(left.rapid().synchronize(VALUE.withValue(0), RequestOptions.within(MOMENT))))
                .isInstanceOf(GraspException.class);
        assertDenied("right");
    }

    /** The relay may have the value, but not the member for which it asks. */
    @Test
    void rapidModeDoesNotGiveAValueThroughARelay() {
        for (RapidMode mode : List.of(RapidMode.SESSION, RapidMode.RESPONSE)) {
            String left = "left-" + mode;
            link("near-" + mode, left, "middle-" + mode);
            link("far-" + mode, "middle-" + mode, "right-" + mode);
            Asa right = start("right-" + mode, notTo(left, PeerAction.SYNCHRONIZE));
            start("middle-" + mode);
            Asa client = start(left);
            await(right.register(VALUE, discoverable().withRapid(mode)));
            await(client.register(VALUE));
            right.listenSynchronize(VALUE, Flux.just(7)).subscribe();

            assertThatThrownBy(
                            () -> await(client.rapid().synchronize(VALUE.withValue(0), RequestOptions.within(MOMENT))))
                    .as("%s", mode)
                    .isInstanceOf(GraspException.class);
            AsaLocator found = await(client.discover(VALUE, MOMENT)).get(0);
            assertThatThrownBy(() -> await(client.synchronize(VALUE, RequestOptions.DEFAULTS.withPeer(found))))
                    .isInstanceOf(GraspException.class);
            assertDenied(left);
            denied.clear();
        }
    }

    /** The initiator that a discovery names may be forged, and its neighbor may be a relay. */
    @Test
    void withAPolicyADiscoveryOnALinkIsNoRequest() {
        for (RapidMode mode : List.of(RapidMode.SESSION, RapidMode.RESPONSE)) {
            String left = "left-" + mode;
            link("lan-" + mode, left, "right-" + mode);
            Asa server = start("right-" + mode, (peer, action, objective) -> true);
            Asa client = start(left);
            await(server.register(VALUE, discoverable().withRapid(mode)));
            await(client.register(VALUE));
            server.listenSynchronize(VALUE, Flux.just(7)).subscribe();

            requests.clear();
            assertThat(await(client.rapid().synchronize(VALUE.withValue(0), RequestOptions.within(MOMENT))))
                    .hasSize(1);
            assertThat(requests)
                    .as("that it needed beside the discovery, %s", mode)
                    .hasSize(1);
        }
    }

    /** A relay passes on the answer of a node of which only the certificate says that it may not answer. */
    @Test
    void aPeerThatMayNotAnswerGetsNoRequest() {
        link("near", "left", "middle");
        link("far", "middle", "right");
        Asa right = start("right");
        start("middle");
        Asa left = start("left", notTo("right", PeerAction.ANSWER));
        await(right.register(DEAL, discoverable()));
        await(right.register(VALUE, discoverable()));
        await(left.register(DEAL));
        await(left.register(VALUE));
        List<Negotiation> negotiations = new ArrayList<>();
        right.listenNegotiate(DEAL).subscribe(negotiations::add);
        List<ValueRequest> asked = new ArrayList<>();
        ValueSource source = request -> {
            asked.add(request);
            return Mono.just(7);
        };
        right.listenSynchronize(VALUE, source).subscribe();

        assertThatThrownBy(() -> await(left.negotiate(DEAL.withValue(1), offers -> offers.map(offer -> Move.accept()))))
                .isInstanceOfSatisfying(
                        GraspException.class,
                        failure -> assertThat(failure.code()).isEqualTo(GraspErrorCode.SOCKET_ERROR_REQUEST))
                .hasRootCauseMessage(
                        "the policy for peers does not permit " + name("right") + " to answer for this objective");
        assertDenied("right");
        denied.clear();
        assertThatThrownBy(() -> await(left.synchronize(VALUE)))
                .isInstanceOf(GraspException.class)
                .hasRootCauseMessage(
                        "the policy for peers does not permit " + name("right") + " to answer for this objective");
        assertDenied("right");
        assertThat(negotiations).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void aPeerThatMayAnswerIsAskedAfterOneThatMayNot() {
        link("near", "left", "middle");
        link("far", "middle", "good", "bad");
        start("middle");
        Asa left = start("left", notTo("bad", PeerAction.ANSWER));
        await(left.register(DEAL));
        for (String each : List.of("bad", "good")) {
            Asa asa = start(each);
            await(asa.register(DEAL, discoverable()));
            asa.listenNegotiate(DEAL)
                    .flatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.accept())))
                    .onErrorComplete()
                    .subscribe();
        }
        for (int i = 0; i < 10; i++) {
            assertThat(await(left.negotiate(DEAL.withValue(1), offers -> offers.map(offer -> Move.accept()))))
                    .hasSize(1);
        }
        assertDenied("bad");
    }

    @Test
    void aPolicyThatThrowsDeniesAndIsReported() {
        link("lan", "left", "right");
        IllegalStateException broken = new IllegalStateException("broken");
        Asa server = start("right", (peer, action, objective) -> {
            throw broken;
        });
        Asa client = start("left");
        await(server.register(VALUE, discoverable()));

        assertThat(await(client.discover(VALUE, MOMENT))).isEmpty();

        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure)
                    .hasCause(broken)
                    .hasMessageContaining(name("left").toString());
            assertThat(failure.objective()).hasValue("value");
        });
        assertDenied("left");
    }

    @Test
    void aPeerWithoutIdentityIsDeniedUnlessThePolicyPermitsIt() {
        SimNode left = network.node("left");
        SimNode right = network.node("right");
        network.link("plain", LinkKind.DATAGRAM, Duration.ofMillis(2), left, right);
        Asa strict = start("right", (peer, action, objective) -> true);
        Asa client = start("left");
        await(strict.register(VALUE, discoverable()));

        assertThat(await(client.discover(VALUE, MOMENT))).isEmpty();
        assertThat(denied)
                .singleElement()
                .satisfies(path -> assertThat(path.identity()).isNull());
    }

    @Test
    void whatANodeDoesWithItselfIsNotAskedAbout() {
        link("lan", "left", "right");
        Asa server = start("right", (peer, action, objective) -> false);
        await(server.register(DEAL, discoverable().withOverlap(true)));
        server.listenNegotiate(DEAL)
                .flatMap(negotiation -> negotiation.converse(offers -> offers.map(offer -> Move.accept())))
                .subscribe();

        Asa other = await(nodes.get(0).registerAsa("other")).get(0);
        await(other.register(DEAL, RegistrationOptions.DEFAULTS.withOverlap(true)));
        AsaLocator found = await(other.discover(DEAL, MOMENT)).get(0);
        assertThat(await(other.negotiate(DEAL.withValue(1), found, offers -> offers.map(offer -> Move.accept()))))
                .singleElement()
                .isInstanceOf(NegotiationOutcome.Accepted.class);
        assertThat(denied).isEmpty();
    }

    @Test
    void auditEventsNameThePeer() {
        link("lan", "left", "right");
        Asa server = start("right", allBut(PeerAction.DISCOVER));
        Asa client = start("left");
        await(server.register(VALUE, discoverable()));
        List<AuditEvent> events = new ArrayList<>();
        nodes.get(0).auditEvents(Duration.ofHours(1)).subscribe(events::add);

        await(client.discover(VALUE, MOMENT));

        assertThat(events)
                .singleElement()
                .asString()
                .startsWith("dropped once from fe80::")
                .contains(name("left") + ") on link lan: not_authorized");
    }

    @Test
    void aStrangerIsRefusedAndReported() {
        link("lan", "right", "stranger", "outsider");
        SimNode stranger = network.node("stranger");
        stranger.setIdentity(AcpNodeName.parse("++role=spy@example.org"));
        Asa server = start("right");
        await(server.register(VALUE, discoverable()));
        List<AuditEvent> events = new ArrayList<>();
        nodes.get(0).auditEvents(Duration.ofHours(1)).subscribe(events::add);
        server.listenSynchronize(VALUE, Flux.just(7)).subscribe();
        Asa client = start("stranger");
        await(client.register(VALUE));

        assertThat(await(client.discover(VALUE, MOMENT))).isEmpty();
        AsaLocator known = AsaLocator.of(
                await(nodes.get(0).locators()).get(0).links().get(0).locator());
        assertThatThrownBy(() -> await(client.synchronize(VALUE, RequestOptions.DEFAULTS.withPeer(known))))
                .isInstanceOf(GraspException.class);

        assertThat(refused)
                .contains("OTHER_DOMAIN: stranger (++role=spy@example.org) is a member of another domain")
                .anyMatch(each -> each.startsWith("REFUSED_BY_PEER"));
        assertThat(events)
                .first()
                .asString()
                .startsWith("refused once from fe80::")
                .contains("other_domain, stranger");
    }

    @Test
    void aNodeWithoutCertificateHasNoSecurityAndIsRefused() {
        link("lan", "right", "bare", "outsider");
        Asa server = start("right");
        await(server.register(VALUE, discoverable()));
        SimNode bare = network.node("bare");
        Grasp node = await(Grasp.start(
                        GraspConfig.defaults().withSubstrate(() -> bare).withRandom(() -> new Random(9))))
                .get(0);
        nodes.add(node);

        assertThat(await(node.security())).containsExactly(Security.NONE);
        assertThat(await(node.identity()))
                .singleElement()
                .satisfies(status -> assertThat(status.good()).isFalse());
        Asa asa = await(node.registerAsa("asa")).get(0);
        assertThatThrownBy(() -> await(asa.discover(VALUE, MOMENT)))
                .isInstanceOf(GraspException.class)
                .hasMessageContaining("the node has no certificate");

        Outsider outsider = new Outsider();
        loop.execute(() -> network.node("outsider").start(outsider, Completion.IGNORED));
        loop.runUntilIdle();
        byte[] message = "x".getBytes(StandardCharsets.US_ASCII);
        loop.execute(() -> outsider.link.multicast(message, Completion.IGNORED));
        loop.runUntilIdle();
        assertThat(refused).containsExactly("NO_CERTIFICATE: outsider has shown no certificate");

        bare.setIdentity(name("bare"));
        loop.runUntilIdle();
        assertThat(await(asa.discover(VALUE, MOMENT))).hasSize(1);
        loop.execute(() -> network.node("outsider").close(Completion.IGNORED));
    }

    @Test
    void aRevokedNodeIsRefusedAndANodeWithoutCertificateReceivesNothing() {
        link("lan", "right", "outsider", "bare");
        Asa server = start("right");
        await(server.register(VALUE, discoverable()));
        SimNode revoked = member("outsider");
        revoked.revokeIdentity();
        Outsider outsider = new Outsider();
        Outsider bare = new Outsider();
        loop.execute(() -> revoked.start(outsider, Completion.IGNORED));
        loop.execute(() -> network.node("bare").start(bare, Completion.IGNORED));
        loop.runUntilIdle();
        loop.execute(() -> outsider.link.multicast(new byte[] {1}, Completion.IGNORED));
        loop.runUntilIdle();
        assertThat(refused)
                .containsExactly("REVOKED: the certificate of outsider (" + name("outsider") + ") has been revoked");

        await(server.flood(VALUE.withValue(1), TTL));
        loop.runUntilIdle();
        assertThat(bare.received).isZero();
        loop.execute(() -> revoked.close(Completion.IGNORED));
        loop.execute(() -> network.node("bare").close(Completion.IGNORED));
    }

    @Test
    void aMemberThatLosesItsCertificateOrChangesItsDomainLosesItsSessions() {
        link("lan", "left", "right");
        Asa server = start("right");
        Asa client = start("left");
        await(server.register(DEAL, discoverable()));
        await(client.register(DEAL));
        List<Negotiation> negotiations = new ArrayList<>();
        server.listenNegotiate(DEAL).subscribe(negotiations::add);
        AsaLocator found = await(client.discover(DEAL, MOMENT)).get(0);
        SimNode left = network.node("left");
        for (Runnable change : List.<Runnable>of(
                left::removeIdentity, () -> left.setIdentity(AcpNodeName.parse("++role=left@example.org")))) {
            left.setIdentity(name("left"));
            loop.runUntilIdle();
            int before = negotiations.size();
            List<Throwable> failed = new ArrayList<>();
            client.requestNegotiate(DEAL.withValue(1), found).subscribe(answered -> {}, failed::add);
            awaitUntil(() -> negotiations.size() > before);
            change.run();
            loop.runUntil(() -> !failed.isEmpty(), Duration.ofSeconds(1));
            assertThat(failed).hasSize(1);
        }
    }

    /** Sends to its link without an engine. */
    private static final class Outsider implements SubstrateListener {
        private @Nullable Link link;
        private int received;

        @Override
        public void linkUp(Link newLink) {
            link = newLink;
        }

        @Override
        public void linkDown(Link gone) {}

        @Override
        public void linkFailed(String name, Throwable cause) {}

        @Override
        public void linkMessage(Link on, byte[] message, ReplyPath replyPath) {
            received++;
        }

        @Override
        public ConnectionListener accepted(Connection connection) {
            throw new AssertionError("no member connects to it");
        }

        @Override
        public void securityChanged(Security security) {}
    }

    @Test
    void aRenewedMemberKeepsItsSessionAndARevokedOneLosesIt() {
        link("lan", "left", "right");
        Asa server = start("right");
        Asa client = start("left");
        await(server.register(DEAL, discoverable()));
        await(client.register(DEAL));
        List<Negotiation> negotiations = new ArrayList<>();
        server.listenNegotiate(DEAL).subscribe(negotiations::add);
        AsaLocator found = await(client.discover(DEAL, MOMENT)).get(0);
        List<Negotiation> answered = new ArrayList<>();
        List<Throwable> failed = new ArrayList<>();
        client.requestNegotiate(DEAL.withValue(1), found).subscribe(answered::add, failed::add);
        awaitUntil(() -> negotiations.size() == 1);

        network.node("left").setIdentity(name("left"));
        await(negotiations.get(0).accept());
        awaitUntil(() -> !answered.isEmpty());
        assertThat(answered.get(0).peer().identity())
                .isEqualTo(network.node("right").identity());

        client.requestNegotiate(DEAL.withValue(1), found).subscribe(answered::add, failed::add);
        awaitUntil(() -> negotiations.size() == 2);
        assertThat(negotiations.get(1).peer().identity())
                .isEqualTo(network.node("left").identity())
                .isNotEqualTo(negotiations.get(0).peer().identity());
        List<Throwable> ends = new ArrayList<>();
        negotiations.get(1).step(2).subscribe(next -> {}, ends::add);
        network.node("left").revokeIdentity();
        awaitUntil(() -> !ends.isEmpty() && !failed.isEmpty() && !refused.isEmpty());

        assertThat(failed)
                .singleElement()
                .isInstanceOfSatisfying(
                        GraspException.class,
                        failure -> assertThat(failure.code())
                                .isIn(
                                        GraspErrorCode.NO_SECURITY,
                                        GraspErrorCode.SOCKET_ERROR_REQUEST,
                                        GraspErrorCode.NO_SOCKET));
        assertThat(refused).containsExactly("REVOKED: the certificate of left (" + name("left") + ") has been revoked");
        assertThat(await(nodes.get(1).security())).containsExactly(Security.NONE);
        assertThat(await(nodes.get(1).identity())).singleElement().satisfies(status -> {
            assertThat(status.good()).isFalse();
            assertThat(status.detail()).isEqualTo("the certificate has been revoked");
        });
    }
}
