package io.grasp.engine.node;

import io.grasp.observe.MessagePath;
import io.grasp.wire.GraspMessage;

/** Takes the messages whose unknown options may have handlers. */
@FunctionalInterface
public interface OptionSink {
    /** A message has come in that is no duplicate of another. */
    void in(GraspMessage message, byte[] encoded, MessagePath path);
}
