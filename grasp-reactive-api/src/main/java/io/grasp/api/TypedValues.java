package io.grasp.api;

import io.grasp.model.Decoded;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.util.FailureText;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the values that an ASA receives to the type of its objective, where the ASA expects its code to be called,
 * and reports unknown fields, on the loop.
 */
final class TypedValues<T> {
    private final AsaContext asa;
    private final TypedObjective<T> objective;

    TypedValues(AsaContext asa, TypedObjective<T> objective) {
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
            failed(unfit);
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            failed(GraspException.local(GraspErrorCode.UNSPECIFIED, "the codec failed: " + FailureText.of(e))
                    .about(objective.name())
                    .causedBy(e));
        }
        return null;
    }

    private void failed(GraspException failure) {
        asa.onLoop(() -> asa.handlerFailed(failure));
    }

    private T taken(Decoded.Value<T> decoded) {
        if (!decoded.unknownFields().isEmpty()) {
            asa.onLoop(() -> asa.engine().unknownFields(objective.name(), decoded.unknownFields()));
        }
        return decoded.value();
    }
}
