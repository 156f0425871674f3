package io.grasp.engine.synchronization;

import io.grasp.engine.node.Activity;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.NodeFailure;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.SynchronizationListener;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.inspection.ValueExcerpt;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.ValueRequest;
import io.grasp.wire.Synch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An ASA that answers synchronization requests with its current value. If the ASA listens again, the new listener
 * replaces this one.
 *
 * <pre>
 *   listens --> EMPTY: requests are refused
 *                 | '-- update, serve --> SERVING ---+ update, serve: another value, another source
 *                 |                          |  ^----+ a request gets the value
 *                 +--------------------------+-- cancel -----------------------------------------------> ENDED
 *                 '--------------------------'-- replaced, end of the ASA or node: the ASA is notified -> ENDED
 * </pre>
 */
public final class SynchronizationListening extends Activity implements SynchronizationListener {
    private final EngineContext context;
    private final Registration registration;
    private final Runnable stopped;
    private @Nullable Consumer<GraspException> failed;
    private @Nullable ObjectiveValue value;
    private @Nullable Function<ValueRequest, @Nullable ObjectiveValue> source;

    /**
     * @param stopped called when the ASA or the node has gone, or another listener has replaced this one; not after a
     *     cancel
     */
    public SynchronizationListening(EngineContext context, Registration registration, Runnable stopped) {
        super(registration.asa);
        this.context = context;
        this.registration = registration;
        this.stopped = stopped;
        SynchronizationListener previous = registration.synchronizer();
        if (previous != null) {
            previous.replaced();
        }
        registration.synchronizer(this);
    }

    /**
     * Changes the served value. Until the first value, requests are refused. Called on the loop.
     *
     * @param newValue the value
     * @throws GraspException with {@link GraspErrorCode#NO_LISTENER} if listening has ended, or if the value does not
     *     fit in a message; the served value is then unchanged
     */
    public void update(ObjectiveValue newValue) {
        if (isEnded()) {
            throw GraspException.local(GraspErrorCode.NO_LISTENER, "listening has ended")
                    .about(registration.objective.name());
        }
        requireFits(newValue);
        value = newValue;
    }

    /** Throws a {@link GraspException} if a value does not fit in a message. */
    public void requireFits(ObjectiveValue newValue) {
        int longest = Math.max(context.limits.message().maxBytes(), registration.options.maxMessageBytes());
        context.encodeUnicast(answer(new SessionId(SessionId.MAX_VALUE), newValue), longest);
    }

    /**
     * Serves a separate value for each request. Discoveries in rapid mode are then answered like ordinary ones: they
     * may have been relayed, and do not show which node sent them.
     *
     * @param newSource returns the value, or {@code null} to refuse the request
     */
    public void serve(Function<ValueRequest, @Nullable ObjectiveValue> newSource) {
        source = newSource;
    }

    @Override
    public ObjectiveEntry.SynchronizationInfo inspect(int valueBytes) {
        ObjectiveValue shown = value == null || source != null ? ObjectiveValue.NONE : value;
        return new ObjectiveEntry.SynchronizationInfo(isServing(), source != null, ValueExcerpt.of(shown, valueBytes));
    }

    @Override
    public boolean isServing() {
        return value != null || source != null;
    }

    @Override
    public @Nullable ObjectiveValue value(ValueRequest request) {
        return source == null ? value : source.apply(request);
    }

    @Override
    public Synch answer(SessionId session, ObjectiveValue served) {
        return new Synch(session, registration.objective.withValue(Placeholder.ifNone(served)));
    }

    @Override
    public @Nullable ObjectiveValue value() {
        return value;
    }

    @Override
    public void cancel() {
        if (leave()) {
            registration.synchronizer(null);
        }
    }

    /** Sets the receiver of the failure of the node, which is otherwise reported as the end of listening. */
    public void onFailure(Consumer<GraspException> newFailed) {
        failed = newFailed;
    }

    @Override
    public void replaced() {
        if (!isEnded()) {
            cancel();
            stopped.run();
        }
    }

    @Override
    public void end(GraspException reason) {
        if (NodeFailure.isReason(reason) && failed != null && !isEnded()) {
            cancel();
            failed.accept(reason);
        } else {
            replaced();
        }
    }
}
