package io.grasp.engine.node;

import io.grasp.util.IntrusiveList;

/**
 * An activity of an ASA or of the node: a session, or listening. It ends once: by itself, by {@link #cancel}, or by
 * {@link #end} when its owner ends.
 *
 * <pre>
 *   owned --> ACTIVE -- its own end, cancel, end of its owner: the first of them --> ENDED
 * </pre>
 */
public abstract class Activity implements Cancellable, Terminable {
    private final IntrusiveList.Node<Terminable> owned;
    private boolean ended;

    protected Activity(Owner owner) {
        owned = owner.own(this);
    }

    /** {@return whether the activity has ended} */
    public final boolean isEnded() {
        return ended;
    }

    /** Ends the activity and removes it from its owner, without notification; {@return whether it was in progress} */
    protected boolean leave() {
        if (ended) {
            return false;
        }
        ended = true;
        owned.leave();
        return true;
    }
}
