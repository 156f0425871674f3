package io.grasp.benchmarks;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Noop;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decodes and encodes the M_FLOOD of RFC 8990 appendix A.2. The ceiling of decoding is a scan of every byte. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FloodCodecBenchmark {
    private static final String FLOOD = "85091a00357b4e5020010db8f000baaa28ccdc4c97036781192710"
            + "828463455831050282704578616d706c6520312076616c75653d186480";

    private final byte[] bytes = HexFormat.of().parseHex(FLOOD);
    private final CborScanner scanner = new CborScanner(CborLimits.DEFAULT);
    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
    private GraspMessage message = new Noop();

    /** Creates the message for {@link #encode}. */
    @Setup
    public void decodeOnce() throws MalformedMessageException {
        message = decoder.decode(bytes);
    }

    /** {@return the end of the item} The ceiling. */
    @Benchmark
    public int scan() throws CborException {
        scanner.reset();
        return scanner.scan(bytes, 0, bytes.length);
    }

    /** {@return the message} */
    @Benchmark
    public GraspMessage decode() throws MalformedMessageException {
        return decoder.decode(bytes);
    }

    /** {@return the bytes of the message} */
    @Benchmark
    public byte[] encode() {
        return MessageEncoder.encode(message);
    }
}
