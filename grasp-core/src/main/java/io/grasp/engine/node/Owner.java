package io.grasp.engine.node;

import io.grasp.util.IntrusiveList;

/** Owns activities that end with it: an ASA. */
public interface Owner {
    /** {@return the activity's place in the list, from which it is removed when it has ended} */
    IntrusiveList.Node<Terminable> own(Terminable activity);
}
