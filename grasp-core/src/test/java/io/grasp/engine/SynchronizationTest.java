package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.config.RegistrationOptions;
import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which value a peer gets, and how a request for a value ends (RFC 8990 section 2.5.6.1). */
class SynchronizationTest extends TwoLinkFixture {
    private static final Duration OPENING = Duration.ofSeconds(2);

    private final Synchronized result = new Synchronized();
    private final List<String> stopped = new ArrayList<>();

    private SynchronizationListening serve(String name) {
        return loop.call(() -> asa.listenSynchronize(EX2, () -> stopped.add(name)));
    }

    private void update(SynchronizationListening listening, Object value) {
        loop.run(() -> listening.update(ObjectiveValue.of(value)));
    }

    /** {@return the value that a peer gets, or "refused"} */
    private String valueFor(int id) {
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestSynchronization(new SessionId(id), EX2.withValue(0)));
        moment();
        return wire.received.isEmpty()
                ? "refused"
                : wire.received.get(0).objective().value().as(String.class);
    }

    @Test
    void theEndOfARegistrationStopsItsValueOnce() {
        SynchronizationListening serving = serve("value");
        update(serving, "v");
        assertThat(valueFor(1)).isEqualTo("v");

        loop.run(() -> asa.deregister("EX2"));
        assertThat(stopped).containsExactly("value");
        loop.run(asa::deregister);

        assertThat(stopped).containsExactly("value");
        assertThat(valueFor(2)).isEqualTo("refused");
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> update(serving, "w"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_LISTENER));
    }

    @Test
    void theEndOfAnAsaStopsItsValue() {
        update(serve("value"), "v");
        loop.run(asa::deregister);

        assertThat(stopped).containsExactly("value");
        assertThat(valueFor(1)).isEqualTo("refused");
    }

    @Test
    void aLaterListenerReplacesTheValueOfAnEarlierOne() {
        SynchronizationListening earlier = serve("earlier");
        update(earlier, "earlier");
        assertThat(valueFor(1)).isEqualTo("earlier");

        SynchronizationListening later = serve("later");
        assertThat(stopped).containsExactly("earlier");
        assertThat(valueFor(2)).as("there is no new value yet").isEqualTo("refused");
        update(later, "later");
        loop.run(earlier::cancel);
        assertThat(valueFor(3)).as("the earlier one has no effect any more").isEqualTo("later");
        loop.run(later::cancel);
        assertThat(valueFor(4)).isEqualTo("refused");
        assertThat(stopped).as("a caller that cancels is not notified").containsExactly("earlier");
    }

    @Test
    void aValueThatIsTooLongDoesNotReplaceTheServedOne() {
        SynchronizationListening serving = serve("");
        update(serving, "v");

        assertThatExceptionOfType(GraspException.class).isThrownBy(() -> update(serving, "x".repeat(3000)));

        assertThat(valueFor(1)).isEqualTo("v");
    }

    @Test
    void theObserverIsNotifiedOfASynchronizationInBothRoles() {
        update(serve(""), "v");
        valueFor(1);
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Synch(wire.received.get(0).session(), EX2.withValue("v")));
        moment();

        assertThat(observed.started)
                .extracting(each -> each.kind() + " " + each.role() + " " + each.objective())
                .containsExactly("SYNCHRONIZATION RESPONDER EX2", "SYNCHRONIZATION INITIATOR EX2");
        assertThat(observed.started.get(0).id()).isEqualTo(new SessionId(1));
        assertThat(observed.outcomes).containsExactly(SessionOutcome.COMPLETED, SessionOutcome.COMPLETED);
        assertThat(observed.started).extracting(SessionInfo::id).doesNotHaveDuplicates();
    }

    @Test
    void aValueOfAnotherSessionIsDropped() {
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        SessionId id = wire.received.get(0).session();
        wire.send(new Synch(new SessionId(id.value() ^ 1), EX2.withValue("other")));
        moment();
        assertThat(result.objective).isNull();
        assertThat(result.failure).isNull();

        wire.send(new Synch(id, EX2.withValue("v")));
        moment();
        assertThat(result.objective.value()).hasToString("\"v\"");
    }

    @Test
    void aValueOfAnotherObjectiveIsAnsweredByInvalid() {
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Synch(
                wire.received.get(0).session(), Objective.synchronizable("EX1").withValue("v")));
        moment();

        assertThat(result.failure.code()).isEqualTo(GraspErrorCode.NO_VALID_SYNCH);
        assertThat(result.failure).hasMessageContaining("the peer sent EX1");
        assertThat(wire.received).last().isInstanceOf(Invalid.class);
    }

    @Test
    void aValueLongerThanUsualIsReceivedIfItsObjectiveAllowsIt() {
        Objective large = Objective.synchronizable("large");
        loop.run(() -> asa.register(large, RegistrationOptions.DEFAULTS.withMaxMessageBytes(5000)));
        loop.run(() -> asa.synchronize(large, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Synch(wire.received.get(0).session(), large.withValue("x".repeat(4000))));
        moment();

        assertThat(result.failure).isNull();
        assertThat(result.objective.value().as(String.class)).hasSize(4000);
    }

    // The time in which the connection must open

    @Test
    void aPeerThatIsNotReachedInTheTimeForOpeningFailsTheRequest() {
        lan.setConditions(LinkConditions.PERFECT.withLoss(1));
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, OPENING, result));
        loop.advance(OPENING.minusMillis(1));
        assertThat(result.failure).isNull();
        loop.advance(Duration.ofMillis(1));

        assertThat(result.failure.code()).isEqualTo(GraspErrorCode.NO_SYNCH_REPLY);
        assertThat(result.failure.isUnreached()).isTrue();
        assertThat(result.failure).hasMessageContaining("no connection to the peer within 2000 ms");
        lan.setConditions(LinkConditions.PERFECT);
        loop.advance(TIMEOUT);
        assertThat(peer.accepted.stream()
                        .flatMap(wire -> wire.received.stream())
                        .map(GraspMessage::session))
                .as("the request is never sent")
                .isEmpty();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @Test
    void aPeerThatIsReachedInTheTimeForOpeningHasTheWholeTimeToAnswer() {
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, OPENING, result));
        loop.advance(TIMEOUT.minusSeconds(1));
        assertThat(result.failure).isNull();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Synch(wire.received.get(0).session(), EX2.withValue("v")));
        moment();

        assertThat(result.objective).isNotNull();
    }

    @Test
    void theTimeForOpeningDoesNotExtendTheTimeout() {
        lan.setConditions(LinkConditions.PERFECT.withLoss(1));
        loop.run(() -> asa.synchronize(EX2, here(peer.node), OPENING, OPENING.multipliedBy(2), result));
        loop.advance(OPENING);

        assertThat(result.failure.isUnreached()).isTrue();
        assertThat(result.failure).hasMessageContaining("no answer from the peer within 2000 ms");
    }

    @Test
    void aCancelledRequestLeavesNoTimer() {
        lan.setConditions(LinkConditions.PERFECT.withLoss(1));
        var request = loop.call(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, OPENING, result));
        loop.run(request::cancel);

        assertThat(engine.load().deadlines()).isZero();
        loop.advance(OPENING);
        assertThat(result.failure).isNull();
        assertThat(observed.outcomes).containsExactly(SessionOutcome.CANCELLED);
    }
}
