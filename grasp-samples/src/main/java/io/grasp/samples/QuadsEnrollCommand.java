package io.grasp.samples;

import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.quads.QuadsPledge;
import io.grasp.samples.text.Output;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Enrols in a QUADS domain. */
@Command(
        name = "quads-enroll",
        description = {
            "Gets the QUADS key from a registrar, as graspy's quadski.py, and writes it to a file for --quads-key.",
            "Nothing proves who the registrar is: it learns the password."
        })
final class QuadsEnrollCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Option(
            names = "--password-file",
            required = true,
            paramLabel = "FILE",
            description = "The password of the domain for pledges, in the first line; - prompts for it.")
    private Path password = Path.of("");

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The file for the key; it must not exist. Default: ${DEFAULT-VALUE}.")
    private Path file = Path.of("quadsk.py");

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds after which to give up; a registrar floods once a minute."
                    + " Default: ${DEFAULT-VALUE}.")
    private long timeoutMillis = 150_000;

    QuadsEnrollCommand() {}

    private record Enrolled(String event, String file) {}

    @Override
    public Integer call() {
        if (network.isEncrypted()) {
            throw network.wrong("The registrar runs in the clear: a pledge cannot use --quads-key");
        }
        if (Files.exists(file)) {
            throw network.wrong(file + " exists already; move it away or name another --output");
        }
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw network.wrong("--output: " + file + " is in a directory that does not exist");
        }
        Duration longest = network.millis("--timeout", timeoutMillis, 1);
        byte[] secret = network.secret("--password-file", password);
        Output output = network.output();
        network.withNode(grasp -> new QuadsPledge(
                        secret, grasp.scheduler(), Schedulers.boundedElastic(), output::status)
                .enroll(grasp, longest, storeIn(file))
                .then(Mono.fromRunnable(() ->
                        output.result(new Enrolled("enrolled", file.toString()), "Enrolled: the key is in " + file))));
        return 0;
    }

    /** An attempt that fails after it has stored the key is repeated, and may bring another key. */
    static QuadsPledge.Store storeIn(Path file) {
        AtomicBoolean written = new AtomicBoolean();
        return key -> {
            if (written.get()) {
                Files.deleteIfExists(file);
            }
            key.write(file);
            written.set(true);
        };
    }
}
