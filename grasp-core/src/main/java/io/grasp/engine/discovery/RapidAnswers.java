package io.grasp.engine.discovery;

import io.grasp.observe.MessagePath;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.Discovery;
import org.jspecify.annotations.Nullable;

/** Answers discoveries that also carry a request. */
@FunctionalInterface
public interface RapidAnswers {
    /**
     * Answers a discovery in rapid mode, if possible.
     *
     * @param response sends an M_RESPONSE if a rapid answer fails
     * @return whether it is answered in rapid mode; if not, the caller must send an M_RESPONSE
     */
    boolean discovery(Discovery discovery, @Nullable Link link, ReplyPath back, MessagePath path, Runnable response);
}
