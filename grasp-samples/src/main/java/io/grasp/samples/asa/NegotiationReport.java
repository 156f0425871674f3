package io.grasp.samples.asa;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.samples.text.Failures;
import org.jspecify.annotations.Nullable;

/**
 * One negotiation over EX3, as seen by Gray or Briggs.
 *
 * @param outcome {@code accepted}, {@code declined} or {@code failed}
 * @param asked the sum first asked for, {@code null} if it was not in NZD
 * @param agreed the sum agreed on, {@code null} if there is none
 * @param reason why it was not accepted, {@code null} if it was
 * @param dryRun whether it was a dry run
 * @param steps the number of offers after the request, in both directions
 */
public record NegotiationReport(
        String outcome,
        @Nullable Long asked,
        @Nullable Long agreed,
        @Nullable String reason,
        boolean dryRun,
        int steps) {

    public static NegotiationReport concluded(
            NegotiationOutcome outcome, @Nullable Long asked, boolean dryRun, int steps) {
        if (outcome instanceof Accepted accepted) {
            Money sum = Money.read(accepted.objective());
            return new NegotiationReport("accepted", asked, sum == null ? null : sum.amount(), null, dryRun, steps);
        }
        return new NegotiationReport("declined", asked, null, ((Declined) outcome).reason(), dryRun, steps);
    }

    public static NegotiationReport failed(Throwable failure, @Nullable Long asked, boolean dryRun, int steps) {
        if (failure instanceof GraspException known && known.code() == GraspErrorCode.LOOP_EXHAUSTED) {
            // The last step exceeded the loop count: it was not sent, and the negotiation was declined.
            return new NegotiationReport("declined", asked, null, known.code().text(), dryRun, steps - 1);
        }
        return new NegotiationReport("failed", asked, null, Failures.oneLine(failure), dryRun, steps);
    }

    public boolean hasFailed() {
        return outcome.equals("failed");
    }

    /** The round in words. */
    public String describe() {
        String kind = dryRun ? "dry run" : "live";
        String wanted = asked == null ? "asked for no amount in NZD" : "asked for NZD " + asked;
        String end = outcome.equals("accepted") ? "agreed on NZD " + agreed : outcome + ": " + reason;
        return kind + ": " + wanted + ", " + end + " (" + steps + (steps == 1 ? " step)" : " steps)");
    }
}
