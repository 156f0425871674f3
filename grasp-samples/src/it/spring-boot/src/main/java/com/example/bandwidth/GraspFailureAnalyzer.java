package com.example.bandwidth;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Why the application does not start, without a stack trace; {@code META-INF/spring.factories} names it. */
class GraspFailureAnalyzer extends AbstractFailureAnalyzer<GraspException> {
    private static final String SECURITY =
            "Set grasp.assume-secure=true if something outside the application protects the links, or set"
                    + " grasp.identity.certificate, grasp.identity.key and grasp.identity.anchors.";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, GraspException cause) {
        String action = cause.code() == GraspErrorCode.NO_SECURITY ? SECURITY : null;
        return new FailureAnalysis("The GRASP node cannot be used: " + cause.getMessage(), action, cause);
    }
}
