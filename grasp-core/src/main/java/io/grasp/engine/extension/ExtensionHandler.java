package io.grasp.engine.extension;

import io.grasp.observe.DropReason;

/**
 * Takes messages of an unassigned type, or options of an unassigned number, on the loop.
 *
 * @param <T> {@link ReceivedExtension} or {@link ReceivedOption}
 */
public interface ExtensionHandler<T> {
    /**
     * Something came in.
     *
     * @param received what
     * @return whether it is taken; if nobody takes it, it is dropped because of {@link DropReason#LIMIT}
     */
    boolean received(T received);

    /** The node was closed: nothing comes any more. */
    void stopped();
}
