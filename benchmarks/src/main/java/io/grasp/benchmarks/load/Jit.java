package io.grasp.benchmarks.load;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** The compilers of this process, which work on other threads. */
final class Jit {
    private Jit() {}

    /** {@return how long they have worked, in milliseconds; 0 where that is not told} */
    static long millis() {
        @Nullable CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        return compilers != null && compilers.isCompilationTimeMonitoringSupported()
                ? compilers.getTotalCompilationTime()
                : 0;
    }
}
