package io.grasp.engine.node;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;

/** The failure of a node because of an {@link Error} on its loop, as its ASAs are notified of it. */
public final class NodeFailure {
    /** Created in advance: when memory has run out there may be none for a more detailed one. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace, and does not change
    private static final GraspException WITHOUT_DETAILS =
            of(new NoMemoryError()).withoutStackTrace();

    public NodeFailure() {}

    private static GraspException of(Throwable error) {
        return GraspException.local(GraspErrorCode.UNSPECIFIED, "the node has failed: " + error)
                .causedBy(error);
    }

    /** {@return the failure because of an error} */
    public GraspException because(Throwable error) {
        try {
            return of(error);
        } catch (VirtualMachineError again) {
            return WITHOUT_DETAILS;
        }
    }

    /** An error without a stack trace: it would show where it was created. */
    private static final class NoMemoryError extends OutOfMemoryError {
        private static final long serialVersionUID = 1L;

        NoMemoryError() {
            super("no memory for the details");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** {@return whether the reason for the end of an activity is the failure of the node} */
    public static boolean isReason(GraspException reason) {
        return reason.getCause() instanceof Error;
    }
}
