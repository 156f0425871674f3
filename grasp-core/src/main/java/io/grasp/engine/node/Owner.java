package io.grasp.engine.node;

import io.grasp.util.IntrusiveList;

/** Owns activities, and ends them when it ends itself: an ASA, or the node for its own activities. */
@FunctionalInterface
public interface Owner {
    /** {@return the activity's place in the list, from which it is removed when it has ended} */
    IntrusiveList.Link<Activity> own(Activity activity);
}
