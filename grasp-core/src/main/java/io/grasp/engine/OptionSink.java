package io.grasp.engine;

import io.grasp.wire.GraspMessage;

/** Takes the messages whose unknown options may have handlers. */
@FunctionalInterface
interface OptionSink {
    /** A message has come in that is no duplicate of another. */
    void in(GraspMessage message, byte[] encoded, MessagePath path);
}
