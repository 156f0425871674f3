package io.grasp.samples;

import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.NegotiationOutcome.Declined;
import org.jspecify.annotations.Nullable;

/**
 * One negotiation over EX3, as Gray or Briggs sees it.
 *
 * @param outcome {@code accepted}, {@code declined} or {@code failed}
 * @param asked the sum first asked for, {@code null} if it could not be read
 * @param agreed the sum agreed on, {@code null} if there is none
 * @param reason why not, {@code null} if it was accepted
 * @param dryRun whether it was a dry run
 * @param steps how many offers went to and fro after the request
 */
record Round(
        String outcome,
        @Nullable Long asked,
        @Nullable Long agreed,
        @Nullable String reason,
        boolean dryRun,
        int steps) {

    static Round concluded(NegotiationOutcome outcome, @Nullable Long asked, boolean dryRun, int steps) {
        if (outcome instanceof Accepted accepted) {
            return new Round("accepted", asked, Money.of(accepted.objective()).amount(), null, dryRun, steps);
        }
        return new Round("declined", asked, null, ((Declined) outcome).reason(), dryRun, steps);
    }

    static Round failed(Throwable failure, @Nullable Long asked, boolean dryRun, int steps) {
        return new Round("failed", asked, null, failure.getMessage(), dryRun, steps);
    }

    boolean hasFailed() {
        return outcome.equals("failed");
    }

    /** The round in words. */
    String describe() {
        String kind = dryRun ? "dry run" : "live";
        String exchanged = steps + (steps == 1 ? " step" : " steps");
        if (outcome.equals("accepted")) {
            return String.format("%s: asked for NZD %s, agreed on NZD %s (%s)", kind, asked, agreed, exchanged);
        }
        return String.format("%s: asked for NZD %s, %s: %s (%s)", kind, asked, outcome, reason, exchanged);
    }
}
