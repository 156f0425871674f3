package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Noop;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Decodes and encodes each type of message. The ceiling of decoding is a scan of every byte. */
public class MessageCodecBenchmark extends AverageTime {
    /** The message's type. */
    @Param({
        "M_NOOP",
        "M_DISCOVERY",
        "M_RESPONSE",
        "M_REQ_NEG",
        "M_REQ_SYN",
        "M_NEGOTIATE",
        "M_END",
        "M_WAIT",
        "M_SYNCH",
        "M_FLOOD",
        "M_INVALID"
    })
    public String type = "M_NOOP";

    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
    private final CborScanner scanner = new CborScanner(CborLimits.DEFAULT);
    private GraspMessage message = new Noop();
    private byte[] bytes = {};

    /** Creates the message. */
    @Setup
    public void create() {
        message = SampleMessages.of(type);
        bytes = MessageEncoder.encode(message);
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
