package io.grasp.engine.node;

import io.grasp.util.IntrusiveList;

/**
 * Something that an ASA or the node has under way: a session, or that it listens. It ends once: by itself, by
 * {@link #cancel}, or by {@link #end} when its owner ends.
 */
public abstract class Activity implements Cancellable, Terminable {
    private final IntrusiveList.Link<Activity> owned;
    private boolean ended;

    protected Activity(Owner owner) {
        owned = owner.own(this);
    }

    /** {@return whether it has ended: nothing happens in it any more} */
    public final boolean isEnded() {
        return ended;
    }

    /** Ends it and leaves its owner, and notifies no one; {@return whether it was under way} */
    protected boolean leave() {
        if (ended) {
            return false;
        }
        ended = true;
        owned.leave();
        return true;
    }
}
