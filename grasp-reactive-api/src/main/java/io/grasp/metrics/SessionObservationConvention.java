package io.grasp.metrics;

import io.grasp.observe.SessionOutcome;
import io.grasp.util.PrintableText;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * The name and key values of a session's observation. Implement it to change them. Defaults: the name
 * {@code grasp.session}, a contextual name such as {@code negotiation EX3}; {@code kind}, {@code role} and
 * {@code outcome} with low cardinality; {@code session} and {@code objective}, which peers choose, with high
 * cardinality.
 */
public interface SessionObservationConvention extends ObservationConvention<SessionObservationContext> {
    /** The default convention. */
    SessionObservationConvention DEFAULT = new SessionObservationConvention() {};

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof SessionObservationContext;
    }

    @Override
    default String getName() {
        return "grasp.session";
    }

    @Override
    default String getContextualName(SessionObservationContext context) {
        return Meters.tag(context.session().kind()) + " "
                + PrintableText.of(context.session().objective());
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(SessionObservationContext context) {
        SessionOutcome outcome = context.outcome();
        return KeyValues.of(
                "kind", Meters.tag(context.session().kind()),
                "role", Meters.tag(context.session().role()),
                "outcome", outcome == null ? KeyValue.NONE_VALUE : Meters.tag(outcome));
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(SessionObservationContext context) {
        return KeyValues.of(
                "session", Long.toString(context.session().id().value()),
                "objective", PrintableText.of(context.session().objective()));
    }
}
