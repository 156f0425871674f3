package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A cable that loses three frames of ten, whose round trip takes 100 ms, and which duplicates and reorders. A program carries the frames
 * between two TAP devices: unlike netem it works with every kernel that has TAP, and a seed determines its losses. Closing it
 * removes the devices.
 */
final class LossyWire implements AutoCloseable {
    private static final Path TUN = Path.of("/dev/net/tun");

    private final Process program;
    private final BufferedReader said;

    private LossyWire(Process program) {
        this.program = program;
        this.said = program.inputReader(StandardCharsets.UTF_8);
    }

    /** Creates the interfaces of two hosts, which are down; fails if this is not possible on this machine. */
    static LossyWire between(Host one, Host other, long seed) {
        assertThat(TUN).as("a lossy wire needs TAP devices (modprobe tun)").exists();
        try {
            LossyWire wire = new LossyWire(new ProcessBuilder(
                            "python3",
                            script().toString(),
                            one.namespace(),
                            one.link(),
                            other.namespace(),
                            other.link(),
                            Long.toString(seed))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            assertThat(wire.said.readLine())
                    .as("a lossy wire needs python3 and TAP devices; standard error has the failure")
                    .isEqualTo("ready");
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path script() {
        try {
            Path script = Path.of(Objects.requireNonNull(LossyWire.class.getResource("lossy-wire.py"))
                    .toURI());
            assertThat(Files.isRegularFile(script)).isTrue();
            return script;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The statistics of a wire. */
    record Carried(int frames, int lost, int doubled) {}

    /** Ends the wire, and returns its statistics. */
    Carried end() {
        try {
            program.getOutputStream().close();
            List<Integer> counts =
                    Stream.of(said.readLine().split(" ")).map(Integer::valueOf).toList();
            program.onExit().join();
            return new Carried(counts.get(0), counts.get(1), counts.get(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        program.destroyForcibly().onExit().join();
    }
}
