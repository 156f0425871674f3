package io.grasp.samples.chaos;

import io.grasp.model.AsaLocator;
import io.grasp.model.MessageInfo;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.simulation.adversary.AttackCounts;
import io.grasp.simulation.chaos.ChaosResult;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts the activities of all nodes. */
final class ActivityCounter implements GraspObserver {
    private long floods;
    private long processedFloods;
    private long discoveries;
    private long locatorsFound;
    private long accepted;
    private long declined;
    private long failed;
    private long synchronizations;
    private final Set<Agreement> oneSided = new HashSet<>();

    void flood() {
        floods++;
    }

    @Override
    public void floodProcessed(MessageInfo flood, MessagePath path) {
        processedFloods++;
    }

    @Override
    public void locatorFound(String objective, AsaLocator locator) {
        locatorsFound++;
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        if (session.kind() == SessionInfo.Kind.DISCOVERY) {
            discoveries++;
        }
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        if (session.role() != SessionInfo.Role.INITIATOR) {
            return;
        }
        if (session.kind() == SessionInfo.Kind.SYNCHRONIZATION) {
            synchronizations += outcome == SessionOutcome.COMPLETED ? 1 : 0;
        } else if (session.kind() == SessionInfo.Kind.NEGOTIATION) {
            switch (outcome) {
                case ACCEPTED -> accepted++;
                case DECLINED -> declined++;
                default -> failed++;
            }
        }
    }

    /** Each accepted negotiation is reported once for each side that accepted it. */
    @Override
    public void negotiated(SessionInfo session, NegotiationOutcome outcome) {
        if (outcome instanceof NegotiationOutcome.Accepted) {
            Agreement agreement = new Agreement(session.id(), session.objective());
            if (!oneSided.remove(agreement)) {
                oneSided.add(agreement);
            }
        }
    }

    ChaosCounts counts(ChaosResult result) {
        return new ChaosCounts(
                result.trace().count(),
                result.injected(),
                floods,
                processedFloods,
                discoveries,
                locatorsFound,
                accepted,
                oneSided.size(),
                declined,
                failed,
                synchronizations,
                result.attacks().stream().mapToLong(AttackCounts::total).sum(),
                result.attacks().stream().mapToLong(AttackCounts::forged).sum());
    }

    private record Agreement(SessionId session, String objective) {}
}
