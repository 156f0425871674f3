package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grasp.Proves;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.wire.Invalid;
import io.grasp.wire.Negotiate;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of an unassigned type on every path (RFC 8990 section 2.8.2). */
class UnknownTypesTest extends TwoLinkFixture {
    private static final String INITIATOR = "50 fd120000000000000000000000000001";
    private static final String ABOUT_EX2 = "84 63455832 05 06 09";

    /** A message of each form that a later document may define, including those of M_FLOOD and M_REQ_NEG. */
    private static List<byte[]> messages(int type) {
        String head = "18" + HexFormat.of().toHexDigits((byte) type);
        return List.of(
                hex("81" + head),
                hex("82" + head + "07"),
                hex("83" + head + "07" + INITIATOR),
                hex("83" + head + "07" + "84 63455833 03 06 01"),
                hex("85" + head + "07" + INITIATOR + "1903e8" + "82" + ABOUT_EX2 + "80"));
    }

    private static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 55, 98, 100, 200, 255})
    @Proves({"8990-2.8.2-5", "8990-2.8.2-6"})
    void anUnknownMulticastIsCountedAndDroppedSilently(int type) {
        listen();
        messages(type).forEach(peer::multicast);
        moment();

        assertThat(peer.accepted).isEmpty();
        assertThat(peer.heard).isEmpty();
        assertThat(beyond.heard).as("not relayed either").isEmpty();
        assertThat(beyond.accepted).isEmpty();
        assertThat(sent).isEmpty();
        assertThat(requests).isEmpty();
        assertThat(loop.call(() -> asa.getFlood("EX2"))).isEmpty();
        assertThat(drops)
                .containsOnly(entry(DropReason.UNKNOWN_TYPE, messages(type).size()));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 55, 98, 100, 200, 255})
    @Proves({"8990-2.8.2-2", "8990-2.8.2-3", "8990-2.8.2-4"})
    void anUnknownMessageOnAConnectionIsAnsweredAndCounted(int type) {
        listen();
        for (byte[] message : messages(type)) {
            ScriptedPeer.Wire wire = peer.connect(node);
            wire.send(message);
            moment();

            boolean hasSession = message.length > 3;
            assertThat(wire.received).hasSize(hasSession ? 1 : 0).allSatisfy(answer -> {
                assertThat(answer).isInstanceOf(Invalid.class);
                assertThat(answer.session()).isEqualTo(new SessionId(7));
            });
            assertThat(wire.inputEnded).isTrue();
        }
        assertThat(requests).isEmpty();
        assertThat(loop.call(() -> asa.getFlood("EX2"))).isEmpty();
        assertThat(beyond.heard).isEmpty();
        assertThat(drops)
                .containsOnly(entry(DropReason.UNKNOWN_TYPE, messages(type).size()));
    }

    @Test
    @Proves({"8990-2.8.2-3", "8990-2.8.2-4"})
    void anUnknownMessageWithinASessionIsCountedAndTheSessionContinues() {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        SessionId id = wire.received.get(0).session();
        messages(55).forEach(wire::send);
        moment();
        assertThat(wire.received).as("the request").hasSize(1);
        assertThat(drops)
                .containsOnly(entry(DropReason.UNKNOWN_TYPE, messages(55).size()));
        assertThat(events.failure).isNull();

        wire.send(new Negotiate(id, EX3.withLoopCount(5).withValue(2)));
        moment();
        assertThat(events.offers).hasSize(1);
        loop.run(events.session::cancel);
        moment();
    }
}
