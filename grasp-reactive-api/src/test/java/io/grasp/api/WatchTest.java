package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.inspection.DiscoveryEvent;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.FloodEvent;
import io.grasp.inspection.LinkEvent;
import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.MoveEvent.Move;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.LinkKind;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Events of two simulated nodes for those that watch them, at virtual time. */
class WatchTest {
    private static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Duration TTL = Duration.ofSeconds(60);
    private static final EventOptions OPTIONS = EventOptions.DEFAULTS;
    private static final int WAIT = 7;

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

    private void pass(Duration time) {
        world.await(Mono.delay(time, here.scheduler()));
    }

    private void pass() {
        pass(world.moment());
    }

    private int watchers() {
        return world.awaitOne(inspection.status()).counts().watchers();
    }

    private static <E> List<E> events(Collected<EventBatch<E>> batches) {
        return batches.values().stream()
                .flatMap(batch -> batch.events().stream())
                .toList();
    }

    private static <E> long skipped(Collected<EventBatch<E>> batches) {
        return batches.values().stream().mapToLong(EventBatch::skipped).sum();
    }

    // Each kind

    @Test
    void floodsOfBothSidesAreEvents() {
        Asa bank = asa(there, "bank", EX1);
        Asa buyer = asa(here, "buyer", EX2);
        Collected<EventBatch<FloodEvent>> all = world.collect(inspection.floodEvents(OPTIONS));
        Collected<EventBatch<FloodEvent>> some = world.collect(inspection.floodEvents(OPTIONS.withObjective("EX2")));
        world.await(bank.flood(EX1.withValue("x"), TTL));
        pass();
        world.await(buyer.flood(EX2.withValue(2), FloodedObjective.INDEFINITE));
        pass();

        List<FloodEvent> floods = events(all);
        assertThat(floods).hasSize(2);
        FloodEvent theirs = floods.get(0);
        assertThat(theirs.own()).isFalse();
        assertThat(theirs.initiator())
                .isEqualTo(world.awaitOne(there.locators()).initiator());
        assertThat(theirs.ttl()).isEqualTo(TTL);
        assertThat(theirs.objectives()).hasSize(1);
        assertThat(theirs.objectives().get(0).name()).isEqualTo("EX1");
        assertThat(theirs.objectives().get(0).value().value()).contains(ObjectiveValue.of("x"));
        assertThat(theirs.objectives().get(0).loopCount()).isEqualTo(6);
        assertThat(theirs.objectives().get(0).flags()).isEqualTo(EX1.flags());
        assertThat(theirs.objectives().get(0).locator()).isEmpty();
        assertThat(theirs.path().link()).isEqualTo("lan");
        assertThat(floods.get(1).own()).isTrue();
        assertThat(floods.get(1).ttl()).isEqualTo(FloodedObjective.INDEFINITE);
        assertThat(floods.get(1).time()).isGreaterThan(theirs.time());
        assertThat(events(some)).containsExactly(floods.get(1));
        all.cancel();
        some.cancel();
        assertThat(watchers()).isZero();
    }

    @Test
    void discoveriesAndTheLocatorsFoundAreEvents() {
        asa(there, "bank", EX1);
        Asa bank = asa(there, "other", EX3);
        Collected<?> listening = world.collect(bank.listenNegotiate(EX3));
        Collected<EventBatch<DiscoveryEvent>> watched = world.collect(inspection.discoveryEvents(OPTIONS));
        Collected<EventBatch<DiscoveryEvent>> watchedThere =
                world.collect(there.inspection().discoveryEvents(OPTIONS));
        AsaLocator found =
                world.awaitOne(asa(here, "buyer").discover(EX3, world.moment()).next());
        pass();

        List<DiscoveryEvent> events = events(watched);
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOfSatisfying(DiscoveryEvent.Asked.class, asked -> {
            assertThat(asked.sent()).isTrue();
            assertThat(asked.objective()).isEqualTo("EX3");
            assertThat(asked.loopCount()).isEqualTo(6);
            assertThat(asked.initiator())
                    .isEqualTo(world.awaitOne(here.locators()).initiator());
        });
        assertThat(events.get(1)).isInstanceOfSatisfying(DiscoveryEvent.Found.class, located -> {
            assertThat(located.objective()).isEqualTo("EX3");
            assertThat(located.locator().locator()).isEqualTo(found.locator());
        });
        assertThat(events(watchedThere)).singleElement().isInstanceOfSatisfying(DiscoveryEvent.Asked.class, asked -> {
            assertThat(asked.sent()).isFalse();
            assertThat(asked.session()).isEqualTo(((DiscoveryEvent.Asked) events.get(0)).session());
        });
        watched.cancel();
        watchedThere.cancel();
        listening.cancel();
    }

    @Test
    void aNegotiationIsSeenMoveByMoveAndAsASession() {
        Asa bank = asa(there, "bank", EX3);
        Collected<Negotiation> requests = world.collect(bank.listenNegotiate(EX3));
        Asa buyer = asa(here, "buyer", EX3);
        AsaLocator place = world.awaitOne(buyer.discover(EX3, world.moment()).next());
        InetAddress peer = place.locator().address();
        Collected<EventBatch<SessionEvent>> sessions =
                world.collect(inspection.sessionEvents(OPTIONS.withObjective("EX3")));
        Collected<EventBatch<MoveEvent>> moves =
                world.collect(inspection.moveEvents(OPTIONS.withObjective("EX3").withPeer(peer)));
        Collected<EventBatch<TraceEvent>> waits = world.collect(
                inspection.traceEvents(OPTIONS.withObjective("EX3").withMessageTypes(Set.of(WAIT))));
        Collected<Negotiation> begun =
                world.collect(buyer.requestNegotiate(EX3.withValue(300), RequestOptions.to(place)));
        Negotiation asked = requests.awaitValues(1).get(0);
        world.await(asked.waitFor(Duration.ofSeconds(7)));
        pass();
        Collected<?> step = world.collect(asked.step(200));
        world.await(begun.awaitValues(1).get(0).decline("too dear"));
        pass();

        List<MoveEvent> seen = events(moves);
        assertThat(seen).extracting(MoveEvent::move).containsExactly(Move.REQUEST, Move.WAIT, Move.OFFER, Move.DECLINE);
        assertThat(seen).extracting(MoveEvent::sent).containsExactly(true, false, false, true);
        assertThat(seen.get(0).value().value()).contains(ObjectiveValue.of(300));
        assertThat(seen.get(0).loopCount()).isEqualTo(6);
        assertThat(seen.get(1).waitTime()).contains(Duration.ofSeconds(7));
        assertThat(seen.get(1).objective()).as("M_WAIT names none").isEmpty();
        assertThat(seen.get(2).value().value()).contains(ObjectiveValue.of(200));
        assertThat(seen.get(2).objective()).contains("EX3");
        assertThat(seen.get(3).reason()).contains("too dear");
        assertThat(seen).extracting(MoveEvent::session).containsOnly(seen.get(0).session());
        assertThat(seen).allSatisfy(move -> assertThat(move.path().kind()).isEqualTo(MessagePath.Kind.CONNECTION));

        List<SessionEvent> ends = events(sessions);
        assertThat(ends).hasSize(2);
        assertThat(ends.get(0)).isInstanceOf(SessionEvent.Started.class);
        assertThat(ends.get(0).session())
                .isEqualTo(new SessionInfo(
                        seen.get(0).session(), SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR, "EX3"));
        assertThat(ends.get(1)).isInstanceOfSatisfying(SessionEvent.Ended.class, ended -> {
            assertThat(ended.outcome()).isEqualTo(SessionOutcome.DECLINED);
            assertThat(ended.failure()).isEmpty();
        });
        assertThat(events(waits)).singleElement().isInstanceOfSatisfying(TraceEvent.Message.class, message -> {
            assertThat(message.typeName()).isEqualTo("M_WAIT");
            assertThat(message.type()).isEqualTo(WAIT);
            assertThat(message.sent()).isFalse();
            assertThat(message.session()).contains(seen.get(0).session());
            assertThat(message.message().diagnostic())
                    .isEqualTo("[7, " + seen.get(0).session() + ", 7000]");
        });
        List.of(sessions, moves, waits, begun, step, requests).forEach(Collected::cancel);
    }

    @Test
    void linksThatComeAndGoAreEvents() {
        Collected<EventBatch<LinkEvent>> links = world.collect(inspection.linkEvents(OPTIONS));
        world.linkDown();
        pass();
        world.linkUp();
        pass();

        assertThat(events(links))
                .extracting(Object::getClass)
                .<Class<?>>map(type -> type)
                .containsExactly(LinkEvent.Down.class, LinkEvent.Up.class);
        assertThat(((LinkEvent.Up) events(links).get(1)).link().name()).isEqualTo("lan");
        links.cancel();
    }

    @Test
    void aTraceHasMessagesInBothDirectionsAndDrops() {
        Asa bank = asa(there, "bank", EX1);
        Collected<EventBatch<TraceEvent>> trace = world.collect(inspection.traceEvents(OPTIONS));
        world.await(bank.flood(EX1.withValue(1), TTL));
        world.await(asa(here, "buyer", EX2).flood(EX2.withValue(1), TTL));
        pass();

        List<TraceEvent> events = events(trace);
        assertThat(events.stream()
                        .map(event -> event instanceof TraceEvent.Message message
                                ? (message.sent() ? "> " : "< ")
                                        + message.objective().orElse("")
                                : "dropped " + ((TraceEvent.Dropped) event).reason())
                        .toList())
                .containsExactlyInAnyOrder("< EX1", "> EX2", "< EX2", "dropped " + DropReason.OWN);
        trace.cancel();
    }

    // Bounds

    @Test
    void eventsBeyondTheRateAreCountedAndTheRestComesInOrder() {
        List<Objective> names = new ArrayList<>();
        Asa bank = asa(there, "bank");
        for (int i = 0; i < 40; i++) {
            names.add(Objective.synchronizable("F" + i));
            world.await(bank.register(names.get(i)));
        }
        Collected<EventBatch<FloodEvent>> watched =
                world.collect(inspection.floodEvents(OPTIONS.withEventsPerSecond(10)));
        names.forEach(name -> world.await(bank.flood(name.withValue(1), TTL)));
        pass();

        assertThat(events(watched))
                .extracting(flood -> flood.objectives().get(0).name())
                .containsExactly("F0", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9");
        assertThat(skipped(watched)).isEqualTo(30);
        pass(Duration.ofSeconds(10));
        assertThat(skipped(watched))
                .as("it earns what was not used, but no batch is empty")
                .isEqualTo(30);
        world.await(bank.flood(names.get(0).withValue(2), TTL));
        pass();
        assertThat(events(watched)).hasSize(11);
        assertThat(watched.values().get(watched.values().size() - 1).skipped()).isZero();
        watched.cancel();
    }

    @Test
    void anEventAfterAQuietTimeComesAtOnceAndThoseThatFollowWaitForThePeriod() {
        Asa bank = asa(there, "bank", EX1);
        Duration period = Duration.ofSeconds(2);
        Duration soon = Duration.ofMillis(100);
        Collected<EventBatch<FloodEvent>> watched = world.collect(inspection.floodEvents(OPTIONS.withPeriod(period)));
        for (int i = 0; i < 3; i++) {
            world.await(bank.flood(EX1.withValue(i), TTL));
            pass(soon);
        }

        assertThat(events(watched)).as("only the first").hasSize(1);
        pass(period);
        assertThat(watched.values()).extracting(batch -> batch.events().size()).containsExactly(1, 2);
        pass(period);
        world.await(bank.flood(EX1.withValue(3), TTL));
        pass(soon);
        assertThat(watched.values()).as("the time was quiet again").hasSize(3);
        watched.cancel();
    }

    @Test
    void watchersWithEqualOptionsShareTheirBatches() {
        Asa bank = asa(there, "bank", EX1);
        Collected<EventBatch<FloodEvent>> one = world.collect(inspection.floodEvents(OPTIONS));
        Collected<EventBatch<FloodEvent>> two = world.collect(inspection.floodEvents(OPTIONS.withValueBytes(256)));
        Collected<EventBatch<FloodEvent>> other = world.collect(inspection.floodEvents(OPTIONS.withValueBytes(1)));
        world.await(bank.flood(EX1.withValue("text"), TTL));
        pass();

        assertThat(one.values().get(0))
                .isSameAs(two.values().get(0))
                .isNotSameAs(other.values().get(0));
        assertThat(events(other).get(0).objectives().get(0).value().isWhole()).isFalse();
        assertThat(watchers()).isEqualTo(3);
        List.of(one, two, other).forEach(Collected::cancel);
        assertThat(watchers()).isZero();
    }

    @Test
    void aWatcherThatDoesNotReadIsNotWaitedForAndLearnsWhatItMissed() {
        Asa bank = asa(there, "bank", EX1);
        Collected<EventBatch<FloodEvent>> slow = new Collected<>(world, inspection.floodEvents(OPTIONS), 1);
        Collected<EventBatch<FloodEvent>> fast = world.collect(inspection.floodEvents(OPTIONS));
        for (int i = 0; i < 5; i++) {
            world.await(bank.flood(EX1.withValue(i), TTL));
            pass();
        }

        assertThat(fast.values()).hasSize(5);
        assertThat(slow.values()).hasSize(1);
        slow.request(1);
        pass();
        assertThat(slow.values()).hasSize(2);
        assertThat(slow.values().get(1).events()).isEqualTo(fast.values().get(4).events());
        assertThat(slow.values().get(1).skipped()).isEqualTo(3);
        slow.cancel();
        fast.cancel();
    }

    @Test
    void watchersAndTheirDifferentOptionsAreBounded() {
        List<Collected<?>> all = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            all.add(world.collect(inspection.floodEvents(OPTIONS.withEventsPerSecond(i))));
        }
        GraspContractTest.assertCode(
                world.collect(inspection.floodEvents(OPTIONS.withEventsPerSecond(17)))
                        .awaitFailure(),
                GraspErrorCode.UNSPECIFIED);
        for (int i = 16; i < 256; i++) {
            all.add(world.collect(inspection.linkEvents(OPTIONS)));
        }
        GraspContractTest.assertCode(
                world.collect(inspection.linkEvents(OPTIONS)).awaitFailure(), GraspErrorCode.UNSPECIFIED);
        all.forEach(Collected::cancel);
        assertThat(watchers()).isZero();
    }

    @Test
    void optionsThatCannotApplyAreRefused() throws Exception {
        InetAddress peer = InetAddress.getByName("fe80::1");
        assertThatThrownBy(() -> inspection.sessionEvents(OPTIONS.withPeer(peer)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> inspection.linkEvents(OPTIONS.withObjective("EX1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> inspection.floodEvents(OPTIONS.withMessageTypes(Set.of(1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OPTIONS.withEventsPerSecond(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OPTIONS.withPeriod(Duration.ofMillis(9))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void streamsCompleteWhenTheNodeIsClosed() {
        Collected<EventBatch<SessionEvent>> sessions = world.collect(inspection.sessionEvents(OPTIONS));
        Collected<EventBatch<LinkEvent>> links = new Collected<>(world, inspection.linkEvents(OPTIONS), 0);
        Asa buyer = asa(here, "buyer");
        Collected<?> search = world.collect(buyer.discover(EX3, Duration.ofMinutes(1)));
        world.end(here);

        sessions.awaitEnd();
        links.awaitEnd();
        assertThat(search.isEnded()).isTrue();
        List<SessionEvent> events = events(sessions);
        assertThat(((SessionEvent.Ended) events.get(events.size() - 1)).outcome())
                .isEqualTo(SessionOutcome.CANCELLED);
        GraspContractTest.assertCode(
                world.collect(inspection.linkEvents(OPTIONS)).awaitFailure(), GraspErrorCode.UNSPECIFIED);
    }

    @Test
    void nothingRunsWhileNothingHappens() {
        Collected<EventBatch<TraceEvent>> trace = world.collect(inspection.traceEvents(OPTIONS));
        pass(Duration.ofSeconds(1));
        assertThat(world.awaitOne(here.load()).deadlines()).isZero();
        assertThat(trace.values()).isEmpty();
        trace.cancel();
        assertThat(Flux.just(1).blockLast()).isOne();
    }

    // Actions

    @Test
    void cachesAreFlushedAndPeersForgotten() {
        Asa bank = asa(there, "bank", EX1, EX2, EX3);
        Collected<?> listening = world.collect(bank.listenNegotiate(EX3));
        Asa buyer = asa(here, "buyer");
        AsaLocator place = world.awaitOne(buyer.discover(EX3, world.moment()).next());
        world.await(bank.flood(EX1.withValue(1), TTL));
        world.await(bank.flood(EX2.withValue(1), TTL));
        pass();
        Maintenance maintenance = here.maintenance();

        assertThat(world.awaitOne(maintenance.expireFlood(
                        world.await(buyer.getFlood("EX1")).get(0))))
                .isOne();
        assertThat(world.awaitOne(maintenance.flushFloods())).isOne();
        assertThat(world.awaitOne(maintenance.flushFloods())).isZero();
        assertThat(world.awaitOne(maintenance.flushDiscoveries())).isOne();
        assertThat(world.awaitOne(maintenance.flushDiscoveries())).isZero();

        world.await(buyer.discover(EX3, world.moment()).next());
        world.await(bank.flood(EX1.withValue(2), TTL));
        pass();
        assertThat(world.awaitOne(maintenance.forgetPeer(place.locator().address())))
                .satisfies(forgotten -> {
                    assertThat(forgotten.locators()).isOne();
                    assertThat(forgotten.floods()).isOne();
                    assertThat(forgotten.connections()).isZero();
                });
        assertThat(world.awaitOne(inspection.status()).counts().discoveries()).isZero();
        GraspContractTest.assertCode(
                world.collect(maintenance.reloadIdentity()).awaitFailure(), GraspErrorCode.UNSPECIFIED);
        listening.cancel();
    }
}
