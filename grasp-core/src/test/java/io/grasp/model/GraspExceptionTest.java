package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GraspExceptionTest {
    private static final SessionId SESSION = new SessionId(7);

    @Test
    void theMessageNamesTheCodeTheObjectiveAndTheSession() {
        GraspException failure = GraspException.local(GraspErrorCode.NO_REPLY, "nothing came");

        assertThat(failure).hasMessage("No reply: nothing came");
        assertThat(failure.about("EX3")).hasMessage("No reply [EX3]: nothing came");
        assertThat(failure.in(SESSION, "EX3")).hasMessage("No reply [EX3] [session 7]: nothing came");
    }

    @Test
    void theMessageOfAnUnspecifiedErrorIsItsDetail() {
        GraspException failure = GraspException.local(GraspErrorCode.UNSPECIFIED, "cannot start");

        assertThat(failure).hasMessage("cannot start");
        assertThat(failure.about("EX3")).hasMessage("[EX3]: cannot start");
        assertThat(failure.in(SESSION, "EX3")).hasMessage("[EX3] [session 7]: cannot start");
    }
}
