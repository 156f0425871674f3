package io.grasp.benchmarks.load;

import io.grasp.benchmarks.FloodCodecBenchmark;
import java.util.Collection;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The cost of decoding a flood, compared with scanning every byte of it.
 *
 * @param scansPerMicro scans per microsecond
 * @param decodesPerMicro decodings per microsecond
 * @param bytes bytes allocated by one decoding
 */
record FloodCodecMeasurement(double scansPerMicro, double decodesPerMicro, double bytes) {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** Measures both with JMH, in separate JVMs. */
    static FloodCodecMeasurement measure(int iterations, TimeValue each) throws RunnerException {
        return new FloodCodecMeasurement(
                score(run("scan", iterations, each)),
                score(run("decode", iterations, each)),
                allocated(run("decode", 1, each)));
    }

    private static double allocated(RunResult result) {
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return allocated == null ? Double.NaN : allocated.getScore();
    }

    private static double score(RunResult result) {
        return result.getPrimaryResult().getScore();
    }

    private static RunResult run(String benchmark, int iterations, TimeValue each) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(Pattern.quote(FloodCodecBenchmark.class.getName() + "." + benchmark) + "$")
                        .forks(1)
                        .warmupIterations(iterations)
                        .warmupTime(each)
                        .measurementIterations(iterations)
                        .measurementTime(each)
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        return results.iterator().next();
    }
}
