package com.example.bandwidth;

import io.grasp.model.GraspException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Why the application does not start, without a stack trace; {@code META-INF/spring.factories} names it. */
class GraspFailureAnalyzer extends AbstractFailureAnalyzer<GraspException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, GraspException cause) {
        return new FailureAnalysis("The GRASP node cannot be used: " + cause.getMessage(), null, cause);
    }
}
