package io.grasp.engine.negotiation;

import io.grasp.engine.node.Activity;
import io.grasp.engine.registry.NegotiationListener;
import io.grasp.engine.registry.Registration;
import io.grasp.model.GraspException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** An ASA that listens for negotiation requests. It receives as many as it has requested; a few more can wait. */
public final class NegotiationListening extends Activity implements NegotiationListener {
    private final Registration registration;
    private final int capacity;
    private final boolean raw;
    private final NegotiationAcceptor acceptor;
    private final Deque<NegotiationSession> queue = new ArrayDeque<>();
    private long demand;

    public NegotiationListening(Registration registration, int capacity, boolean raw, NegotiationAcceptor acceptor) {
        super(registration.asa);
        this.registration = registration;
        this.capacity = capacity;
        this.raw = raw;
        this.acceptor = acceptor;
        registration.add(this);
    }

    /**
     * Increases the demand for negotiations. Called on the loop.
     *
     * @param more how many more, above 0; {@link Long#MAX_VALUE} is unbounded
     */
    public void request(long more) {
        demand = demand + more < 0 ? Long.MAX_VALUE : demand + more;
        while (demand > 0 && !queue.isEmpty()) {
            deliver(queue.removeFirst());
        }
    }

    @Override
    public boolean canTake() {
        return demand > 0 || queue.size() < capacity;
    }

    @Override
    public boolean isRaw() {
        return raw;
    }

    /** {@return whether the session is accepted or queued} */
    boolean offer(NegotiationSession session) {
        if (raw && canTake()) {
            session.channel().pause(); // data after the request is not a message
        }
        if (demand > 0) {
            deliver(session);
            return true;
        }
        if (!canTake()) {
            return false;
        }
        queue.addLast(session);
        session.onEndUntaken(() -> queue.remove(session));
        return true;
    }

    private void deliver(NegotiationSession session) {
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
        acceptor.requested(session);
    }

    @Override
    public void cancel() {
        if (leave()) {
            registration.remove(this);
            List<NegotiationSession> untaken = List.copyOf(queue);
            queue.clear();
            untaken.forEach(NegotiationSession::refuse);
        }
    }

    @Override
    public void end(GraspException reason) {
        if (!isEnded()) {
            cancel();
            acceptor.stopped();
        }
    }
}
