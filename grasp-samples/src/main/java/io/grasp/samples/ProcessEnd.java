package io.grasp.samples;

import io.grasp.samples.text.ErrorOutput;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Signals;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends the process for a reason other than the end of its command. */
final class ProcessEnd {
    private static final long LONG_CLOSE_MILLIS = 1000;

    private final ErrorOutput err;
    private final AtomicBoolean outputFailed = new AtomicBoolean();
    private final AtomicInteger code = new AtomicInteger();

    ProcessEnd(ErrorOutput err) {
        this.err = err;
    }

    /** {@return the exit code of the process, if that of its command is this one} */
    int code(int ofCommand) {
        return outputFailed.get() ? code.get() : ofCommand;
    }

    /**
     * Ends the process, because its results cannot be delivered any more: without a message if their reader has ended.
     * The node is closed first. Does not wait.
     */
    void outputFailed(IOException failure) {
        boolean closed = OutputWatch.hasReader();
        code.compareAndSet(0, closed ? ExitCodes.OUTPUT_CLOSED : ExitCodes.OUTPUT_FAILED);
        if (outputFailed.compareAndSet(false, true)) {
            if (!closed) {
                err.error("cannot write to standard output: " + Failures.oneLine(failure));
            }
            // The caller may be on the loop, without which the node cannot be closed.
            new Thread(() -> System.exit(code.get()), "grasp-exit-output").start();
        }
    }

    /** While the process ends, an interrupt from the keyboard or another SIGTERM ends it at once. */
    void endAtOnceWhenSignaledAgain() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::ending, "grasp-interrupts"));
    }

    private void ending() {
        Signals.handle("TERM", () -> Runtime.getRuntime().halt(ExitCodes.TERMINATED));
        if (!Signals.handle("INT", () -> Runtime.getRuntime().halt(ExitCodes.INTERRUPTED))) {
            return;
        }
        Thread note = new Thread(this::noteLongClose, "grasp-long-close");
        note.setDaemon(true);
        note.start();
    }

    private void noteLongClose() {
        try {
            Thread.sleep(LONG_CLOSE_MILLIS);
            err.note("still closing; Ctrl-C ends it at once");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
