package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.RawChannel;
import io.grasp.api.RequestOptions;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.transfer.FileClient;
import io.grasp.samples.transfer.FileName;
import io.grasp.samples.transfer.FileServer;
import io.grasp.samples.transfer.ServedDirectory;
import io.grasp.samples.transfer.ServedTransfer;
import io.grasp.samples.transfer.TransferEvent;
import io.grasp.samples.transfer.TransferEvent.Progress;
import io.grasp.samples.transfer.TransferEvent.Stored;
import io.grasp.samples.transfer.TransferException;
import io.grasp.samples.transfer.TransferException.Reason;
import io.grasp.samples.transfer.TransferLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Transfers of files on a simulated network, at virtual time. */
class TransferTest {
    private static final Objective FILE = Objective.negotiable("io.grasp:file");
    private static final Objective GRASPY = Objective.negotiable("411:mvFile").withLoopCount(10);
    private static final TransferLimits LIMITS = TransferLimits.DEFAULTS;
    private static final Optional<String> BUSY_WITH_TWO = Optional.of("The server has 2 transfers already");

    @TempDir
    Path temporary;

    private final Town town = new Town();
    private final List<ServedTransfer> served = new ArrayList<>();
    private final Random random = new Random(16);
    private Path from;
    private Path to;

    @BeforeEach
    void directories() throws IOException {
        from = Files.createDirectory(temporary.resolve("from"));
        to = Files.createDirectory(temporary.resolve("to"));
    }

    @AfterEach
    void close() {
        town.close();
    }

    private byte[] write(String name, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        Path file = from.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.readAllBytes(Files.write(file, content));
    }

    private Grasp serve(TransferLimits limits) throws IOException {
        Grasp node = town.node();
        new FileServer(ServedDirectory.of(from), limits, node.scheduler(), Schedulers.immediate(), served::add)
                .run(node, () -> {})
                .subscribe();
        town.loop.runReady();
        return node;
    }

    private FileClient client(TransferLimits limits) {
        return client(town.node(), limits);
    }

    private FileClient client(Grasp node, TransferLimits limits) {
        Asa asa = town.await(node.registerAsa("getter")).get(0);
        FileClient client = new FileClient(asa, limits, node.scheduler(), Schedulers.immediate());
        town.await(client.register());
        return client;
    }

    private Flux<TransferEvent> get(FileClient client, String name) {
        FileName requested = new FileName(name);
        return client.get(requested, to.resolve(requested.simple()), false, RequestOptions.DEFAULTS);
    }

    private Reason failure(Publisher<?> transfer) {
        return catchThrowableOfType(TransferException.class, () -> town.await(transfer))
                .reason();
    }

    private static Stored stored(List<TransferEvent> events) {
        return (Stored) last(events);
    }

    private static TransferEvent last(List<TransferEvent> events) {
        return events.get(events.size() - 1);
    }

    private List<String> received() throws IOException {
        try (Stream<Path> files = Files.list(to)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileHasItsNameOnlyWhenItIsComplete() throws IOException {
        byte[] content = write("reports/today.bin", 100_000);
        serve(LIMITS);

        List<TransferEvent> events = town.await(get(client(LIMITS), "reports/today.bin")
                .doOnNext(event ->
                        assertThat(Files.exists(to.resolve("today.bin"))).isEqualTo(event instanceof Stored)));

        assertThat(Files.readAllBytes(to.resolve("today.bin"))).isEqualTo(content);
        assertThat(received()).containsExactly("today.bin");
        assertThat(events).hasSizeGreaterThan(4);
        assertThat(events.get(events.size() - 2)).isInstanceOfSatisfying(Progress.class, last -> {
            assertThat(last.bytes()).isEqualTo(100_000);
            assertThat(last.size()).hasValue(100_000);
        });
        assertThat(stored(events).verified()).isTrue();
        town.loop.runUntil(() -> !served.isEmpty(), Duration.ofSeconds(1));
        assertThat(served).singleElement().satisfies(end -> {
            assertThat(end.failure()).isEmpty();
            assertThat(end.bytes()).isEqualTo(100_000);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16 << 10, (16 << 10) + 1})
    void filesOfEachLengthArrive(int bytes) throws IOException {
        byte[] content = write("file", bytes);
        serve(LIMITS);

        assertThat(stored(town.await(get(client(LIMITS), "file"))).bytes()).isEqualTo(bytes);
        assertThat(Files.readAllBytes(to.resolve("file"))).isEqualTo(content);
    }

    @Test
    void anInterruptedTransferIsResumed() throws IOException {
        byte[] content = write("file", 200_000);
        serve(LIMITS);
        FileClient client = client(LIMITS);
        town.await(get(client, "file").takeUntil(event -> event instanceof Progress so && so.bytes() > 60_000));
        assertThat(received()).containsExactly(".file.grasp-part");
        long left = Files.size(to.resolve(".file.grasp-part"));

        Stored stored = stored(town.await(get(client, "file")));

        assertThat(stored.resumedAt()).isEqualTo(left).isGreaterThan(60_000);
        assertThat(Files.readAllBytes(to.resolve("file"))).isEqualTo(content);
        town.loop.runUntil(() -> served.size() == 2, Duration.ofSeconds(1));
        assertThat(served.get(1).bytes()).isEqualTo(200_000 - left);
    }

    @Test
    void aFileThatHasChangedIsSentFromItsBeginning() throws IOException {
        write("file", 200_000);
        serve(LIMITS);
        FileClient client = client(LIMITS);
        town.await(get(client, "file").takeUntil(event -> event instanceof Progress so && so.bytes() > 60_000));
        for (int length : new int[] {150_000, 20_000}) {
            byte[] changed = write("file", length);

            Stored stored = stored(
                    town.await(client.get(new FileName("file"), to.resolve("file"), true, RequestOptions.DEFAULTS)));

            assertThat(stored.resumedAt()).isZero();
            assertThat(Files.readAllBytes(to.resolve("file"))).isEqualTo(changed);
            Files.write(to.resolve(".file.grasp-part"), new byte[100_000]);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTransferIsTriedAgainWhenItsServerHasGoneAndAnotherOneServesTheFile(boolean hasChanged) throws IOException {
        byte[] content = write("file", 400_000);
        Grasp server = serve(LIMITS.withBytesPerSecond(100_000));
        Grasp node = town.node();
        List<TransferEvent> events = new ArrayList<>();
        get(client(node, LIMITS), "file").retryWhen(node.backoff(3)).subscribe(events::add);
        town.loop.runUntil(() -> hasProgressed(events, 100_000), Duration.ofMinutes(1));

        town.await(server.closeAsync());
        if (hasChanged) {
            content = write("file", 400_000);
        }
        serve(LIMITS);
        town.loop.runUntil(() -> last(events) instanceof Stored, Duration.ofMinutes(5));

        assertThat(stored(events).resumedAt()).isBetween(hasChanged ? 0L : 100_000L, hasChanged ? 0 : 400_000L);
        assertThat(Files.readAllBytes(to.resolve("file"))).isEqualTo(content);
        assertThat(received()).containsExactly("file");
    }

    @Test
    void aTransferIsTriedAgainAfterAPartition() throws IOException {
        byte[] content = write("file", 400_000);
        serve(LIMITS.withBytesPerSecond(100_000));
        Grasp node = town.node();
        List<TransferEvent> events = new ArrayList<>();
        get(client(node, LIMITS), "file").retryWhen(node.backoff(3)).subscribe(events::add);
        town.loop.runUntil(() -> hasProgressed(events, 100_000), Duration.ofMinutes(1));

        town.network.partition(town.network.nodes().subList(0, 1));
        town.loop.runUntil(() -> false, Duration.ofSeconds(61));
        town.network.heal();
        town.loop.runUntil(() -> last(events) instanceof Stored, Duration.ofMinutes(5));

        assertThat(stored(events).resumedAt()).isPositive();
        assertThat(Files.readAllBytes(to.resolve("file"))).isEqualTo(content);
    }

    private static boolean hasProgressed(List<TransferEvent> events, long bytes) {
        return !events.isEmpty() && last(events) instanceof Progress progress && progress.bytes() > bytes;
    }

    @Test
    void aFileThatBecomesShorterWhileItIsSentIsNotStored() throws IOException {
        write("file", 3_000_000);
        serve(LIMITS.withBytesPerSecond(100_000));
        FileClient client = client(LIMITS);
        List<Throwable> failures = new ArrayList<>();
        List<TransferEvent> events = new ArrayList<>();
        get(client, "file").subscribe(events::add, failures::add);
        town.loop.runUntil(() -> hasProgressed(events, 100_000), Duration.ofMinutes(1));

        byte[] shorter = write("file", 1_000_000);
        town.loop.runUntil(() -> !failures.isEmpty(), Duration.ofMinutes(1));

        assertThat(failures).singleElement().isInstanceOfSatisfying(TransferException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE);
            assertThat(failure).hasMessage("The file has become shorter while it was sent");
        });
        town.await(get(client, "file"));
        assertThat(Files.readAllBytes(to.resolve("file"))).isEqualTo(shorter);
    }

    @Test
    void severalFilesAreGotAtOnceWithinTheLimit() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            write(name, 50_000);
        }
        serve(LIMITS.withAtOnce(2));
        FileClient client = client(LIMITS);
        List<Throwable> refused = new ArrayList<>();

        town.await(Flux.just("a", "b", "c")
                .flatMap(name -> get(client, name).onErrorResume(failure -> {
                    refused.add(failure);
                    return Flux.empty();
                })));

        assertThat(received()).hasSize(2);
        assertThat(refused)
                .singleElement()
                .isInstanceOfSatisfying(
                        TransferException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.BUSY));
        town.await(get(
                client,
                Stream.of("a", "b", "c")
                        .filter(name -> !Files.exists(to.resolve(name)))
                        .findFirst()
                        .orElseThrow()));
        assertThat(received()).containsExactly("a", "b", "c");
    }

    @Test
    void aPeerWithAllPlacesGivesUpOneToAnotherAndResumesLater() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            write(name, 200_000);
        }
        serve(LIMITS.withAtOnce(2).withBytesPerSecond(20_000));
        Grasp greedy = town.node();
        FileClient client = client(greedy, LIMITS);
        List<TransferEvent> greedyEvents = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        Flux.just("a", "b")
                .flatMap(name -> GetCommand.repeated(get(client, name), greedy.backoff(10)))
                .subscribe(greedyEvents::add, failures::add);
        town.loop.runUntil(() -> hasProgressed(greedyEvents, 40_000), Duration.ofMinutes(1));

        town.await(get(client(LIMITS), "c"));

        assertThat(served).extracting(ServedTransfer::failure).contains(BUSY_WITH_TWO);
        assertThat(received()).contains("c");
        town.loop.runUntil(
                () -> greedyEvents.stream().filter(Stored.class::isInstance).count() == 2 || !failures.isEmpty(),
                Duration.ofMinutes(5));
        assertThat(failures).isEmpty();
        assertThat(received()).containsExactly("a", "b", "c");
        assertThat(greedyEvents)
                .filteredOn(Stored.class::isInstance)
                .anySatisfy(event -> assertThat(((Stored) event).resumedAt()).isPositive());
    }

    @Test
    void aGetterWaitsUntilABusyServerHasAPlace() throws IOException {
        write("a", 200_000);
        write("b", 1000);
        serve(LIMITS.withAtOnce(1).withBytesPerSecond(20_000));
        List<TransferEvent> first = new ArrayList<>();
        get(client(LIMITS), "a").subscribe(first::add);
        town.loop.runUntil(() -> hasProgressed(first, 40_000), Duration.ofMinutes(1));
        Grasp node = town.node();
        FileClient client = client(node, LIMITS);

        town.await(GetCommand.repeated(get(client, "b"), node.backoff(10)));

        assertThat(received()).containsExactly("a", "b");
    }

    @Test
    void aFileIsWrittenByOneTransferAtATime() throws IOException {
        write("a", 50_000);
        serve(LIMITS);
        FileClient client = client(LIMITS);
        List<Reason> failures = new ArrayList<>();
        town.await(get(client, "a")
                .concatMap(event -> failures.isEmpty()
                        ? get(client, "a").onErrorResume(TransferException.class, failure -> {
                            failures.add(failure.reason());
                            return Flux.empty();
                        })
                        : Flux.empty()));
        assertThat(failures).containsExactly(Reason.IN_PROGRESS);
        assertThat(failure(get(client, "a"))).isEqualTo(Reason.EXISTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void allTransfersTogetherKeepToTheRate(String limited) throws IOException {
        write("a", 100_000);
        write("b", 100_000);
        TransferLimits slow = LIMITS.withBytesPerSecond(20_000);
        serve(limited.equals("server") ? slow : LIMITS);
        FileClient client = client(limited.equals("client") ? slow : LIMITS);

        town.await(Flux.just("a", "b").flatMap(name -> get(client, name)));

        assertThat(town.loop.now()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(12));
    }

    @Test
    void aServerSendsNoLongerFileThanItMay() throws IOException {
        write("file", 100_000);
        serve(LIMITS.withMaxBytes(99_999));
        assertThat(failure(get(client(LIMITS), "file"))).isEqualTo(Reason.TOO_LARGE);
        assertThat(received()).isEmpty();
    }

    @Test
    void aClientTakesNoLongerFileThanItWants() throws IOException {
        write("file", 100_000);
        serve(LIMITS);
        assertThat(failure(get(client(LIMITS.withMaxBytes(99_999)), "file"))).isEqualTo(Reason.TOO_LARGE);
        assertThat(received()).isEmpty();
        assertThat(servedFailure()).as("notified").isEqualTo("The file is longer than 99999 bytes");
    }

    /** {@return why the only transfer of the server has failed} */
    private String servedFailure() {
        town.loop.runUntil(() -> !served.isEmpty(), Duration.ofMinutes(5));
        assertThat(served).hasSize(1);
        return served.remove(0).failure().orElseThrow();
    }

    @Test
    void aRequesterThatReadsNothingOrDoesNotAnswerIsNotAwaitedForEver() throws IOException {
        write("file", 5_000_000);
        serve(LIMITS.withAtOnce(1));
        Asa asa = asa("requester", FILE, RegistrationOptions.DEFAULTS.withMaxMessageBytes(20_000));
        Objective request = FILE.withValue(ObjectiveValue.of(List.of(1, "file", 0, new byte[0])));
        for (boolean reads : new boolean[] {false, true}) {
            RawChannel channel = town.await(asa.raw().request(request)).get(0);
            if (reads) {
                channel.receive().onErrorComplete().subscribe();
            }
            Duration begun = town.loop.now();
            assertThat(servedFailure()).isEqualTo("The peer has taken no data for 60000 ms");
            assertThat(town.loop.now().minus(begun)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(65));
            town.await(channel.cancel());
        }
        town.await(get(client(LIMITS), "file"));
        assertThat(received()).containsExactly("file");
    }

    @Test
    void aFileCannotBeStoredBeforeItIsSent() throws IOException {
        write("file", 5_000_000);
        serve(LIMITS);
        Asa asa = asa("requester", FILE, RegistrationOptions.DEFAULTS.withMaxMessageBytes(20_000));
        town.await(asa.raw()
                .request(FILE.withValue(ObjectiveValue.of(List.of(1, "file", 0, new byte[0]))))
                .flatMap(channel ->
                        channel.send(List.of(3)).then(channel.receive().then())));
        assertThat(servedFailure()).isEqualTo("Unexpected message");
    }

    @Test
    void theServerIsNotifiedThatAFileCouldNotBeStoredButNotWhere() throws IOException {
        write("file", 300_000);
        serve(LIMITS.withBytesPerSecond(100_000));
        FileClient client = client(LIMITS);
        Path target = Files.createDirectory(temporary.resolve("removed")).resolve("file");
        List<Throwable> failures = new ArrayList<>();
        client.get(new FileName("file"), target, false, RequestOptions.DEFAULTS)
                .doOnNext(event -> deleteDirectory(target.getParent()))
                .subscribe(event -> {}, failures::add);
        assertThat(servedFailure()).isEqualTo("The file could not be stored");
        town.loop.runUntil(() -> !failures.isEmpty(), Duration.ofSeconds(1));
        assertThat(failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        TransferException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.DISK));
    }

    private static void deleteDirectory(Path directory) {
        try (Stream<Path> files = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void aTransferThatTakesTooLongEnds(String limited) throws IOException {
        write("file", 300_000);
        TransferLimits slow = LIMITS.withBytesPerSecond(20_000);
        TransferLimits impatient = slow.withLongest(Duration.ofSeconds(5));
        serve(limited.equals("server") ? impatient : slow);
        FileClient client = client(limited.equals("client") ? impatient : LIMITS);
        assertThat(failure(get(client, "file"))).isEqualTo(Reason.TIME_OVER);
        assertThat(town.loop.now()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(8));
    }

    private Asa asa(String name, Objective objective, RegistrationOptions options) {
        Asa asa = town.await(town.node().registerAsa(name)).get(0);
        town.await(asa.register(objective, options));
        return asa;
    }

    private void answerWith(Function<RawChannel, Publisher<?>> exchange) {
        asa("peer", FILE, RegistrationOptions.DEFAULTS.withMaxMessageBytes(20_000))
                .raw()
                .listen(FILE, exchange::apply)
                .subscribe();
    }

    @Test
    void aPeerThatSendsNothingIsNotAwaitedForEver() {
        answerWith(channel -> channel.receive().then());
        assertFails(get(client(LIMITS), "file"), GraspErrorCode.NO_REPLY);
        assertThat(town.loop.now()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(62));
    }

    @Test
    void contentWithAnotherHashIsDropped() throws IOException {
        answerWith(channel -> channel.send(
                        Flux.just(List.of(0, 3, 0), new byte[] {1, 2, 3}, new Object[] {1, new byte[32]}))
                .then(channel.receive().then()));
        assertThat(failure(get(client(LIMITS), "file"))).isEqualTo(Reason.CORRUPT);
        assertThat(received()).isEmpty();
    }

    @Test
    void messagesOutOfOrderEndTheTransfer() throws IOException {
        List<List<Object>> wrong = List.of(
                List.of(new byte[] {1}),
                List.of(List.of(0, 3, 1)),
                List.of(List.of(0, 3, 4)),
                List.of(List.of(0, 1, 0), new byte[] {1, 2}),
                List.of(List.of(0, 3, 0), new byte[0]),
                List.of(List.of(0, 3, 0), List.of(0, 3, 0)),
                List.of(List.of(0, 3, 0), new Object[] {1, new byte[32]}),
                List.of(List.of(0, -1, 0)),
                List.of("text"),
                List.of(List.of(9)));
        List<List<Object>> answers = new ArrayList<>(wrong);
        answerWith(channel -> channel.send(Flux.fromIterable(answers.remove(0)))
                .then(channel.receive().then()));
        FileClient client = client(LIMITS);
        for (List<Object> each : wrong) {
            assertThat(failure(get(client, "file"))).as("%s", each).isEqualTo(Reason.INVALID);
            Files.deleteIfExists(to.resolve(".file.grasp-part"));
        }
        assertThat(received()).isEmpty();
    }

    @Test
    void aTransferThatThePeerEndsEarlyFails() {
        answerWith(channel -> channel.send(List.of(0, 3, 0)));
        assertFails(get(client(LIMITS), "file"), GraspErrorCode.NO_SOCKET);
    }

    private void assertFails(Publisher<?> transfer, GraspErrorCode code) {
        GraspException failure = catchThrowableOfType(GraspException.class, () -> town.await(transfer));
        assertThat(failure.code()).as("%s", failure).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "..",
                "../secret",
                "a/../../secret",
                "a//b",
                "a/",
                "./a",
                ".hidden",
                "a/.git/x",
                "a\\b",
                "a\0b",
                "a\nb",
                "a\u0085b"
            })
    void namesThatLeadElsewhereAreInvalid(String name) {
        assertThatThrownBy(() -> new FileName(name)).isInstanceOf(TransferException.class);
        assertThat(new FileName("a.b/c..d/e").simple()).isEqualTo("c..d/e".substring(5));
    }

    @Test
    void nothingOutsideOfTheDirectoryIsServed() throws Exception {
        Path secret = Files.writeString(temporary.resolve("secret"), "secret");
        Files.createDirectory(from.resolve("directory"));
        Files.createSymbolicLink(from.resolve("link"), secret);
        Files.createSymbolicLink(from.resolve("above"), temporary);
        Files.createSymbolicLink(from.resolve("device"), Path.of("/dev/zero"));
        assertThat(new ProcessBuilder("mkfifo", from.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.writeString(from.resolve(".hidden"), "hidden");
        serve(LIMITS);
        FileClient client = client(LIMITS);

        for (String name : List.of("none", "link", "above/secret", "device", "pipe", "directory", "link/x")) {
            TransferException failure =
                    catchThrowableOfType(TransferException.class, () -> town.await(get(client, name)));
            assertThat(failure.reason()).as(name).isEqualTo(Reason.NO_FILE);
            assertThat(failure).as(name).hasMessage("No such file");
        }
        for (String name : List.of("../secret", "/etc/passwd", ".hidden", "", "a\0b")) {
            assertThat(answerTo(List.of(1, name, 0, new byte[0]))).as(name).startsWith("[2, 5, \"Invalid name: ");
            assertThat(declineOf(name)).as(name).startsWith("Invalid name: ");
        }
        for (Object request :
                List.of(1, List.of(), List.of(2, "link", 0, new byte[0]), List.of(1, "link", 5, new byte[0]))) {
            assertThat(answerTo(request)).isEqualTo("[2, 5, \"Invalid message\"]");
        }
        assertThat(declineOf("link")).isEqualTo("No such file");
        assertThat(declineOf(5)).isEqualTo("The value is not a file name");
        assertThat(received()).isEmpty();
    }

    private String answerTo(Object request) {
        Asa asa = asa("hostile", FILE, RegistrationOptions.DEFAULTS);
        return town.await(asa.raw()
                        .request(FILE.withValue(ObjectiveValue.of(request)))
                        .flatMap(channel -> channel.receive().next()))
                .get(0)
                .toString();
    }

    private String declineOf(Object value) {
        Asa asa = asa("hostile getter", GRASPY, RegistrationOptions.DEFAULTS);
        return town.await(asa.negotiate(GRASPY.withValue(value), offers -> offers.map(offer -> Move.accept())))
                .toString()
                .replaceAll(".*reason=(.*), by=.*", "$1");
    }

    @Test
    void graspysExchangeWorksInBothRoles() throws IOException {
        byte[] content = write("a/file", 300_001);
        serve(LIMITS);
        FileClient client = client(LIMITS);

        List<TransferEvent> events = town.await(
                client.getFromGraspy(new FileName("a/file"), to.resolve("file"), false, RequestOptions.DEFAULTS));

        assertThat(stored(events).verified()).isFalse();
        assertThat(Files.readAllBytes(to.resolve("file"))).isEqualTo(content);
        assertThat(received()).containsExactly("file");
        town.loop.runUntil(() -> !served.isEmpty(), Duration.ofSeconds(1));
        assertThat(served)
                .singleElement()
                .satisfies(end -> assertThat(end.failure()).isEmpty());
        assertThatThrownBy(() -> town.await(
                        client.getFromGraspy(new FileName("none"), to.resolve("none"), false, RequestOptions.DEFAULTS)))
                .hasMessage("The peer has declined: No such file");
        assertThat(received()).containsExactly("file");
    }

    @Test
    void aChunkThatGraspyTagsBecauseItLooksLikeCborIsContent() throws IOException {
        List<Object> chunks = new ArrayList<>(
                List.of(ObjectiveValue.ofRawCbor(new byte[] {0x18, 0x2A}), new byte[] {(byte) 0xFF}, new byte[0]));
        asa("pusher", GRASPY, RegistrationOptions.DEFAULTS.withRaisedLoopCount(true))
                .listenNegotiate(
                        GRASPY,
                        negotiation ->
                                negotiation.converse(offers -> offers.map(offer -> Move.propose(chunks.remove(0), 10))))
                .subscribe();

        town.await(client(LIMITS).getFromGraspy(new FileName("x"), to.resolve("x"), false, RequestOptions.DEFAULTS));

        assertThat(Files.readAllBytes(to.resolve("x"))).containsExactly(0x18, 0x2A, 0xFF);
    }

    @Test
    void aRequestInTag24IsAnsweredInTag24AndADryRunIsDeclined() throws IOException {
        write("file", 2);
        serve(LIMITS);
        Asa asa = asa("getter.py", GRASPY, RegistrationOptions.DEFAULTS.withRaisedLoopCount(true));
        byte[] text = {0x64, 'f', 'i', 'l', 'e'};

        ObjectiveValue chunk = town.await(asa.requestNegotiate(GRASPY.withValue(ObjectiveValue.ofRawCbor(text)))
                        .flatMap(first ->
                                Mono.just(first.objective().value()).delayUntil(value -> first.decline("enough"))))
                .get(0);

        assertThat(chunk.isRawCbor()).isTrue();
        assertThat(chunk.as(byte[].class)).hasSize(2);
    }
}
