package io.grasp.engine.negotiation;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.Place;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Activity;
import io.grasp.engine.node.NodeFailure;
import io.grasp.engine.registry.NegotiationListener;
import io.grasp.engine.registry.Registration;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.model.GraspException;
import io.grasp.observe.DropReason;
import io.grasp.util.Demand;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * An ASA that listens for negotiation requests. It receives as many as it has requested; a few more can wait. Links and
 * sources share the queue, so that one peer does not fill it.
 *
 * <pre>
 *   registered --> LISTENING ---+ request, with demand: the session is delivered
 *                     |   ^-----+ request, without demand: queued if its source gets a place, otherwise refused
 *                     |         + more demand: queued sessions are delivered, the oldest first
 *                     |         + end of a queued session: it leaves the queue
 *                     |         + a queued session has to give up its place: it is refused
 *                     |
 *                     |-- drain: further requests are refused, queued sessions are delivered
 *                     |          on demand; then the ASA is notified ----------------------> ENDED
 *                     +-- cancel: queued sessions are refused ----------------------------> ENDED
 *                     +-- end of the ASA or the node: the same, and the ASA is notified --> ENDED
 * </pre>
 */
public final class NegotiationListening extends Activity implements NegotiationListener {
    private final Registration registration;
    private final int capacity;
    private final boolean raw;
    private final NegotiationAcceptor acceptor;
    private final FairPlaces<NegotiationSession> places;
    private final Deque<Place<NegotiationSession>> queue = new ArrayDeque<>();
    private final Demand demand = new Demand();
    private boolean draining;

    public NegotiationListening(Registration registration, int capacity, boolean raw, NegotiationAcceptor acceptor) {
        super(registration.asa);
        this.registration = registration;
        this.capacity = capacity;
        this.places = new FairPlaces<>(capacity, WhenOwnShareIsUsed.REFUSE, this::displaced);
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
            Place<NegotiationSession> first = queue.removeFirst();
            first.leave();
            deliver(first.holder());
        }
        endIfDrained();
    }

    @Override
    public void drain() {
        draining = true;
        endIfDrained();
    }

    private void endIfDrained() {
        if (draining && queue.isEmpty() && !isEnded()) {
            cancel();
            acceptor.stopped();
        }
    }

    @Override
    public boolean canTake(TrafficSource source) {
        return !draining && registration.asa.hasRoomForSession() && (demand.isAny() || places.hasRoomFor(source));
    }

    @Override
    public ObjectiveEntry.NegotiationListenerInfo inspect() {
        return new ObjectiveEntry.NegotiationListenerInfo(raw, demand.left(), queue.size(), capacity);
    }

    @Override
    public boolean isRaw() {
        return raw;
    }

    /** {@return whether the session is accepted or queued} */
    boolean offer(NegotiationSession session) {
        if (draining) {
            return false;
        }
        boolean now = demand.isAny();
        Place<NegotiationSession> place =
                now ? null : places.take(session.channel().source(), session, 1);
        if (!now && place == null) {
            return false;
        }
        if (raw) {
            session.channel().pause(); // data after the request is not a message
        }
        if (place == null) {
            deliver(session);
        } else {
            queue.addLast(place);
            session.onEndUntaken(() -> {
                place.leave();
                queue.remove(place);
                endIfDrained();
            });
        }
        return true;
    }

    private void displaced(NegotiationSession session) {
        queue.removeIf(place -> place.holder() == session);
        session.refuse(DropReason.LISTENER_QUEUE);
    }

    private void deliver(NegotiationSession session) {
        demand.take();
        acceptor.requested(session);
    }

    @Override
    public void cancel() {
        if (leave()) {
            registration.remove(this);
            List<Place<NegotiationSession>> untaken = List.copyOf(queue);
            queue.clear();
            untaken.forEach(place -> place.holder().refuse());
        }
    }

    @Override
    public void end(GraspException reason) {
        if (!isEnded()) {
            cancel();
            if (NodeFailure.isReason(reason)) {
                acceptor.failed(reason);
            } else {
                acceptor.stopped();
            }
        }
    }
}
