package io.grasp.engine.node;

import io.grasp.observe.MessagePath;
import io.grasp.wire.GraspMessage;

/** Receives the messages whose unknown options may have handlers. */
@FunctionalInterface
public interface OptionSink {
    /** A message has come in that is not a duplicate. */
    void in(GraspMessage message, byte[] encoded, MessagePath path);
}
