package io.grasp.benchmarks.load.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.benchmarks.load.workload.RunResult;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RunResultTextTest {
    @Test
    void writtenResultIsRead() {
        Histogram latency = new Histogram(3);
        latency.recordValueWithCount(150_000, 40);
        latency.recordValue(9_000_000);

        String line = RunResultText.of(new RunResult(41, 2, 400_000_000, latency, new long[] {41}, 17));
        RunResult read = RunResultText.parse(line);

        assertThat(line).doesNotContain("\n");
        assertThat(read.completed()).isEqualTo(41);
        assertThat(read.failed()).isEqualTo(2);
        assertThat(read.nanos()).isEqualTo(400_000_000);
        assertThat(read.latency()).isEqualTo(latency);
        assertThat(read.compilingMillis()).isEqualTo(17);
    }

    @Test
    void otherTextIsRefused() {
        for (String line : new String[] {"", "1 2 3", "1 2 3 4 AAAA", "a b c d"}) {
            assertThatThrownBy(() -> RunResultText.parse(line))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(line);
        }
    }
}
