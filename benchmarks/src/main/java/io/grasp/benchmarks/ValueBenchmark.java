package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborReader;
import io.grasp.model.ObjectiveValue;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** Decodes the value of an objective, which happens only on demand. The ceiling is a reader written by hand. */
public class ValueBenchmark extends AverageTime {
    private final ObjectiveValue value = SampleMessages.EX1.value();
    private final List<Object> sum = List.of("NZD", 335);

    /** {@return the sum, read by hand} */
    @Benchmark
    public long byHand() throws CborException {
        CborReader reader = value.item().reader();
        reader.readArrayHeader();
        return reader.readText().length() + reader.readUnsigned();
    }

    /** {@return the value, as Jackson reads it into a list} */
    @Benchmark
    public List<?> asList() {
        return value.as(List.class);
    }

    /** {@return the value as a tree} */
    @Benchmark
    public Object asJson() {
        return value.asJson();
    }

    /** {@return the value, as Jackson writes it} */
    @Benchmark
    public ObjectiveValue of() {
        return ObjectiveValue.of(sum);
    }
}
