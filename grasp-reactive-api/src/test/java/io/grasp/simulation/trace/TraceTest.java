package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.wire.MessageEncoder;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
    private final Trace trace = Trace.create();

    private String line(Kind kind, byte[] bytes) {
        trace.happened(new Scene()
                .at(5_000)
                .event(kind, "a", "b", "", bytes, "")
                .events()
                .get(0));
        return trace.lines().get(trace.lines().size() - 1);
    }

    @Test
    void eachEventIsALine() {
        Scenes.town().forEach(trace::happened);

        assertThat(trace.lines()).hasSameSizeAs(Scenes.town());
        Golden.check("town.trace", trace.toString());
    }

    @Test
    void lineBreaksInNamesAndTextsAreEscaped() {
        Scenes.hostile().forEach(trace::happened);

        assertThat(trace.toString().lines()).hasSize(3);
        Golden.check("hostile.trace", trace.toString());
    }

    @Test
    void severalMessagesInOneChunkAreAllPrinted() {
        byte[] wait = MessageEncoder.encode(Scene.pause(5));
        byte[] both = Arrays.copyOf(wait, 2 * wait.length);
        System.arraycopy(wait, 0, both, wait.length, wait.length);

        assertThat(line(Kind.DATA, both)).endsWith("  M_WAIT [7, 4711, 5] M_WAIT [7, 4711, 5]");
    }

    @Test
    void aPieceOfAMessageIsPrintedInHexWithItsLength() {
        byte[] wait = MessageEncoder.encode(Scene.pause(5));

        assertThat(line(Kind.DATA, Arrays.copyOf(wait, 3)))
                .endsWith("  h'830719' (3 bytes: not a GRASP message: the item is cut off, at byte 3)");
        assertThat(line(Kind.DATA, new byte[] {(byte) 0xFF})).contains("  h'ff' (1 byte: not a GRASP message: ");
    }

    @Test
    void anItemThatIsNoMessageIsPrintedWithTheReason() {
        assertThat(line(Kind.CORRUPTED, new byte[] {(byte) 0x81, 9})).contains("  [9] (not a valid M_FLOOD: ");
        assertThat(line(Kind.CORRUPTED, new byte[] {7})).contains("  7 (not a GRASP message: ");
    }

    @Test
    void anEmptyTraceIsEmpty() {
        assertThat(trace.lines()).isEmpty();
        assertThat(trace.events()).isEmpty();
        assertThat(trace.toString()).isEmpty();
        assertThat(trace.count()).isZero();
    }

    @Test
    void onlyTheLastEventsAreKeptButAllAreHashed() {
        Trace short3 = Trace.keeping(3);
        List<SimEvent> events = Scenes.bargain();
        events.forEach(short3::happened);
        events.forEach(trace::happened);

        assertThat(short3.events()).isEqualTo(events.subList(events.size() - 3, events.size()));
        assertThat(short3.count()).isEqualTo(events.size());
        assertThat(short3.dropped()).isEqualTo(events.size() - 3);
        assertThat(short3.toString()).startsWith("# events not kept: " + (events.size() - 3) + "\n");
        assertThat(short3.hash()).isEqualTo(trace.hash());
        assertThat(trace.dropped()).isZero();
    }

    @Test
    void aTraceThatKeepsNothingStillHashes() {
        Trace none = Trace.keeping(0);
        Scenes.bargain().forEach(none::happened);
        Scenes.bargain().forEach(trace::happened);

        assertThat(none.lines()).isEmpty();
        assertThat(none.hash()).isEqualTo(trace.hash());
        assertThatIllegalArgumentException().isThrownBy(() -> Trace.keeping(-1));
    }

    @Test
    void aFailureToWriteIsReported() {
        Scenes.bargain().forEach(trace::happened);
        Writer closed = Writer.nullWriter();

        assertThatThrownBy(() -> {
                    closed.close();
                    trace.write(closed);
                })
                .isInstanceOf(IOException.class);
    }
}
