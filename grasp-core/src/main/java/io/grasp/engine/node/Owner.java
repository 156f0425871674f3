package io.grasp.engine.node;

import io.grasp.util.IntrusiveList;

/** Has activities under way that end with it: an ASA. */
public interface Owner {
    /** {@return the place of an activity, which it leaves when it has ended} */
    IntrusiveList.Node<Terminable> own(Terminable activity);
}
