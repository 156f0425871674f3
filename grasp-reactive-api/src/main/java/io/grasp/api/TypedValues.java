package io.grasp.api;

import io.grasp.engine.EngineAsa;
import io.grasp.model.Decoded;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decodes the values that an ASA receives to the type of its objective, on the loop, and reports unknown fields. */
final class TypedValues<T> {
    private final EngineAsa asa;
    private final TypedObjective<T> objective;

    TypedValues(EngineAsa asa, TypedObjective<T> objective) {
        this.asa = asa;
        this.objective = Objects.requireNonNull(objective, "objective");
    }

    TypedObjective<T> objective() {
        return objective;
    }

    /** @throws ConversationForm.UnfitOffer if the value does not fit */
    TypedOffer<T> offer(Objective received) {
        Decoded<T> decoded = objective.decode(received.value());
        if (decoded instanceof Decoded.Unfit<T> unfit) {
            throw new ConversationForm.UnfitOffer(unfit.reason(), unfit.failure());
        }
        return new TypedOffer<>(taken((Decoded.Value<T>) decoded), received);
    }

    /** @throws GraspException with {@link GraspErrorCode#CBOR_FAIL} if the value does not fit */
    T value(Objective received) {
        Decoded<T> decoded = objective.decode(received.value());
        if (decoded instanceof Decoded.Unfit<T> unfit) {
            throw unfit.failure();
        }
        return taken((Decoded.Value<T>) decoded);
    }

    /** {@return the value, or {@code null} if it does not fit; then the observer is notified} */
    @Nullable
    T valueOrReport(Objective received) {
        try {
            return value(received);
        } catch (GraspException unfit) {
            asa.handlerFailed(unfit);
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            asa.handlerFailed(GraspException.local(GraspErrorCode.UNSPECIFIED, "the codec failed: " + e)
                    .about(objective.name())
                    .causedBy(e));
        }
        return null;
    }

    private T taken(Decoded.Value<T> decoded) {
        if (!decoded.unknownFields().isEmpty()) {
            asa.unknownFields(objective.name(), decoded.unknownFields());
        }
        return decoded.value();
    }
}
