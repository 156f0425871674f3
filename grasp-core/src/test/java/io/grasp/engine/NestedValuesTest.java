package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborLimits;
import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.Negotiate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What peers would drop as malformed is refused before it is sent: by default, a message has at most 32 levels. */
class NestedValuesTest extends TwoLinkFixture {
    /** The message, the objective with its tag, and the objective. */
    private static final int LEVELS_AROUND_A_FLOODED_VALUE = 3;

    private static final int LEVELS_AROUND_A_VALUE = 2;
    private static final int MOST = CborLimits.DEFAULT.maxDepth();

    private static ObjectiveValue nested(int levels) {
        byte[] item = new byte[levels + 1];
        Arrays.fill(item, 0, levels, (byte) 0x81);
        return ObjectiveValue.ofItem(CborItem.wrap(item, 0, item.length));
    }

    private static void refused(Runnable call) {
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(call::run)
                .withMessageContaining("is limited to " + MOST + " levels of arrays, maps and tags");
    }

    private void flood(Objective objective) {
        loop.run(() -> asa.flood(List.of(TaggedObjective.untagged(objective)), TIMEOUT, failure -> {}));
        moment();
    }

    @Test
    void aFloodThatPeersWouldDropIsRefused() throws MalformedMessageException {
        int most = MOST - LEVELS_AROUND_A_FLOODED_VALUE;
        flood(EX2.withValue(nested(most)));
        refused(() -> flood(EX2.withValue(nested(most + 1))));

        assertThat(peer.heard).hasSize(1);
        assertThat(new MessageDecoder(CborLimits.DEFAULT).decode(peer.heard.get(0)))
                .isEqualTo(sent.get(0));
        assertThat(drops).doesNotContainKey(DropReason.TOO_LONG_FOR_LINK);
        assertThat(loop.call(() -> asa.getFlood("EX2")))
                .singleElement()
                .satisfies(flooded -> assertThat(flooded.objective().value()).isEqualTo(nested(most)));
    }

    @Test
    void aRequestThatPeersWouldDropIsRefused() {
        int most = MOST - LEVELS_AROUND_A_VALUE;
        refused(() -> request(EX3.withValue(nested(most + 1))));
        assertThat(engine.load().sessions()).isZero();
        ScriptedPeer.Wire wire = request(EX3.withValue(nested(most)));
        assertThat(wire.received).hasSize(1);

        SessionId id = wire.received.get(0).session();
        wire.send(new Negotiate(id, EX3.withLoopCount(5).withValue(nested(most))));
        moment();
        refused(() -> loop.run(() -> events.session.step(nested(most + 1), TIMEOUT)));
        loop.run(() -> events.session.step(nested(most), TIMEOUT));
        moment();
        assertThat(wire.received).as("the session goes on").hasSize(2);
    }

    @Test
    void aServedValueThatPeersWouldDropIsRefused() {
        SynchronizationListening serving = loop.call(() -> asa.listenSynchronize(EX2, () -> {}));
        loop.run(() -> serving.update(nested(MOST - LEVELS_AROUND_A_VALUE)));
        refused(() -> loop.run(() -> serving.update(nested(MOST - LEVELS_AROUND_A_VALUE + 1))));
    }

    @Test
    void bytesThatAreNoItemAreRefused() {
        ObjectiveValue cut = ObjectiveValue.ofItem(CborItem.wrap(new byte[] {(byte) 0x82, 1}, 0, 2));
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> flood(EX2.withValue(cut)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(GraspErrorCode.CBOR_FAIL));
        assertThat(peer.heard).isEmpty();
    }
}
