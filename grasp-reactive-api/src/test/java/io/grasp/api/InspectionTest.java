package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grasp.config.AsaLimits;
import io.grasp.config.RegistrationOptions;
import io.grasp.inspection.AsaEntry;
import io.grasp.inspection.ConnectionEntry;
import io.grasp.inspection.DiscoveryEntry;
import io.grasp.inspection.DropCount;
import io.grasp.inspection.FloodEntry;
import io.grasp.inspection.InvalidCursorException;
import io.grasp.inspection.InvalidCursorException.Reason;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LinkEntry;
import io.grasp.inspection.NeighborEntry;
import io.grasp.inspection.NodeStatus;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.Page;
import io.grasp.inspection.PageRequest;
import io.grasp.inspection.RelayState;
import io.grasp.inspection.SessionEntry;
import io.grasp.inspection.ValueExcerpt;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.sim.LinkKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What an operator sees of two simulated nodes, at virtual time. */
class InspectionTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Duration TTL = Duration.ofSeconds(60);
    private static final PageRequest FIRST = PageRequest.FIRST;

    private final SimWorld world = new SimWorld(LinkKind.DATAGRAM);
    private final Grasp here = world.start();
    private final Grasp there = world.start();
    private final Inspection inspection = here.inspection();

    @AfterEach
    void close() {
        world.close();
    }

    private Asa asa(Grasp node, String name, Objective... objectives) {
        return GraspContractTest.asa(world, node, name, objectives);
    }

    private <T> List<T> list(Function<PageRequest, Mono<Page<T>>> pages) {
        return world.await(Inspection.all(FIRST, pages));
    }

    private void pass(Duration time) {
        world.await(Mono.delay(time, here.scheduler()));
    }

    // Each view

    @Test
    void asasAndObjectivesAreShownWithTheirListenersAndValues() {
        Asa bank = asa(here, "bank", EX2);
        pass(Duration.ofSeconds(3));
        world.await(bank.register(EX3, RegistrationOptions.DEFAULTS.withTtl(TTL).withOverlap(true)));
        Collected<?> serving = world.collect(bank.listenSynchronize(EX2, Flux.concat(Mono.just(42), Mono.never())));
        Collected<Negotiation> negotiations = new Collected<>(world, bank.listenNegotiate(EX3), 2);
        Collected<?> floods = world.collect(bank.floods("EX1"));
        pass(Duration.ofSeconds(2));

        List<AsaEntry> asas = list(inspection::asas);
        List<ObjectiveEntry> objectives = list(inspection::objectives);
        assertThat(asas)
                .containsExactly(
                        new AsaEntry("bank", Duration.ofSeconds(5), List.of("EX2", "EX3"), 0, 3, AsaLimits.NONE));
        assertThat(objectives).hasSize(2);
        ObjectiveEntry ex2 = objectives.get(0);
        assertThat(ex2.name()).isEqualTo("EX2");
        assertThat(ex2.asa()).isEqualTo("bank");
        assertThat(ex2.age()).isEqualTo(Duration.ofSeconds(5));
        assertThat(ex2.flags()).isEqualTo(Objective.F_DISC | Objective.F_SYNCH);
        assertThat(ex2.loopCount()).isEqualTo(6);
        assertThat(ex2.options()).isEqualTo(RegistrationOptions.DEFAULTS);
        assertThat(ex2.discoverable()).isTrue();
        assertThat(ex2.negotiationListeners()).isEmpty();
        assertThat(ex2.synchronization())
                .contains(new ObjectiveEntry.SynchronizationInfo(
                        true, false, ValueExcerpt.of(ObjectiveValue.of(42), 10)));
        ObjectiveEntry ex3 = objectives.get(1);
        assertThat(ex3.age()).isEqualTo(Duration.ofSeconds(2));
        assertThat(ex3.options().ttl()).isEqualTo(TTL);
        assertThat(ex3.negotiationListeners())
                .containsExactly(new ObjectiveEntry.NegotiationListenerInfo(false, 2, 0, 16));
        assertThat(ex3.synchronization()).isEmpty();

        serving.cancel();
        negotiations.cancel();
        floods.cancel();
        assertThat(list(inspection::objectives).get(1).discoverable()).isFalse();
    }

    @Test
    void requestsThatWaitForTheAsaAreItsBacklog() {
        Asa bank = asa(here, "bank", EX3);
        Collected<Negotiation> none = new Collected<>(world, bank.listenNegotiate(EX3), 0);
        Asa buyer = asa(there, "buyer", EX3);
        AsaLocator place = world.awaitOne(buyer.discover(EX3, world.moment()).next());
        Collected<Negotiation> request =
                world.collect(buyer.requestNegotiate(EX3.withValue(1), RequestOptions.to(place)));
        pass(world.moment());

        assertThat(list(inspection::objectives).get(0).negotiationListeners())
                .containsExactly(new ObjectiveEntry.NegotiationListenerInfo(false, 0, 1, 16));
        assertThat(world.awaitOne(inspection.status()).totals())
                .as("a negotiation; a discovery and its response, and a request")
                .isEqualTo(new NodeStatus.Totals(1, 2, 1));
        assertThat(world.awaitOne(there.inspection().status()).totals().sessions())
                .as("the discovery and the negotiation")
                .isEqualTo(2);
        none.cancel();
        request.cancel();
    }

    @Test
    void cachesAreShownWithWhereAndWhenTheirEntriesWereLearned() {
        Asa bank = asa(there, "bank", EX1);
        world.await(bank.register(
                EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true).withTtl(TTL)));
        Asa buyer = asa(here, "buyer", EX1);
        AsaLocator found = world.awaitOne(buyer.discover(EX3, world.moment()).next());
        world.await(bank.flood(EX1.withValue("a longer text"), TTL));
        pass(Duration.ofSeconds(9));
        world.await(buyer.flood(EX1.withValue(7), Duration.ofSeconds(20)));
        pass(Duration.ofSeconds(1));

        List<DiscoveryEntry> discoveries = list(inspection::discoveries);
        assertThat(discoveries).hasSize(1);
        DiscoveryEntry discovered = discoveries.get(0);
        assertThat(discovered.objective()).isEqualTo("EX3");
        assertThat(discovered.locator().locator()).isEqualTo(found.locator());
        assertThat(discovered.locator().ttl()).isBetween(Duration.ofSeconds(49), Duration.ofSeconds(50));
        assertThat(discovered.learned()).isEqualTo(DiscoveryEntry.Learned.ANSWERED);
        assertThat(discovered.links()).containsExactly("lan");
        assertThat(discovered.neighbors()).isOne();
        assertThat(discovered.age()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));

        List<FloodEntry> floods = world.await(Inspection.all(FIRST.withValueBytes(4), inspection::floods));
        assertThat(floods).hasSize(2);
        FloodEntry theirs = floods.get(0);
        assertThat(theirs.objective()).isEqualTo("EX1");
        assertThat(theirs.flags()).isEqualTo(EX1.flags());
        assertThat(theirs.loopCount()).isEqualTo(6);
        assertThat(theirs.value().isWhole()).isFalse();
        assertThat(theirs.value().length()).isEqualTo(14);
        assertThat(theirs.value()).hasToString("h'6d61206c'... (14 bytes)");
        assertThat(theirs.locator()).isEmpty();
        assertThat(theirs.session().value()).isPositive();
        assertThat(theirs.initiator())
                .isEqualTo(world.awaitOne(there.locators()).initiator());
        assertThat(theirs.asa()).isEmpty();
        assertThat(theirs.neighbor())
                .contains(world.awaitOne(there.links()).get(0).linkLocalAddress());
        assertThat(theirs.identity()).isEmpty();
        assertThat(theirs.link()).isEqualTo("lan");
        assertThat(theirs.linkIndex())
                .isEqualTo(world.awaitOne(here.links()).get(0).index());
        assertThat(theirs.age()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(10));
        assertThat(theirs.renewed()).isEqualTo(theirs.age());
        assertThat(theirs.remaining()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(51));
        assertThat(theirs.valid()).as("ours is newer").isFalse();
        FloodEntry ours = floods.get(1);
        assertThat(ours.asa()).contains("buyer");
        assertThat(ours.neighbor()).isEmpty();
        assertThat(ours.link()).isEmpty();
        assertThat(ours.valid()).isTrue();
        assertThat(ours.value().value()).contains(ObjectiveValue.of(7));
        assertThat(ours.remaining()).isEqualTo(Duration.ofSeconds(19));

        world.await(bank.flood(EX1.withValue("again"), TTL));
        pass(world.moment());
        FloodEntry renewed = list(inspection::floods).get(0);
        assertThat(renewed.session()).isNotEqualTo(theirs.session());
        assertThat(renewed.age()).isGreaterThan(theirs.age());
        assertThat(renewed.renewed()).isLessThan(Duration.ofSeconds(1));
        assertThat(renewed.valid()).isTrue();
    }

    @Test
    void sessionsAreShownOnBothSidesWithTurnTimersAndMoves() {
        Asa bank = asa(there, "bank", EX3);
        Collected<Negotiation> requests = world.collect(bank.listenNegotiate(EX3));
        Asa buyer = asa(here, "buyer", EX3);
        AsaLocator place = world.awaitOne(buyer.discover(EX3, world.moment()).next());
        Collected<Negotiation> begun = world.collect(buyer.requestNegotiate(
                EX3.withValue(300), RequestOptions.to(place).withTimeout(Duration.ofSeconds(20))));
        Negotiation asked = requests.awaitValues(1).get(0);
        pass(Duration.ofSeconds(4));

        SessionEntry ours = list(inspection::sessions).get(0);
        SessionEntry theirs = list(there.inspection()::sessions).get(0);
        assertThat(ours.id()).isEqualTo(theirs.id());
        assertThat(ours.role()).isEqualTo(SessionEntry.Role.INITIATOR);
        assertThat(ours.state()).isEqualTo(SessionEntry.State.REQUESTED);
        assertThat(ours.turn()).isEqualTo(SessionEntry.Turn.THEIRS);
        assertThat(ours.objective()).isEqualTo("EX3");
        assertThat(ours.asa()).contains("buyer");
        assertThat(ours.initiator()).isEqualTo(world.awaitOne(here.locators()).initiator());
        assertThat(ours.peer().orElseThrow().address())
                .isEqualTo(place.locator().address());
        assertThat(ours.peer().orElseThrow().link()).isEqualTo("lan");
        assertThat(ours.loopCount()).isEqualTo(6);
        assertThat(ours.moves()).isZero();
        assertThat(ours.timers()).hasSize(1);
        assertThat(ours.timers().get(0).awaited()).isEqualTo(SessionEntry.Awaited.PEER);
        assertThat(ours.timers().get(0).remaining()).isBetween(Duration.ofMillis(15_900), Duration.ofSeconds(16));
        assertThat(ours.age()).isBetween(Duration.ofSeconds(4), Duration.ofMillis(4100));
        assertThat(theirs.role()).isEqualTo(SessionEntry.Role.RESPONDER);
        assertThat(theirs.state()).isEqualTo(SessionEntry.State.OUR_TURN);
        assertThat(theirs.turn()).isEqualTo(SessionEntry.Turn.OURS);
        assertThat(theirs.asa()).contains("bank");
        assertThat(theirs.initiator()).isEqualTo(ours.initiator());
        assertThat(theirs.timers())
                .extracting(SessionEntry.Timer::awaited)
                .containsExactly(SessionEntry.Awaited.OWN_MOVE);

        world.await(asked.waitFor(Duration.ofSeconds(50)));
        pass(world.moment());
        assertThat(list(inspection::sessions).get(0).timers())
                .extracting(SessionEntry.Timer::awaited)
                .containsExactly(SessionEntry.Awaited.PEER_AFTER_WAIT);
        Collected<?> step = world.collect(asked.step(200));
        begun.awaitValues(1);
        SessionEntry offered = list(inspection::sessions).get(0);
        assertThat(offered.state()).isEqualTo(SessionEntry.State.OUR_TURN);
        assertThat(offered.moves()).isOne();
        assertThat(offered.loopCount()).isEqualTo(5);
        assertThat(list(there.inspection()::sessions).get(0).state()).isEqualTo(SessionEntry.State.THEIR_TURN);

        List<ConnectionEntry> connections = list(inspection::connections);
        assertThat(connections).hasSize(1);
        ConnectionEntry connection = connections.get(0);
        assertThat(connection.peer().getAddress()).isEqualTo(place.locator().address());
        assertThat(connection.peer().getPort()).isEqualTo(place.locator().port());
        assertThat(connection.identity()).isEmpty();
        assertThat(connection.link()).isEqualTo("lan");
        assertThat(connection.local()).isFalse();
        assertThat(connection.direction()).isEqualTo(ConnectionEntry.Direction.OUTGOING);
        assertThat(connection.state()).isEqualTo(ConnectionEntry.State.OPEN);
        assertThat(connection.reading()).isTrue();
        assertThat(connection.unsentMessages() + connection.unsentBytes() + connection.pendingBytes())
                .isZero();
        assertThat(connection.age()).isGreaterThan(Duration.ofSeconds(4));
        assertThat(list(there.inspection()::connections).get(0).direction())
                .isEqualTo(ConnectionEntry.Direction.INCOMING);

        begun.cancel();
        step.cancel();
        requests.cancel();
        world.awaitNoResidue(here);
        assertThat(list(inspection::sessions)).isEmpty();
        assertThat(list(inspection::connections)).isEmpty();
    }

    @Test
    void aDiscoveryInProgressIsASession() {
        Asa buyer = asa(here, "buyer");
        Collected<AsaLocator> found = world.collect(buyer.discover(EX3, Duration.ofSeconds(30)));
        pass(Duration.ofSeconds(10));

        SessionEntry session = list(inspection::sessions).get(0);
        assertThat(session.state()).isEqualTo(SessionEntry.State.COLLECTING);
        assertThat(session.peer()).isEmpty();
        assertThat(session.moves()).isZero();
        assertThat(session.timers())
                .containsExactly(new SessionEntry.Timer(SessionEntry.Awaited.RESPONSES, Duration.ofSeconds(20)));
        found.cancel();
    }

    @Test
    void aDiscoveryThatIsRelayedIsASessionOfTheRelay() {
        Grasp far = world.startOn(1);
        Grasp relay = world.startOn(0, 1);
        Asa buyer = asa(far, "buyer");
        Collected<AsaLocator> found = world.collect(buyer.discover(EX3, Duration.ofSeconds(30)));
        pass(Duration.ofMillis(5));

        List<SessionEntry> sessions = list(relay.inspection()::sessions);
        assertThat(sessions).hasSize(1);
        SessionEntry session = sessions.get(0);
        assertThat(session.role()).isEqualTo(SessionEntry.Role.RELAY);
        assertThat(session.asa()).isEmpty();
        assertThat(session.initiator()).isEqualTo(world.awaitOne(far.locators()).initiator());
        assertThat(session.loopCount()).isEqualTo(5);
        assertThat(session.timers().get(0).remaining()).isBetween(Duration.ofMillis(400), Duration.ofMillis(500));
        RelayState state = world.awaitOne(relay.inspection().relay());
        assertThat(state.awaitingResponses()).isOne();
        assertThat(state.relayedDiscoveries()).isOne();
        assertThat(state.relayedFloods()).isZero();
        assertThat(state.discoveries().available()).isEqualTo(199);
        assertThat(state.discoveries().waiting()).isZero();
        assertThat(state.discoveries().mostWaiting()).isEqualTo(64);
        assertThat(state.floods().available()).isEqualTo(200);
        assertThat(state.remembered())
                .contains(new RelayState.Remembered(RelayState.Table.OWN_SESSIONS, 0))
                .hasSize(RelayState.Table.values().length);
        found.cancel();
    }

    @Test
    void neighborsThatWereHeardOfAreShown() {
        Asa bank = asa(there, "bank", EX1);
        world.await(bank.flood(EX1.withValue(1), TTL));
        pass(Duration.ofSeconds(3));
        world.await(bank.flood(EX1.withValue(2), TTL));
        pass(Duration.ofSeconds(2));

        List<NeighborEntry> neighbors = list(inspection::neighbors);
        assertThat(neighbors).hasSize(1);
        NeighborEntry neighbor = neighbors.get(0);
        assertThat(neighbor.link()).isEqualTo("lan");
        assertThat(neighbor.address())
                .isEqualTo(world.awaitOne(there.links()).get(0).linkLocalAddress());
        assertThat(neighbor.identity()).isEmpty();
        assertThat(neighbor.lastPort())
                .isEqualTo(world.awaitOne(there.locators()).port());
        assertThat(neighbor.lastTypeName()).isEqualTo("M_FLOOD");
        assertThat(neighbor.messages()).isEqualTo(2);
        assertThat(neighbor.firstHeard()).isBetween(Duration.ofMillis(4900), Duration.ofSeconds(5));
        assertThat(neighbor.lastHeard()).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(2));
    }

    @Test
    void theStatusHasTheWholeNodeInNumbers() {
        Asa bank = asa(here, "bank", EX1);
        world.await(bank.flood(EX1.withValue(1), TTL));
        Grasp dull = world.awaitOne(here.startOnSharedLoop(world.settings()));
        pass(Duration.ofSeconds(8));

        NodeStatus status = world.awaitOne(inspection.status());
        assertThat(status.version()).isEmpty();
        assertThat(status.upTime()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(9));
        assertThat(status.now()).isEqualTo(here.now());
        assertThat(status.closing()).isFalse();
        assertThat(status.substrate()).isEqualTo("simulated");
        assertThat(status.dull()).isEmpty();
        assertThat(status.permitsGrasp()).isTrue();
        assertThat(status.identity()).isEmpty();
        assertThat(status.findings()).isEmpty();
        assertThat(status.locators()).isEqualTo(world.awaitOne(here.locators()));
        assertThat(status.instances()).hasSize(1);
        assertThat(status.instances().get(0).links()).containsExactly("lan");
        assertThat(status.load().sessions()).isZero();
        NodeStatus.Counts counts = status.counts();
        assertThat(counts.asas()).isOne();
        assertThat(counts.objectives()).isOne();
        assertThat(counts.floods()).isOne();
        assertThat(counts.links()).isOne();
        assertThat(counts.watchers()).isZero();
        assertThat(counts.neighbors()).as("it is no neighbor of itself").isZero();
        assertThat(counts.drops()).as("its own multicast came back").isOne();
        assertThat(status.totals()).as("the flood, which came back").isEqualTo(new NodeStatus.Totals(0, 1, 1));
        assertThat(world.awaitOne(inspection.drops()))
                .extracting(DropCount::reason, DropCount::count)
                .containsExactly(tuple(DropReason.OWN, 1L));
        assertThat(world.awaitOne(dull.inspection().status()).instances()).hasSize(1);
    }

    @Test
    void linksAndLimitsAreShown() {
        Asa bank = asa(here, "bank", EX1);
        world.await(bank.flood(EX1.withValue(1), TTL));
        List<LinkEntry> links = list(inspection::links);
        assertThat(links).hasSize(1);
        LinkEntry link = links.get(0);
        assertThat(link.name()).isEqualTo("lan");
        assertThat(link.link()).contains(world.awaitOne(here.links()).get(0));
        assertThat(link.locator())
                .contains(world.awaitOne(here.locators()).links().get(0).locator());

        TreeMap<String, LimitUse> limits = new TreeMap<>();
        world.awaitOne(inspection.limits()).forEach(each -> limits.put(each.setting(), each));
        assertThat(limits.get("Limits.asas")).isEqualTo(new LimitUse("Limits.asas", 1, 256, LimitUse.Unit.COUNT));
        assertThat(limits.get("Limits.objectives").used()).isOne();
        assertThat(limits.get("Limits.ownFloodBytes").used()).isPositive();
        assertThat(limits.get("Limits.floodBytes").used()).isZero();
        assertThat(limits.keySet())
                .contains(
                        "Limits.sessions",
                        "Limits.connections",
                        "Limits.connectionsPerPeer",
                        "Limits.pendingReplies",
                        "Limits.discoveryBytes",
                        "Limits.rememberedBytes",
                        "RelayLimits.sessions");
        assertThat(limits.values()).allSatisfy(each -> assertThat(each.used()).isBetween(0L, each.most()));
    }

    // Pages

    @Test
    void aPageHasTheRequestedSizeAndSaysWhetherMoreFollow() {
        for (int i = 0; i < 5; i++) {
            asa(here, "asa-" + i);
        }
        Page<AsaEntry> first = world.awaitOne(inspection.asas(FIRST.withSize(3)));
        Page<AsaEntry> last = world.awaitOne(
                inspection.asas(FIRST.withSize(3).after(first.next().orElseThrow())));
        Page<AsaEntry> exact = world.awaitOne(inspection.asas(FIRST.withSize(5)));

        assertThat(first.entries()).extracting(AsaEntry::name).containsExactly("asa-0", "asa-1", "asa-2");
        assertThat(last.entries()).extracting(AsaEntry::name).containsExactly("asa-3", "asa-4");
        assertThat(last.next()).isEmpty();
        assertThat(exact.next()).isEmpty();
    }

    @Test
    void cursorsThatDoNotContinueAWalkAreRefused() {
        for (int i = 0; i < 3; i++) {
            asa(here, "asa-" + i, Objective.negotiable("O" + i));
            asa(there, "asa-" + i);
        }
        String cursor =
                world.awaitOne(inspection.asas(FIRST.withSize(1))).next().orElseThrow();
        String ofThere = world.awaitOne(there.inspection().asas(FIRST.withSize(1)))
                .next()
                .orElseThrow();
        byte[] bytes = Base64.getUrlDecoder().decode(cursor);
        bytes[1] = 99;
        String noList = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

        assertRefused(inspection.objectives(FIRST.after(cursor)), Reason.OTHER_LIST);
        assertRefused(inspection.asas(FIRST.after(ofThere)), Reason.OTHER_NODE);
        for (String malformed : List.of("", "?", "AAAA", cursor + "A", cursor.substring(1), noList)) {
            assertRefused(inspection.asas(FIRST.after(malformed)), Reason.MALFORMED);
        }
    }

    private void assertRefused(Mono<?> page, Reason reason) {
        assertThat(world.collect(page).awaitFailure())
                .isInstanceOfSatisfying(
                        InvalidCursorException.class,
                        e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void floodsThatStayAreSeenOnceWhileOthersComeAndGoAndAllAreRenewed() {
        List<Objective> all = new ArrayList<>();
        Asa bank = asa(there, "bank");
        for (int i = 0; i < 60; i++) {
            all.add(Objective.synchronizable("F" + i));
            world.await(bank.register(all.get(i)));
        }
        Random random = new Random(1);
        Set<Integer> gone = new HashSet<>();
        IntConsumer flood = i -> world.await(bank.flood(all.get(i).withValue(i), TTL));
        for (int i = 0; i < 40; i++) {
            flood.accept(i);
        }
        pass(world.moment());
        walk(
                inspection::floods,
                FloodEntry::objective,
                page -> {
                    int victim = random.nextInt(40);
                    gone.add(victim);
                    world.awaitOne(here.maintenance().expireFlood(TaggedObjective.untagged(all.get(victim)), 0));
                    for (int i = 0; i < 40 + page; i++) {
                        if (!gone.contains(i)) {
                            flood.accept(i);
                        }
                    }
                    pass(world.moment());
                },
                name -> Integer.parseInt(name.substring(1)) < 40 && !gone.contains(Integer.parseInt(name.substring(1))),
                40);
    }

    @Test
    void sessionsThatStayAreSeenOnceWhileOthersComeAndGo() {
        Asa buyer = asa(here, "buyer");
        List<Collected<AsaLocator>> searches = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            searches.add(world.collect(buyer.discover(Objective.negotiable("S" + i), Duration.ofMinutes(5))));
        }
        pass(world.moment());
        Random random = new Random(2);
        Set<Integer> gone = new HashSet<>();
        walk(
                inspection::sessions,
                SessionEntry::objective,
                page -> {
                    int victim = random.nextInt(40);
                    gone.add(victim);
                    searches.get(victim).cancel();
                    searches.add(world.collect(
                            buyer.discover(Objective.negotiable("S" + searches.size()), Duration.ofMinutes(5))));
                    pass(world.moment());
                },
                name -> Integer.parseInt(name.substring(1)) < 40 && !gone.contains(Integer.parseInt(name.substring(1))),
                40);
        searches.forEach(Collected::cancel);
    }

    /** Walks over a list in pages of 7, with changes between them; those that stay come once, and none comes twice. */
    private <T> void walk(
            Function<PageRequest, Mono<Page<T>>> list,
            Function<T, String> name,
            IntConsumer change,
            Predicate<String> stays,
            int atFirst) {
        List<String> seen = new ArrayList<>();
        PageRequest request = FIRST.withSize(7);
        Page<T> page = world.awaitOne(list.apply(request));
        for (int i = 1; ; i++) {
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(7);
            page.entries().forEach(entry -> seen.add(name.apply(entry)));
            if (page.next().isEmpty()) {
                break;
            }
            change.accept(i);
            page = world.awaitOne(list.apply(request.after(page.next().get())));
        }
        assertThat(seen).doesNotHaveDuplicates();
        String prefix = seen.get(0).substring(0, 1);
        for (int i = 0; i < atFirst; i++) {
            if (stays.test(prefix + i)) {
                assertThat(seen).contains(prefix + i);
            }
        }
        assertThat(seen).as("those that came later").hasSizeGreaterThan(30);
    }
}
