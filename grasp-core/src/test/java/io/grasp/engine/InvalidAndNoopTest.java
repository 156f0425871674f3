package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grasp.Proves;
import io.grasp.cbor.CborItem;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.wire.Invalid;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** M_INVALID and M_NOOP on every path (RFC 8990 sections 2.8.12 and 2.8.13). */
class InvalidAndNoopTest extends TwoLinkFixture {
    private static final SessionId ID = new SessionId(4711);

    private ScriptedPeer.Wire requestFromPeer() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        assertThat(requests).hasSize(1);
        return wire;
    }

    private static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }

    // M_INVALID

    @Test
    @Proves({"8990-2.8.12-4", "8990-2.8.12-5"})
    void anInvalidWithoutASessionIsIgnored() {
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new Invalid(ID, null));
        peer.multicast(new Invalid(ID, null));
        moment();

        assertThat(wire.received).isEmpty();
        assertThat(wire.inputEnded).isFalse();
        assertThat(peer.accepted).isEmpty();
        assertThat(peer.heard).isEmpty();
        assertThat(drops).containsOnly(entry(DropReason.NO_SESSION, 1), entry(DropReason.WRONG_PATH, 1));
    }

    @Test
    @Proves("8990-2.8.12-5")
    void aMalformedInvalidIsNotAnswered() {
        for (String malformed : List.of("81 1863", "82 1863 20", "83 1863 08 ff", "83 1863 08 61c3", "83 1863 08")) {
            ScriptedPeer.Wire wire = peer.connect(node);
            wire.send(hex(malformed));
            moment();
            assertThat(wire.received).as(malformed).isEmpty();
            wire.close();
            moment();
        }
    }

    /** Another objective allows longer messages, so this message is read completely before it is found too long. */
    @Test
    @Proves("8990-2.8.12-5")
    void anInvalidThatIsTooLongIsNotAnswered() {
        loop.run(() ->
                asa.register(Objective.negotiable("large"), RegistrationOptions.DEFAULTS.withMaxMessageBytes(70_000)));
        byte[] content = MessageEncoder.encode(new RequestNegotiation(ID, EX3.withValue(new byte[3000])));
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new Invalid(ID, CborItem.wrap(content, 0, content.length)));
        moment();

        assertThat(wire.received).isEmpty();
        assertThat(drops).containsOnly(entry(DropReason.MESSAGE_TOO_LONG, 1));
        assertThat(wire.inputEnded).isTrue();
    }

    @Test
    @Proves({"8990-2.8.12-5", "8991-2.2.4-1"})
    void anInvalidEndsASessionWithoutAnAnswer() {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        wire.send(new Invalid(wire.received.get(0).session(), null));
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_VALID_STEP);
        assertThat(wire.received).as("only the request").hasSize(1);

        Synchronized result = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire second = peer.accepted.get(1);
        second.send(new Invalid(second.received.get(0).session(), null));
        moment();
        assertThat(result.failure.code()).isEqualTo(GraspErrorCode.NO_VALID_SYNCH);
        assertThat(second.received).as("only the request").hasSize(1);

        ScriptedPeer.Wire third = requestFromPeer();
        third.send(new Invalid(ID, null));
        moment();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_VALID_STEP);
        assertThat(third.received).isEmpty();
        assertThat(third.inputEnded).isTrue();
    }

    @Test
    @Proves("8990-2.8.12-2")
    void anInvalidHoldsTheSessionIdOfTheMessageThatItAnswers() {
        ScriptedPeer.Wire negotiation = request(EX3.withValue(1));
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, new Synchronized()));
        moment();
        ScriptedPeer.Wire synchronization = peer.accepted.get(1);
        ScriptedPeer.Wire taken = requestFromPeer();
        for (ScriptedPeer.Wire wire : List.of(negotiation, synchronization, taken)) {
            int before = wire.received.size();
            wire.send(hex("83 05 1907d0 80"));
            moment();
            assertThat(wire.received.subList(before, wire.received.size()))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Invalid.class,
                            invalid -> assertThat(invalid.session()).isEqualTo(new SessionId(2000)));
        }
    }

    @Test
    @Proves({"8990-2.8.12-1", "8990-2.8.12-2", "8990-2.8.12-3", "8990-2.8.3-2"})
    void anInvalidHoldsAsMuchOfTheMessageAsFits() {
        byte[] value = ObjectiveValue.of(new byte[2041]).item().bytes();
        byte[] unknown = new byte[4 + value.length];
        System.arraycopy(hex("83 1837 08"), 0, unknown, 0, 4);
        System.arraycopy(value, 0, unknown, 4, value.length);
        assertThat(unknown).as("as long as any message").hasSize(2048);
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(unknown);
        moment();

        assertThat(wire.received).singleElement().isInstanceOfSatisfying(Invalid.class, invalid -> {
            assertThat(invalid.session()).isEqualTo(new SessionId(8));
            assertThat(invalid.content().diagnostic()).startsWith("h'83183708" + "5907f9");
            assertThat(MessageEncoder.encode(invalid)).hasSizeBetween(2030, 2048);
        });
    }

    // M_NOOP

    @Test
    @Proves({"8990-2.8.13-1", "8990-2.8.13-2"})
    void aNoopIsIgnoredBeforeARequestAndWithinASession() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(new Noop());
        peer.multicast(new Noop());
        moment();
        assertThat(wire.received).isEmpty();
        assertThat(wire.inputEnded).isFalse();

        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        wire.send(new Noop());
        moment();
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(2), TIMEOUT));
        wire.send(new Noop());
        moment();
        assertThat(wire.received)
                .containsExactly(new Negotiate(ID, EX3.withLoopCount(5).withValue(2)));
        assertThat(events.failure).isNull();
        assertThat(wire.inputEnded).isFalse();
        assertThat(peer.accepted).isEmpty();
        assertThat(peer.heard).isEmpty();
        loop.run(() -> requests.get(0).cancel());
        moment();
    }

    @Test
    @Proves("8990-2.8.13-2")
    void aNoopDoesNotCountAsAnAnswer() {
        Synchronized result = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(new Noop());
        moment();
        assertThat(result.failure).isNull();
        assertThat(wire.received).singleElement().isInstanceOf(RequestSynchronization.class);
        assertThat(wire.inputEnded).isFalse();
        loop.advance(TIMEOUT);
        assertThat(result.failure.code()).isEqualTo(GraspErrorCode.NO_SYNCH_REPLY);
    }
}
