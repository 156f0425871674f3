package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.cbor.CborScanner;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A framer in the hands of a connection that is paused, changes its limits, is reset and opened again: each message is
 * what a scanner finds that begins with that message, has all its bytes at once, and knows nothing of what came before.
 *
 * <p>An input is a script. Each step begins with a byte: its two low bits are the kind, the others a number. A chunk
 * is followed by as many bytes as that number says.
 */
class FramerScriptFuzzTest {
    private static final int CHUNK = 0;
    private static final int READ = 1;
    private static final int LIMITS = 2;
    private static final int RESET = 3;
    private static final int KINDS = 4;

    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void framesEachMessageAlone(byte[] script) throws CborException {
        Run run = new Run();
        for (int at = 0; at < script.length; at++) {
            int number = (script[at] & 0xFF) / KINDS;
            switch (script[at] & (KINDS - 1)) {
                case CHUNK -> {
                    int end = Math.min(script.length, at + 1 + number);
                    run.feed(Arrays.copyOfRange(script, at + 1, end));
                    at = end - 1;
                }
                case READ -> run.read(number % 4);
                case LIMITS -> run.limits(number);
                default -> run.reset();
            }
        }
        run.end();
    }

    /** A framer, and the bytes that it has not given back yet. */
    private static final class Run {
        private final List<byte[]> passed = new ArrayList<>();
        private final List<byte[]> copies = new ArrayList<>();
        private MessageFramer framer = new MessageFramer(WireOracle.LIMITS);
        private CborLimits limits = WireOracle.LIMITS;
        private byte[] pending = {};
        private boolean betweenMessages = true;
        private @Nullable CborException failure;

        void feed(byte[] chunk) {
            remember(chunk);
            framer.feed(chunk);
            if (failure == null) {
                pending = Arrays.copyOf(pending, pending.length + chunk.length);
                System.arraycopy(chunk, 0, pending, pending.length - chunk.length, chunk.length);
            }
            assertThat(framer.pendingBytes()).isEqualTo(pending.length);
        }

        /** Reads a number of messages, or all of them if it is 0, as a connection that is not paused does. */
        void read(int most) throws CborException {
            int read = 0;
            do {
                read++;
            } while (next() && (most == 0 || read < most));
            if (most == 0) {
                assertThat(framer.pendingBytes()).isLessThanOrEqualTo(limits.maxBytes());
            }
        }

        /** {@return whether there was a message} */
        private boolean next() throws CborException {
            byte[] expected = expected();
            byte[] message = null;
            try {
                message = framer.next();
                assertThat(failure).as("a failure that must be reported").isNull();
            } catch (CborException e) {
                assertThat(failure).as("a failure of a valid message").isNotNull();
                assertThat(e.reason()).isEqualTo(failure.reason());
                assertThat(e.offset()).isEqualTo(failure.offset());
            }
            assertThat(message).isEqualTo(expected);
            if (message != null) {
                remember(message);
                pending = Arrays.copyOfRange(pending, message.length, pending.length);
            }
            betweenMessages = message != null || pending.length == 0;
            assertThat(framer.pendingBytes()).isEqualTo(pending.length);
            return message != null;
        }

        /** {@return the next message, or {@code null} if it is not complete or not well-formed} */
        private byte @Nullable [] expected() {
            if (failure != null || pending.length == 0) {
                return null;
            }
            try {
                int end = new CborScanner(limits).scan(pending.clone(), 0, pending.length);
                return end == CborScanner.NEED_MORE ? null : Arrays.copyOf(pending, end);
            } catch (CborException e) {
                failure = e;
                pending = new byte[0];
                return null;
            }
        }

        /** The limits change between two messages, as on a connection whose request has been read. */
        void limits(int number) {
            if (betweenMessages) {
                limits = number == 0
                        ? WireOracle.LIMITS
                        : new CborLimits(number, 1 + number % 5, number % 2 == 0 ? number : 1 + number / 4);
                framer.limits(limits);
            }
        }

        /** The connection breaks, and the next one begins with nothing. */
        void reset() {
            framer = new MessageFramer(limits);
            pending = new byte[0];
            failure = null;
            betweenMessages = true;
        }

        void end() {
            for (int i = 0; i < passed.size(); i++) {
                assertThat(passed.get(i)).as("a chunk or message, in the end").isEqualTo(copies.get(i));
            }
        }

        private void remember(byte[] bytes) {
            passed.add(bytes);
            copies.add(bytes.clone());
        }
    }

    static Stream<byte[]> seeds() {
        SplittableRandom random = new SplittableRandom(3);
        List<Vectors.Vector> vectors = Vectors.all();
        return Stream.generate(() -> {
                    ByteArrayOutputStream script = new ByteArrayOutputStream();
                    for (int messages = 1 + random.nextInt(4); messages > 0; messages--) {
                        byte[] message =
                                vectors.get(random.nextInt(vectors.size())).bytes();
                        int whole = random.nextInt(4) == 0 ? random.nextInt(message.length) : message.length;
                        for (int from = 0; from < whole; ) {
                            int length = 1 + random.nextInt(Math.min(whole - from, 63));
                            script.write(length * KINDS + CHUNK);
                            script.write(message, from, length);
                            from += length;
                            if (random.nextInt(3) == 0) {
                                script.write(random.nextInt(4) * KINDS + READ);
                            }
                        }
                        script.write(READ);
                        script.write(random.nextInt(64) * KINDS + (whole < message.length ? RESET : LIMITS));
                    }
                    return script.toByteArray();
                })
                .limit(60);
    }
}
