package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.text.Output;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DullListenerTest {
    private final StringWriter out = new StringWriter();
    private final GraspObserver observer = new DullListener(
                    "lan",
                    List.of("AN_ACP"),
                    GraspObserver.NONE,
                    new Output(new PrintWriter(out), false),
                    instance -> {})
            .discarded();

    private void drop(DropReason reason) {
        observer.messageDropped(reason, new MessagePath(MessagePath.Kind.LINK, "lan", null));
    }

    /** RFC 8990 section 2.8.13: an M_NOOP must be discarded. */
    @Test
    void expectedDropsAreNotReported() {
        drop(DropReason.NOOP);
        drop(DropReason.OWN);
        drop(DropReason.DUPLICATE);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void theFirstDropOfEachOtherReasonIsReported() {
        drop(DropReason.DULL_OBJECTIVE);
        drop(DropReason.DULL_OBJECTIVE);
        drop(DropReason.DULL_LOOP_COUNT);
        assertThat(out.toString().lines())
                .containsExactly(
                        "Discarded on lan, first of its kind: DULL_OBJECTIVE",
                        "Discarded on lan, first of its kind: DULL_LOOP_COUNT");
    }
}
