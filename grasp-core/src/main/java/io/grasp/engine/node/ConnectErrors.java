package io.grasp.engine.node;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;

/** Why a connection could not be opened, as an ASA is told. */
public final class ConnectErrors {
    private ConnectErrors() {}

    /** {@return the substrate's own error where it knows better, such as for a name that nobody has} */
    public static GraspException because(Throwable failure, GraspErrorCode otherwise) {
        GraspException told = failure instanceof GraspException known
                ? known
                : GraspException.transport(otherwise, "cannot connect to the peer: " + failure.getMessage(), failure);
        return told.unreached();
    }
}
