package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Asa;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each invariant detects its violations, and nothing else. */
class InvariantsTest {
    private static final SessionId ID = new SessionId(4711);
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final MessagePath PATH = new MessagePath(MessagePath.Kind.LINK, "lan", null);
    private static final MessagePath OTHER_PATH = new MessagePath(MessagePath.Kind.LINK, "wan", null);

    private final VirtualLoop loop = new VirtualLoop();
    private final Simulation simulation =
            Simulation.on(loop, SimulationConfig.seeded(1).withInvariants(List.of()));
    private final SimNode one = simulation.network().node("one");
    private final SimNode other = simulation.network().node("other");
    private final InetAddress initiator = one.addresses().get(0);
    private final List<String> violations = new ArrayList<>();

    private Invariant.Check begin(Invariant invariant) {
        Invariant.Check check = invariant.begin(simulation.network(), violations::add);
        simulation.network().observe(check::happened);
        return check;
    }

    private Flood flood(int loopCount) {
        Objective objective = Objective.synchronizable("EX1").withValue(1).withLoopCount(loopCount);
        return new Flood(ID, initiator, 1000, List.of(TaggedObjective.untagged(objective)));
    }

    private Discovery discovery(int loopCount) {
        return new Discovery(ID, initiator, EX3.withLoopCount(loopCount));
    }

    private static SessionInfo session(SessionInfo.Role role) {
        return new SessionInfo(ID, SessionInfo.Kind.NEGOTIATION, role, "EX3");
    }

    private void start(SimNode node) {
        loop.run(() -> node.start(new Deaf(), failure -> {}));
    }

    // Sessions

    @Test
    void aSessionThatEndsOnceIsValid() {
        Invariant.Check check = begin(Invariants.everySessionEnds());
        GraspObserver observer = check.started(one);
        observer.sessionStarted(session(SessionInfo.Role.INITIATOR));
        observer.sessionEnded(session(SessionInfo.Role.INITIATOR), SessionOutcome.ACCEPTED, null);
        check.ended();

        assertThat(violations).isEmpty();
    }

    @Test
    void aSessionMustEndAndOnlyOnce() {
        Invariant.Check check = begin(Invariants.everySessionEnds());
        GraspObserver observer = check.started(one);
        observer.sessionStarted(session(SessionInfo.Role.INITIATOR));
        observer.sessionEnded(session(SessionInfo.Role.RESPONDER), SessionOutcome.ACCEPTED, null);
        check.ended();

        assertThat(violations).hasSize(2);
        assertThat(violations.get(0)).contains("ended a session that had not begun", "RESPONDER");
        assertThat(violations.get(1)).contains("did not end a session", "INITIATOR");
    }

    @Test
    void aCrashTakesItsSessionsWithIt() {
        Invariant.Check check = begin(Invariants.everySessionEnds());
        start(one);
        check.started(one).sessionStarted(session(SessionInfo.Role.INITIATOR));
        loop.run(one::crash);
        check.ended();

        assertThat(violations).isEmpty();
    }

    // Multicasts

    @Test
    void aFloodIsProcessedOnceInTwoMinutesInEachLife() {
        Invariant.Check check = begin(Invariants.noDuplicateFloods());
        GraspObserver observer = check.started(one);
        observer.floodProcessed(flood(6), PATH);
        check.started(one).floodProcessed(flood(6), PATH);
        check.started(other).floodProcessed(flood(6), PATH);
        loop.advance(Duration.ofMinutes(2));
        observer.floodProcessed(flood(6), PATH);
        assertThat(violations).isEmpty();

        loop.advance(Duration.ofSeconds(119));
        observer.floodProcessed(flood(5), PATH);
        assertThat(violations).singleElement().asString().contains("one", "M_FLOOD", "4711", "twice");
    }

    @Test
    void aRelayedLoopCountMustFall() {
        Invariant.Check check = begin(Invariants.loopCountsDecrease());
        for (GraspMessage received : List.of(flood(6), discovery(6))) {
            check.started(one).messageReceived(received, new byte[0], PATH);
        }
        GraspObserver observer = check.started(one);
        observer.messageSent(flood(6), new byte[0], PATH);
        observer.messageReceived(flood(5), new byte[0], PATH);
        observer.messageSent(flood(4), new byte[0], PATH);
        observer.messageSent(discovery(6), new byte[0], PATH);
        assertThat(violations).as("an own multicast, and a relayed one").isEmpty();

        observer.messageSent(flood(5), new byte[0], PATH);
        observer.messageReceived(discovery(3), new byte[0], PATH);
        observer.messageSent(discovery(3), new byte[0], PATH);
        assertThat(violations).hasSize(2);
    }

    @Test
    void aMulticastIsSentOnceOnEachLink() {
        GraspObserver observer = begin(Invariants.noDuplicateMulticasts()).started(one);
        observer.messageSent(flood(5), new byte[0], PATH);
        observer.messageSent(flood(5), new byte[0], OTHER_PATH);
        observer.messageSent(discovery(5), new byte[0], PATH);
        assertThat(violations).isEmpty();

        observer.messageSent(discovery(4), new byte[0], PATH);
        assertThat(violations).singleElement().asString().contains("M_DISCOVERY", "again");
    }

    @Test
    void aRelayedMulticastMustNotReturnToItsLink() {
        GraspObserver observer = begin(Invariants.noEcho()).started(one);
        observer.relayed(flood(4), PATH);
        observer.messageReceived(flood(5), new byte[0], OTHER_PATH);
        observer.messageSent(flood(4), new byte[0], OTHER_PATH);
        observer.messageSent(discovery(4), new byte[0], PATH);
        assertThat(violations).isEmpty();

        observer.messageSent(flood(4), new byte[0], PATH);
        assertThat(violations).singleElement().asString().contains("one sends", "on link lan");
    }

    // Negotiations

    @Test
    void bothSidesMustAgreeOnTheSameValue() {
        Invariant.Check check = begin(Invariants.equalAgreements());
        for (int value : new int[] {1, 2}) {
            check.started(one)
                    .negotiated(session(SessionInfo.Role.INITIATOR), new Accepted(EX3.withValue(1), Side.LOCAL));
            check.started(other)
                    .negotiated(session(SessionInfo.Role.RESPONDER), new Accepted(EX3.withValue(value), Side.PEER));
        }

        assertThat(violations).singleElement().asString().contains("agreed on 1", "agreed on 2", "one", "other");
    }

    // Dead nodes

    @Test
    void locatorsOfACrashedNodeMustExpire() throws Exception {
        Invariant.Check check = begin(Invariants.noExpiredLocators());
        start(one);
        AsaLocator place = AsaLocator.of(new Locator.Ipv6((Inet6Address) initiator, Locator.TCP, one.port()));
        GraspObserver teller = check.started(one);
        teller.messageSent(
                new Response(ID, initiator, 10_000, List.of(new GraspOption.LocatorOption(place.locator())), null),
                new byte[0],
                PATH);
        GraspObserver seeker = check.started(other);
        seeker.locatorFound("EX3", place);
        loop.run(one::crash);
        loop.advance(Duration.ofSeconds(70));
        seeker.locatorFound("EX3", place);
        assertThat(violations).isEmpty();

        loop.advance(Duration.ofSeconds(1));
        seeker.locatorFound("EX3", place);
        assertThat(violations).singleElement().asString().contains("dead for 71.000 s", "live 10.000 s");
        start(one);
        seeker.locatorFound("EX3", place);
        assertThat(violations).as("it runs again").hasSize(1);
    }

    // Residue, and how a failure is reported

    @Test
    void aDeadlineWithoutItsActivityIsResidue() {
        Invariant.Check check = begin(Invariants.noResidue());
        check.closing(one, new EngineLoad(1, 2, 0, 0));
        assertThat(violations).isEmpty();
        check.closing(other, new EngineLoad(0, 2, 0, 0));
        assertThat(violations).containsExactly("other was idle but still had 2 deadlines");
    }

    @Test
    void whatAClosedNodeHoldsIsResidue() {
        Invariant.Check check = begin(Invariants.noResidue());
        check.closed(one, EngineLoad.NONE);
        check.closed(other, new EngineLoad(0, 0, 1, 0));
        check.ended();
        assertThat(violations).singleElement().asString().startsWith("other still has ");
    }

    @Test
    void anInvariantGetsTheLoadOfEachNodeBeforeAndAfterItIsClosed() {
        List<String> closes = new ArrayList<>();
        Invariant loads = new Invariant() {
            @Override
            public String name() {
                return "loads";
            }

            @Override
            public Check begin(SimNetwork network, Consumer<String> violated) {
                return new Check() {
                    @Override
                    public void closing(SimNode node, EngineLoad load) {
                        closes.add(node + " has sessions before: " + (load.sessions() > 0));
                    }

                    @Override
                    public void closed(SimNode node, EngineLoad load) {
                        closes.add(node + " has nothing after: " + load.equals(EngineLoad.NONE));
                    }

                    @Override
                    public void ended() {
                        closes.add("ended");
                    }
                };
            }
        };
        SimulationRunner.verify(SimulationConfig.seeded(1).withInvariants(List.of(loads)), run -> {
            Asa asa = run.await(run.start("a").registerAsa("asa"));
            asa.discover(EX3, Duration.ofSeconds(30)).subscribe(found -> {}, ended -> {});
            run.start("b");
            run.advance(Duration.ofSeconds(1));
        });
        assertThat(closes)
                .containsExactly(
                        "a has sessions before: true",
                        "b has sessions before: false",
                        "a has nothing after: true",
                        "b has nothing after: true",
                        "ended");
    }

    @Test
    void aScenarioThatLeavesNothingPasses() {
        SimulationRunner.verify(3, run -> {
            run.link("lan", LinkConditions.PERFECT, "a");
            run.await(run.start("a").registerAsa("asa"));
        });
    }

    @Test
    void aFailureReportsTheSeedTheViolationsAndTheTrace() {
        assertThatThrownBy(() -> SimulationRunner.verify(4711, run -> {
                    run.link("lan", LinkConditions.PERFECT, "a", "b");
                    Asa asa = run.await(run.start("a").registerAsa("asa"));
                    run.start("b");
                    run.awaitAll(asa.discover(EX3, Duration.ofSeconds(1)));
                    throw new IllegalStateException("not as it should be");
                }))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("seed 4711")
                .hasMessageContaining("not as it should be")
                .hasMessageContaining("M_DISCOVERY")
                .hasMessageContaining("hash")
                .hasCauseInstanceOf(IllegalStateException.class)
                .satisfies(failure -> {
                    assertThat(((SimulationFailure) failure).seed()).isEqualTo(4711);
                    assertThat(((SimulationFailure) failure).trace().count()).isPositive();
                });
    }

    @Test
    void aCustomInvariantIsChecked() {
        Invariant never = new Invariant() {
            @Override
            public String name() {
                return "no node starts";
            }

            @Override
            public Check begin(SimNetwork network, Consumer<String> violated) {
                return new Check() {
                    @Override
                    public GraspObserver started(SimNode node) {
                        violated.accept(node.name() + " has started");
                        return GraspObserver.NONE;
                    }
                };
            }
        };

        assertThatThrownBy(() -> SimulationRunner.verify(
                        SimulationConfig.seeded(1).withInvariants(List.of(never)), run -> run.start("a")))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("no node starts: a has started");
    }

    @Test
    void aFailureInTheBackgroundFailsTheScenario() {
        assertThatThrownBy(() -> SimulationRunner.verify(1, run -> {
                    Asa asa = run.await(run.start("a").registerAsa("asa"));
                    run.inBackground(asa.listenNegotiate(EX3));
                }))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("EX3");
    }
}
