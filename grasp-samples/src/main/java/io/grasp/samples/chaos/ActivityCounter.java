package io.grasp.samples.chaos;

import io.grasp.model.AsaLocator;
import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
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

    ChaosCounts counts(long events, long faults) {
        return new ChaosCounts(
                events,
                faults,
                floods,
                processedFloods,
                discoveries,
                locatorsFound,
                accepted,
                declined,
                failed,
                synchronizations);
    }
}
