package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.RequestOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NoPeerErrors;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.LocatorText;
import io.grasp.samples.text.Output;
import io.grasp.samples.transfer.FileClient;
import io.grasp.samples.transfer.FileName;
import io.grasp.samples.transfer.TransferEvent;
import io.grasp.samples.transfer.TransferEvent.Progress;
import io.grasp.samples.transfer.TransferEvent.Stored;
import io.grasp.samples.transfer.TransferException;
import io.grasp.samples.transfer.TransferLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Gets files. */
@Command(
        name = "get",
        description = {
            "Gets files from 'grasp put', several at once; with --graspy from graspy's pusher.py.",
            "A file has its name only when it is complete, and its SHA-256 is that of the sender. What an interrupted"
                    + " transfer leaves, .NAME.grasp-part, is resumed. Exits with 1 if a file could not be got."
        })
final class GetCommand implements Callable<Integer> {
    private static final Duration BETWEEN_PROGRESS = Duration.ofSeconds(1);

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private TransferOptions transfers = new TransferOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "NAME",
            description = "The file's name in the directory of the peer, as in reports/today.txt.")
    private List<String> names = List.of();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Write the files there, without the directories of their names. Default: here.")
    private Path directory = Path.of("");

    @Option(names = "--replace", description = "Replace files that exist.")
    private boolean replace;

    @Option(
            names = "--from",
            paramLabel = "LOCATOR",
            converter = LocatorText.class,
            description = "Get them from the peer at HOST:PORT or [ADDRESS]:PORT, instead of discovering one.")
    private @Nullable Locator from;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds to look for a peer, and to connect to it. Default: ${DEFAULT-VALUE}.")
    private long timeoutMillis = 60_000;

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "The maximum number of further attempts, which resume, after a failure of the network or"
                    + " of the server, or while it is busy. Default: ${DEFAULT-VALUE}.")
    private int retries = 3;

    @Option(names = "--graspy", description = "Get them from graspy's pusher.py: without a hash, never resumed.")
    private boolean graspy;

    GetCommand() {}

    @Override
    public Integer call() {
        TransferLimits limits = transfers.limits(network);
        List<FileName> requested = requested();
        if (retries < 0) {
            throw network.wrong("--retries must be at least 0");
        }
        if (!Files.isDirectory(directory)) {
            throw network.wrong("--directory: there is no directory " + directory);
        }
        RequestOptions within = RequestOptions.within(network.millis("--timeout", timeoutMillis, 1));
        RequestOptions options = from == null ? within : within.withPeer(AsaLocator.of(from));
        Output output = network.output();
        Long failed = network.withNode(grasp -> grasp.registerAsa("get").flatMap(asa -> {
            FileClient client = new FileClient(asa, limits, grasp.scheduler(), Schedulers.boundedElastic());
            return client.register()
                    .thenMany(Flux.fromIterable(requested)
                            .flatMap(
                                    name -> get(grasp, client, name, options, output)
                                            .then(Mono.<FileName>empty())
                                            .onErrorResume(failure -> failed(name, failure, output)),
                                    limits.atOnce()))
                    .count();
        }));
        return failed == null || failed > 0 ? 1 : 0;
    }

    private List<FileName> requested() {
        Set<String> local = new HashSet<>();
        return names.stream()
                .map(text -> {
                    FileName name = name(text);
                    if (!local.add(name.simple())) {
                        throw network.wrong("Two files would be written to " + directory.resolve(name.simple()));
                    }
                    return name;
                })
                .toList();
    }

    private FileName name(String text) {
        try {
            return new FileName(text);
        } catch (TransferException e) {
            throw network.wrong(e.getMessage());
        }
    }

    private Flux<TransferEvent> get(
            Grasp grasp, FileClient client, FileName name, RequestOptions options, Output output) {
        Path target = directory.resolve(name.simple());
        // For a moment after each request graspy refuses others.
        Flux<TransferEvent> transfer = repeated(
                graspy
                        ? client.getFromGraspy(name, target, replace, options)
                        : client.get(name, target, replace, options),
                grasp.backoff(retries));
        Progresses progresses = new Progresses(grasp, output);
        return transfer.onErrorMap(
                        NoPeerErrors::isNoPeer, failure -> new IllegalStateException("No peer serves files", failure))
                .doOnNext(event -> {
                    if (event instanceof Progress progress) {
                        progresses.print(progress);
                    } else if (event instanceof Stored stored) {
                        Line line = Line.of(stored);
                        output.result(line, line.describe());
                    }
                });
    }

    /** Repeats a transfer also while the server is busy, as if the server had not answered. */
    static Flux<TransferEvent> repeated(Flux<TransferEvent> transfer, Retry policy) {
        return transfer.onErrorMap(
                        TransferException.class,
                        failure -> failure.reason() == TransferException.Reason.BUSY
                                ? GraspException.peer(GraspErrorCode.NO_REPLY, String.valueOf(failure.getMessage()))
                                : failure)
                .retryWhen(policy);
    }

    /** Prints the progress of a transfer, not too often. */
    private static final class Progresses {
        private final Grasp grasp;
        private final Output output;
        private Duration next;

        Progresses(Grasp grasp, Output output) {
            this.grasp = grasp;
            this.output = output;
            this.next = grasp.now().plus(BETWEEN_PROGRESS);
        }

        void print(Progress progress) {
            Duration now = grasp.now();
            if (now.compareTo(next) >= 0) {
                next = now.plus(BETWEEN_PROGRESS);
                Line line = Line.of(progress);
                output.record(line);
                output.status(line.describe());
            }
        }
    }

    private Mono<FileName> failed(FileName name, Throwable failure, Output output) {
        String reason = Failures.oneLine(failure);
        network.warn(name.text() + ": " + reason);
        output.record(new Failed("failed", name.text(), reason));
        return Mono.just(name);
    }

    private record Failed(String event, String name, String reason) {}

    /** A line of output. */
    private record Line(
            String event,
            String name,
            long bytes,
            @Nullable Long size,
            @Nullable Long resumedAt,
            @Nullable String sha256,
            boolean verified) {
        static Line of(Progress progress) {
            Long size = progress.size().isPresent() ? progress.size().getAsLong() : null;
            return new Line("progress", progress.name().text(), progress.bytes(), size, null, null, false);
        }

        static Line of(Stored stored) {
            return new Line(
                    "stored",
                    stored.name().text(),
                    stored.bytes(),
                    stored.bytes(),
                    stored.resumedAt(),
                    stored.sha256(),
                    stored.verified());
        }

        String describe() {
            if (sha256 == null) {
                return name + ": " + bytes + (size == null ? "" : " of " + size) + " bytes";
            }
            boolean resumed = resumedAt != null && resumedAt > 0;
            return "Got " + name + ", " + bytes + " bytes" + (resumed ? ", resumed at " + resumedAt : "")
                    + (verified ? ", SHA-256 " : ", not verified, SHA-256 ") + sha256;
        }
    }
}
