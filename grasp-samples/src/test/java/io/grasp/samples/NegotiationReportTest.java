package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.samples.asa.Money;
import io.grasp.samples.asa.NegotiationReport;
import org.junit.jupiter.api.Test;

class NegotiationReportTest {
    private static final Objective SUM =
            Objective.negotiable("EX3").withValue(Money.nzd(90).value(true));

    @Test
    void anAcceptedNegotiationHasTheAgreedSum() {
        NegotiationReport round = NegotiationReport.concluded(new Accepted(SUM, Side.PEER), 100L, false, 3);

        assertThat(round).isEqualTo(new NegotiationReport("accepted", 100L, 90L, null, false, 3));
        assertThat(round.hasFailed()).isFalse();
        assertThat(round.describe()).isEqualTo("live: asked for NZD 100, agreed on NZD 90 (3 steps)");
    }

    @Test
    void aDeclinedNegotiationHasTheReason() {
        NegotiationReport round = NegotiationReport.concluded(new Declined("You are mean!", Side.LOCAL), 100L, true, 1);

        assertThat(round).isEqualTo(new NegotiationReport("declined", 100L, null, "You are mean!", true, 1));
        assertThat(round.hasFailed()).isFalse();
        assertThat(round.describe()).isEqualTo("dry run: asked for NZD 100, declined: You are mean! (1 step)");
    }

    @Test
    void aFailedNegotiationHasTheFirstLineOfTheFailure() {
        NegotiationReport round =
                NegotiationReport.failed(new IllegalStateException("no luck\nat all"), null, false, 0);

        assertThat(round).isEqualTo(new NegotiationReport("failed", null, null, "no luck", false, 0));
        assertThat(round.hasFailed()).isTrue();
        assertThat(round.describe()).isEqualTo("live: asked for no amount in NZD, failed: no luck (0 steps)");
    }

    @Test
    void anExhaustedLoopCountIsADecline() {
        GraspException exhausted = GraspException.local(GraspErrorCode.LOOP_EXHAUSTED, "loop count 1");

        assertThat(NegotiationReport.failed(exhausted, 100L, true, 6))
                .isEqualTo(new NegotiationReport("declined", 100L, null, "Loop count exhausted", true, 5));
    }
}
