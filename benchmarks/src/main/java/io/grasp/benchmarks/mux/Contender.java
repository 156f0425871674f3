package io.grasp.benchmarks.mux;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** One way to run sessions between two ends, each on an event loop of its own. */
interface Contender extends AutoCloseable {
    /** What an initiator sends, and what the responder answers, in bytes. */
    int MESSAGE_BYTES = 60;

    /** {@return the loop of the initiator, on which sessions begin and end} */
    EventLoop initiator();

    /**
     * Runs a session. It is opened, one message goes each way, the responder ends its direction, and then the
     * initiator.
     *
     * @param ended called when it has ended at the initiator, with whether it was complete
     */
    void session(Consumer<Boolean> ended);

    /**
     * Begins a session and leaves it open after one message each way.
     *
     * @param answered called when the answer has come
     */
    void idle(Runnable answered);

    @Override
    void close();
}
