package io.grasp.engine.node;

import io.grasp.util.IntrusiveList;

/** Has activities under way, and ends them when it ends itself: an ASA, or the node for what it does by itself. */
@FunctionalInterface
public interface Owner {
    /** {@return the activity's place, which it leaves when it has ended} */
    IntrusiveList.Link<Activity> own(Activity activity);
}
