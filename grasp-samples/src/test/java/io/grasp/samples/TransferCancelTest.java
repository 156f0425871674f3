package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.api.RequestOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.samples.transfer.FileClient;
import io.grasp.samples.transfer.FileName;
import io.grasp.samples.transfer.FileServer;
import io.grasp.samples.transfer.ServedDirectory;
import io.grasp.samples.transfer.ServedTransfer;
import io.grasp.samples.transfer.TransferEvent;
import io.grasp.samples.transfer.TransferLimits;
import io.grasp.substrate.netty.NettyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Transfers between real nodes, with files on other threads, that are cancelled at any moment. */
class TransferCancelTest {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final int TIMES = 100;

    @TempDir
    Path temporary;

    private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
    private final Queue<ServedTransfer> served = new ConcurrentLinkedQueue<>();

    @AfterEach
    void reset() {
        Hooks.resetOnErrorDropped();
    }

    /** Connections that are closed instead of reset would wait for the peer for the time of the test. */
    private static Grasp start() {
        return Grasp.start(GraspConfig.defaults()
                        .withNetwork(NettyConfig.defaults()
                                .withLinks("lo")
                                .withAssumeSecure(true)
                                .withCloseTimeout(Duration.ofMinutes(1))))
                .block();
    }

    @Test
    void aTransferThatIsCancelledAtAnyMomentLeavesNothingOpenAndCanBeResumed() throws IOException {
        assumeTrue(Files.exists(OPEN_FILES), "open files are listed by Linux alone");
        Hooks.onErrorDropped(dropped::add);
        Path from = Files.createDirectory(temporary.resolve("from"));
        Path target = temporary.resolve("file");
        byte[] content = new byte[20_000_000];
        new Random(1).nextBytes(content);
        Files.write(from.resolve("file"), content);
        Random random = new Random(2);
        try (Grasp server = start();
                Grasp client = start()) {
            new FileServer(
                            ServedDirectory.of(from),
                            TransferLimits.DEFAULTS.withAtOnce(2 * TIMES), // those that were reset end a little later
                            server.scheduler(),
                            Schedulers.boundedElastic(),
                            served::add)
                    .run(server, () -> {})
                    .subscribe();
            Asa asa = client.registerAsa("get").block();
            FileClient files =
                    new FileClient(asa, TransferLimits.DEFAULTS, client.scheduler(), Schedulers.boundedElastic());
            files.register().block();
            RequestOptions peer = RequestOptions.to(
                    AsaLocator.of(Locator.tcp("::1", server.locators().block().port())));
            Flux<TransferEvent> transfer = files.get(new FileName("file"), target, false, peer);

            for (int i = 0; i < TIMES && !Files.exists(target); i++) {
                transfer.takeUntilOther(Mono.delay(Duration.ofMillis(random.nextInt(12))))
                        .onErrorComplete() // the transfer before this one may still hold the file
                        .blockLast();
            }
            Processes.await(() -> "closed files, not " + open(), () -> open().isEmpty());
            if (!Files.exists(target)) {
                transfer.blockLast();
            }

            assertThat(Files.readAllBytes(target)).isEqualTo(content);
            Processes.await(() -> "closed files, not " + open(), () -> open().isEmpty());
            Processes.await(
                    () -> "a complete transfer in " + served,
                    () -> served.stream().anyMatch(each -> each.failure().isEmpty()));
            assertThat(client.load().block().sessions()).isZero();
            Processes.await(
                    () -> "closed connections", () -> client.load().block().channels() == 0);
            Processes.await(() -> "ended sessions", () -> server.load().block().sessions() == 0);
        }
        assertThat(dropped).isEmpty();
    }

    @Test
    void aTransferFromAPeerThatReadsNothingEndsAtOnceWhenItIsCancelled() {
        Objective objective = Objective.negotiable("io.grasp:file");
        try (Grasp server = start();
                Grasp client = start()) {
            Asa silent = server.registerAsa("silent").block();
            silent.register(objective).block();
            silent.raw().listen(objective, channel -> Mono.never()).subscribe();
            Asa asa = client.registerAsa("get").block();
            FileClient files =
                    new FileClient(asa, TransferLimits.DEFAULTS, client.scheduler(), Schedulers.boundedElastic());
            files.register().block();
            RequestOptions peer = RequestOptions.to(
                    AsaLocator.of(Locator.tcp("::1", server.locators().block().port())));
            Disposable transfer = files.get(new FileName("file"), temporary.resolve("file"), false, peer)
                    .subscribe();
            Processes.await(() -> "the transfer", () -> server.load().block().sessions() == 1);

            transfer.dispose();

            Processes.await(
                    () -> "a closed connection", () -> client.load().block().channels() == 0);
        }
        assertThat(temporary).isEmptyDirectory();
    }

    /** {@return the files of this test that the process has open} */
    private List<String> open() {
        try (Stream<Path> all = Files.list(OPEN_FILES)) {
            return all.flatMap(TransferCancelTest::target)
                    .filter(file -> file.startsWith(temporary.toString()))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<String> target(Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException closed) {
            return Stream.empty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
