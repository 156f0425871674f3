package io.grasp.benchmarks.load.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps all processors busy with work that gives way to everything else (the kernel's policy {@code SCHED_IDLE}), so
 * that none of them halts. In a virtual machine, to wake a processor that has halted takes the hypervisor tens of
 * microseconds; two threads that wait for each other would measure mostly that. Needs Linux and chrt of util-linux.
 */
public final class AwakeProcessors implements AutoCloseable {
    /** Ends itself with the process that has started it. */
    private static final List<String> SPIN =
            List.of("chrt", "--idle", "0", "sh", "-c", "while kill -0 $PPID; do :; done");

    private final List<Process> spinning = new ArrayList<>();

    private AwakeProcessors() {}

    public static AwakeProcessors start() throws IOException {
        AwakeProcessors all = new AwakeProcessors();
        try {
            for (int i = Runtime.getRuntime().availableProcessors(); i > 0; i--) {
                all.spinning.add(new ProcessBuilder(SPIN)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
        } catch (IOException e) {
            all.close();
            throw new IOException("this needs chrt (util-linux), to keep the processors from halting", e);
        }
        return all;
    }

    /** Returns when they have ended. */
    @Override
    public void close() {
        spinning.forEach(Process::destroyForcibly);
        spinning.forEach(each -> each.onExit().join());
    }
}
