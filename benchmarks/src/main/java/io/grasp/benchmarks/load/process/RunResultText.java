package io.grasp.benchmarks.load.process;

import io.grasp.benchmarks.load.workload.RunResult;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Writes a result as a line of text, and reads it. */
final class RunResultText {
    private RunResultText() {}

    static String of(RunResult result) {
        ByteBuffer latency = ByteBuffer.allocate(result.latency().getNeededByteBufferCapacity());
        int length = result.latency().encodeIntoCompressedByteBuffer(latency);
        return result.completed() + " " + result.failed() + " " + result.nanos() + " " + result.compilingMillis() + " "
                + Base64.getEncoder().encodeToString(Arrays.copyOf(latency.array(), length));
    }

    /** Reads a result, without the counts of each second, which the line does not contain. */
    static RunResult parse(String line) {
        String[] words = line.split(" ", -1);
        try {
            Histogram latency = Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(words[4])), 0);
            return new RunResult(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    latency,
                    new long[0],
                    Long.parseLong(words[3]));
        } catch (DataFormatException | RuntimeException e) {
            throw new IllegalStateException("not a result: " + line, e);
        }
    }
}
