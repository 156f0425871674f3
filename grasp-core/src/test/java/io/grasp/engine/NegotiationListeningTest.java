package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.End;
import io.grasp.wire.GraspOption;
import io.grasp.wire.RequestNegotiation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which requests an ASA gets that listens with a limited demand, and what happens to the others (RFC 8990 section 2.8.6). */
class NegotiationListeningTest extends TwoLinkFixture {
    private static final int QUEUE = 2;

    private final List<Integer> requested = new ArrayList<>();
    private int stops;

    @Override
    EngineConfig config() {
        return EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withQueuedNegotiations(QUEUE));
    }

    private final NegotiationAcceptor recording = new NegotiationAcceptor() {
        @Override
        public void requested(NegotiationSession session) {
            session.take(events);
            requests.add(session);
            requested.add(session.inHand().value().as(Integer.class));
        }

        @Override
        public void stopped() {
            stops++;
        }
    };

    private NegotiationListening begin() {
        return loop.call(() -> asa.listenNegotiate(EX3, recording));
    }

    private void demand(NegotiationListening listening, long more) {
        loop.run(() -> listening.request(more));
    }

    /** A peer requests a negotiation; the number is also the requested value. */
    private ScriptedPeer.Wire ask(int number) {
        return ask(peer, number);
    }

    private ScriptedPeer.Wire ask(ScriptedPeer by, int number) {
        ScriptedPeer.Wire wire = by.connect(node);
        wire.send(new RequestNegotiation(new SessionId(number), EX3.withValue(number)));
        moment();
        return wire;
    }

    private void declineAll() {
        loop.run(() ->
                requests.stream().filter(each -> !each.isEndingOrEnded()).forEach(each -> each.decline("enough")));
        moment();
    }

    @Test
    void requestsWaitInOrderUntilThereIsDemand() {
        NegotiationListening listening = begin();
        ask(1);
        ask(2);
        assertThat(requested).isEmpty();

        demand(listening, 1);
        assertThat(requested).containsExactly(1);
        demand(listening, 5);
        assertThat(requested).containsExactly(1, 2);
        declineAll();
    }

    @Test
    void demandIsAddedUpAndUsedUp() {
        NegotiationListening listening = begin();
        demand(listening, 1);
        demand(listening, 1);
        for (int number = 1; number <= 3; number++) {
            ask(number);
        }
        assertThat(requested).as("the third one waits").containsExactly(1, 2);

        demand(listening, 1);
        assertThat(requested).containsExactly(1, 2, 3);
        ask(4);
        assertThat(requested).as("no demand is left").hasSize(3);
        loop.run(listening::cancel);
        declineAll();
    }

    @Test
    void unboundedDemandStaysUnbounded() {
        NegotiationListening listening = begin();
        demand(listening, Long.MAX_VALUE);
        demand(listening, Long.MAX_VALUE);
        ask(1);
        demand(listening, 1);
        for (int number = 2; number <= QUEUE + 3; number++) {
            ask(number);
        }

        assertThat(requested).hasSize(QUEUE + 3);
        declineAll();
    }

    @Test
    void requestsOfOnePeerDoNotKeepOthersOutOfTheQueue() {
        ScriptedPeer neighbor = newPeer("neighbor");
        network.connect(neighbor.node, lan);
        NegotiationListening listening = begin();
        ScriptedPeer.Wire first = ask(1);
        ScriptedPeer.Wire second = ask(2);
        ScriptedPeer.Wire third = ask(neighbor, 3);
        assertThat(first.inputEnded).as("the oldest of the peer with the most").isTrue();
        assertThat(ask(4).inputEnded).as("it has as many as the other").isTrue();
        ScriptedPeer.Wire fourth = ask(beyond, 5);
        assertThat(second.inputEnded).as("the link with the most").isTrue();
        assertThat(drops).containsOnly(entry(DropReason.LISTENER_QUEUE, 3));
        assertThat(engine.load().sessions()).isEqualTo(2);

        demand(listening, 5);
        assertThat(requested).containsExactly(3, 5);
        assertThat(List.of(third, fourth)).noneMatch(wire -> wire.inputEnded);
        declineAll();
    }

    @Test
    void aRequestBeyondTheQueueIsRefusedAndAPlaceInItBecomesFree() {
        NegotiationListening listening = begin();
        ask(1);
        ask(2);
        ScriptedPeer.Wire refused = ask(3);
        assertThat(refused.inputEnded).isTrue();
        assertThat(refused.received).isEmpty();
        assertThat(drops).containsOnly(entry(DropReason.LISTENER_QUEUE, 1));

        demand(listening, 1);
        assertThat(ask(4).inputEnded).isFalse();
        demand(listening, 2);
        assertThat(requested).containsExactly(1, 2, 4);
        declineAll();
    }

    @Test
    void aRequestThatOneListenerCannotTakeGoesToAnother() {
        begin();
        NegotiationListening other = begin();
        demand(other, 3);
        for (int number = 1; number <= QUEUE + 3; number++) {
            assertThat(ask(number).inputEnded).isFalse();
        }

        assertThat(requested).hasSize(3);
        loop.run(asa::deregister);
    }

    @Test
    void aPeerThatGivesUpLeavesTheQueue() {
        NegotiationListening listening = begin();
        ScriptedPeer.Wire impatient = ask(1);
        ask(2);
        impatient.close();
        moment();
        assertThat(ask(3).inputEnded).as("its place is free").isFalse();

        demand(listening, Long.MAX_VALUE);
        assertThat(requested).containsExactly(2, 3);
        declineAll();
    }

    @Test
    void aRequestThatNoAsaTakesInTimeIsDeclined() {
        NegotiationListening listening = begin();
        ScriptedPeer.Wire wire = ask(1);
        loop.advance(Timeouts.DEFAULTS.ownMove());
        moment();

        assertThat(wire.received)
                .containsExactly(new End(new SessionId(1), new GraspOption.Decline("No answer in time")));
        assertThat(wire.inputEnded).isTrue();
        demand(listening, 1);
        assertThat(requested).isEmpty();
    }

    /** How listening ends. */
    private enum Ending {
        CANCEL,
        OBJECTIVE_DEREGISTERED,
        ASA_DEREGISTERED
    }

    @ParameterizedTest
    @EnumSource
    void requestsThatStillWaitAreRefusedWhenListeningEnds(Ending end) {
        NegotiationListening listening = begin();
        demand(listening, 1);
        ScriptedPeer.Wire taken = ask(1);
        List<ScriptedPeer.Wire> waiting = List.of(ask(2), ask(3));

        loop.run(() -> {
            switch (end) {
                case CANCEL -> listening.cancel();
                case OBJECTIVE_DEREGISTERED -> asa.deregister("EX3");
                case ASA_DEREGISTERED -> asa.deregister();
            }
        });
        loop.run(listening::cancel);
        moment();

        assertThat(waiting).allSatisfy(wire -> {
            assertThat(wire.inputEnded).isTrue();
            assertThat(wire.received).isEmpty();
        });
        assertThat(drops).containsOnly(entry(DropReason.NOT_LISTENING, 2));
        assertThat(observed.outcomes).contains(SessionOutcome.CANCELLED);
        assertThat(stops).as("a caller that cancels is not notified").isEqualTo(end == Ending.CANCEL ? 0 : 1);
        assertThat(taken.inputEnded)
                .as("only the end of its ASA ends a negotiation in progress")
                .isEqualTo(end == Ending.ASA_DEREGISTERED);
        demand(listening, 5);
        assertThat(ask(4).inputEnded).isTrue();
        assertThat(requested).containsExactly(1);
        declineAll();
    }
}
