package io.grasp.benchmarks.load.workload;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Measures the JIT compilers of this process, which run on other threads. */
public final class JitCompilers {
    private JitCompilers() {}

    /** {@return the total time that they have run, in milliseconds; 0 if the JVM does not report it} */
    public static long millis() {
        @Nullable CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        return compilers != null && compilers.isCompilationTimeMonitoringSupported()
                ? compilers.getTotalCompilationTime()
                : 0;
    }
}
