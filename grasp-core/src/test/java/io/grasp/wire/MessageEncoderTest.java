package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageEncoderTest {
    private static final SessionId SESSION = new SessionId(8);
    private static final CborItem NULL = CborItem.wrap(new byte[] {(byte) 0xF6}, 0, 1);

    @Test
    void absentValuesAreLeftOut() {
        assertThat(print(new End(SESSION, new GraspOption.Decline(null)))).isEqualTo("[6, 8, [102]]");
        assertThat(print(new End(SESSION, null, List.of()))).isEqualTo("[6, 8]");
        assertThat(print(new Invalid(SESSION, null))).isEqualTo("[99, 8]");
        assertThat(print(new Invalid(SESSION, NULL))).isEqualTo("[99, 8, null]");
        assertThat(print(new RequestSynchronization(SESSION, Objective.synchronizable("EX2"))))
                .isEqualTo("[4, 8, [\"EX2\", 5, 6]]");
    }

    @Test
    void unknownElementsAreWrittenLast() {
        List<CborItem> extras = List.of(NULL);
        assertThat(print(new Wait(SESSION, 9, extras))).isEqualTo("[7, 8, 9, null]");
        assertThat(print(new Synch(SESSION, Objective.synchronizable("EX2"), extras)))
                .isEqualTo("[8, 8, [\"EX2\", 5, 6], null]");
    }

    @Test
    void timesBeyond32BitsAreRefused() {
        InetAddress initiator = InetAddress.getLoopbackAddress();
        assertThatIllegalArgumentException().isThrownBy(() -> new Wait(SESSION, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Wait(SESSION, 1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> new Flood(SESSION, initiator, 1L << 32, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Response(SESSION, initiator, -1, List.of(), null));
        assertThat(print(new Wait(SESSION, 0xFFFF_FFFFL))).isEqualTo("[7, 8, 4294967295]");
    }

    @Test
    void messagesCopyTheirLists() {
        List<CborItem> extras = new ArrayList<>(List.of(NULL));
        Wait message = new Wait(SESSION, 9, extras);
        extras.clear();
        assertThat(message.extras()).hasSize(1);
    }

    private static String print(GraspMessage message) {
        return MessagePrinter.print(MessageEncoder.encode(message));
    }
}
