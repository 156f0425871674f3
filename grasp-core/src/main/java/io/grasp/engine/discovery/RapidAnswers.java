package io.grasp.engine.discovery;

import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.Discovery;
import org.jspecify.annotations.Nullable;

/** Answers discoveries that are requests as well. */
@FunctionalInterface
public interface RapidAnswers {
    /**
     * Answers a discovery in rapid mode, if it can be.
     *
     * @param response sends an M_RESPONSE, if a rapid answer came to nothing
     * @return whether it is answered so; if not, an M_RESPONSE is due
     */
    boolean discovery(Discovery discovery, @Nullable Link link, ReplyPath back, MessagePath path, Runnable response);
}
