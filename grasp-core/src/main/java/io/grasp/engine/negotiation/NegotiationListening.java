package io.grasp.engine.negotiation;

import io.grasp.engine.node.Activity;
import io.grasp.engine.registry.NegotiationListener;
import io.grasp.engine.registry.Registration;
import io.grasp.model.GraspException;
import io.grasp.util.Demand;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * An ASA that listens for negotiation requests. It receives as many as it has requested; a few more can wait.
 *
 * <pre>
 *   registered --> LISTENING ---+ request, with demand: the session is delivered
 *                     |   ^-----+ request, without demand: queued if there is space, otherwise refused
 *                     |         + more demand: queued sessions are delivered, the oldest first
 *                     |         + end of a queued session: it leaves the queue
 *                     |
 *                     +-- cancel: queued sessions are refused ----------------------------> ENDED
 *                     +-- end of the ASA or the node: the same, and the ASA is notified --> ENDED
 * </pre>
 */
public final class NegotiationListening extends Activity implements NegotiationListener {
    private final Registration registration;
    private final int capacity;
    private final boolean raw;
    private final NegotiationAcceptor acceptor;
    private final Deque<NegotiationSession> queue = new ArrayDeque<>();
    private final Demand demand = new Demand();

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
        demand.add(more);
        while (demand.isAny() && !queue.isEmpty()) {
            deliver(queue.removeFirst());
        }
    }

    @Override
    public boolean canTake() {
        return demand.isAny() || queue.size() < capacity;
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
        if (demand.isAny()) {
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
        demand.take();
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
