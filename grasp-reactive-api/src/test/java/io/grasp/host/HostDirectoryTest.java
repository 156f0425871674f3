package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.RequestOptions;
import io.grasp.host.HostEvent.StateChanged;
import io.grasp.model.AsaLocator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** A host with a directory whose files change. */
class HostDirectoryTest extends HostedNode {
    @TempDir
    private Path temporary;

    private Path asas;
    private TestJars jars;
    private HostDirectory directory;
    private Disposable watching = () -> {};

    @BeforeEach
    void makeDirectory() throws IOException {
        asas = Files.createDirectory(temporary.resolve("asas"));
        jars = new TestJars(asas);
        InstalledAsa ofProgram = InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("own", "1")));
        directory = HostDirectory.of(host, asas, HostDirectoryTest.class.getClassLoader(), List.of(ofProgram));
    }

    @AfterEach
    void stopWatching() {
        watching.dispose();
    }

    private void write(String lines) throws IOException {
        Path written = Files.writeString(temporary.resolve("written"), lines);
        Files.move(written, asas.resolve(HostDirectory.FILE), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void watch() {
        directory.load().block(BOUND);
        watching = directory.watch(Duration.ofMillis(20)).subscribe();
    }

    private long entered(String name, String version, LifeCycleState state) {
        return events.stream()
                .filter(event -> event instanceof StateChanged change
                        && change.name().equals(name)
                        && change.version().equals(version)
                        && change.state() == state)
                .count();
    }

    private void awaitEntered(String name, String version, LifeCycleState state) {
        Await.until(
                () -> name + " " + version + " " + state + " among " + events, () -> entered(name, version, state) > 0);
    }

    @Test
    void theFileSaysWhatRunsAndTheNewestVersionRuns() throws IOException {
        jars.jar("old.jar", TestJars.idle("one", "1.9"));
        jars.jar("new.jar", TestJars.idle("one", "1.10"));
        jars.jar("two.jar", TestJars.idle("two", "1"));
        jars.jar("more.jar", TestJars.idle("more", "1"));
        write("one\ntwo@1\n-more\nown\n");
        watch();

        awaitEntered("one", "1.10", LifeCycleState.OPERATIONAL);
        awaitEntered("two", "1", LifeCycleState.OPERATIONAL);
        awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
        assertThat(host.asas().block(BOUND)).extracting(HostedAsaInfo::name).containsExactly("one", "two", "own");

        write("one@1.9\n-two\nmore\n");

        awaitEntered("one", "1.9", LifeCycleState.OPERATIONAL);
        awaitEntered("one", "1.10", LifeCycleState.UNDEPLOYED);
        awaitEntered("two", "1", LifeCycleState.STOPPED);
        awaitEntered("more", "1", LifeCycleState.OPERATIONAL);
    }

    @Test
    void fullMemoryWhileASettingIsCheckedEndsTheNode() throws IOException {
        Parameter<String> place = Parameter.text(
                "place",
                "here",
                text -> {
                    if (text.equals("full")) {
                        throw new OutOfMemoryError("a test");
                    }
                    return true;
                },
                "any place");
        InstalledAsa code =
                InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("bank", "1").withParameters(place)));
        directory = HostDirectory.of(host, asas, HostDirectoryTest.class.getClassLoader(), List.of(code));
        write("bank place=full\n");
        watching = directory.load().subscribe(loaded -> {}, failed -> {});

        assertThatThrownBy(() -> node.onClose().block(BOUND)).hasRootCauseInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aJarThatIsReplacedTakesOverAndOneThatComesLaterIsStarted() throws IOException {
        jars.jar("one.jar", TestJars.idle("one", "1"));
        write("one\nlater\n");
        watch();
        awaitEntered("one", "1", LifeCycleState.OPERATIONAL);
        awaitSentence("asas.txt line 2: no jar here has an ASA named later");

        jars.jar("one.jar", TestJars.idle("one", "2"));
        jars.jar("later.jar", TestJars.idle("later", "1"));

        awaitEntered("one", "2", LifeCycleState.OPERATIONAL);
        awaitEntered("one", "1", LifeCycleState.UNDEPLOYED);
        awaitEntered("later", "1", LifeCycleState.OPERATIONAL);
    }

    /** {@return the source of an ASA that answers requests when a file exists, with a class that it then uses first} */
    private static String bank(String version, Path answering) {
        return """
                package ext;
                import io.grasp.api.*;
                import io.grasp.host.*;
                import io.grasp.model.*;
                import java.nio.file.*;
                import java.time.Duration;
                import reactor.core.publisher.*;
                public final class Asa implements HostedAsa {
                    static final Objective EX3 = Objective.negotiable("EX3");
                    static final class Late { static Move move() { return Move.accept(); } }
                    public AsaManifest manifest() {
                        return AsaManifest.of("bank", "%s");
                    }
                    public Mono<Void> start(HostContext context) {
                        return context.asa().register(EX3).then(context.serve(context.asa().listenNegotiate(EX3,
                            customer -> customer.converse(offers -> offers.concatMap(offer -> {
                                context.report("asked");
                                return Flux.interval(Duration.ofMillis(20), context.scheduler())
                                        .filter(tick -> Files.exists(Path.of("%s")))
                                        .next()
                                        .map(tick -> Late.move());
                            })))));
                    }
                }
                """.formatted(version, answering);
    }

    @Test
    void aVersionThatFinishesItsNegotiationsKeepsItsCodeWhileOtherThingsChange() throws IOException {
        Path answering = temporary.resolve("answering");
        jars.jar("bank.jar", bank("1", answering));
        write("bank\n");
        watch();
        awaitEntered("bank", "1", LifeCycleState.OPERATIONAL);
        Grasp other = startNode();
        try {
            Asa customer = other.registerAsa("customer").block(BOUND);
            Objective ex3 = Objective.negotiable("EX3");
            customer.register(ex3).block(BOUND);
            AsaLocator bank =
                    customer.discover(ex3, Duration.ofSeconds(5)).next().block(BOUND);
            Mono<NegotiationOutcome> outcome = customer.negotiate(
                            ex3.withValue(0),
                            RequestOptions.to(bank).withTimeout(BOUND),
                            offers -> offers.map(offer -> Move.accept()))
                    .cache();
            outcome.subscribe(done -> {}, failed -> {});
            awaitSentence("bank: asked");

            jars.jar("bank.jar", bank("2", answering));
            awaitEntered("bank", "2", LifeCycleState.OPERATIONAL);
            write("bank\nown\n");
            awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
            write("bank\n");
            awaitEntered("own", "1", LifeCycleState.UNDEPLOYED);

            assertThat(entered("bank", "1", LifeCycleState.UNDEPLOYED)).isZero();
            Files.createFile(answering);
            assertThat(outcome.block(BOUND)).isInstanceOf(NegotiationOutcome.Accepted.class);
            awaitEntered("bank", "1", LifeCycleState.UNDEPLOYED);
            assertThat(events.stream().map(HostEvent::sentence))
                    .containsSubsequence("bank 1 is stopped", "bank 1 is undeployed");
        } finally {
            other.closeAsync().block(BOUND);
        }
    }

    @Test
    void codeStaysLoadedUntilTheThreadOfItsAsaHasEnded() throws IOException {
        Path ending = temporary.resolve("ending");
        Path ended = temporary.resolve("ended");
        String source = TestJars.source("stuck", "1", """
                        context.ready();
                        context.scheduler().schedule(() -> {
                            while (!new java.io.File("%s").exists()) {
                            }
                            Late.end();
                        });
                        return Mono.never();""".formatted(ending))
                .replace("public final class Asa", """
                        final class Late {
                            static void end() {
                                try {
                                    java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                                } catch (java.io.IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            }
                        }
                        public final class Asa""".formatted(ended));
        jars.jar("stuck.jar", source);
        write("stuck\n");
        watch();
        awaitSentence("stuck has been blocked for ");
        write("own\n");
        awaitEntered("stuck", "1", LifeCycleState.STOPPED);
        write("-own\n");
        awaitEntered("own", "1", LifeCycleState.UNDEPLOYED);

        assertThat(entered("stuck", "1", LifeCycleState.UNDEPLOYED)).isZero();
        Files.createFile(ending);
        awaitEntered("stuck", "1", LifeCycleState.UNDEPLOYED);
        assertThat(ended).exists();
    }

    @Test
    void eachProblemIsReportedOnceAndTheAsasThatRunAreNotAffected() throws IOException {
        jars.jar("one.jar", TestJars.idle("one", "1"));
        write("one\n");
        watch();
        awaitEntered("one", "1", LifeCycleState.OPERATIONAL);

        Files.writeString(asas.resolve("text.jar"), "no jar");
        jars.jar("twin.jar", TestJars.idle("one", "1"));
        awaitSentence("text.jar cannot be used: it is not a jar: ");
        awaitSentence("one 1 is in one.jar and in twin.jar, which is not used");
        write("one\none\n");
        awaitSentence("asas.txt line 2: one is in line 1, too");
        write("one most=1\n");
        awaitSentence("asas.txt line 1: one has no parameter most; one 1 goes on as before");
        write("one@3\n");
        awaitSentence("asas.txt line 1: there is no one 3, only 1; one 1 goes on as before");
        write("-one\n");
        awaitEntered("one", "1", LifeCycleState.STOPPED);

        assertThat(events.stream().filter(event -> event.sentence().contains("text.jar")))
                .hasSize(1);
        assertThat(entered("one", "1", LifeCycleState.INSTANTIATED)).isEqualTo(1);
        write("one@1\n");
        Await.until("a second start", () -> entered("one", "1", LifeCycleState.OPERATIONAL) == 2);
    }

    @Test
    void aDamagedOrMissingJarDoesNotStopWhatRuns() throws IOException {
        Path one = jars.jar("one.jar", TestJars.idle("one", "2"));
        jars.jar("old.jar", TestJars.idle("one", "1"));
        byte[] whole = Files.readAllBytes(one);
        write("one\n");
        watch();
        awaitEntered("one", "2", LifeCycleState.OPERATIONAL);

        Files.write(one, Arrays.copyOf(whole, whole.length / 2));
        awaitSentence("one.jar cannot be used: it is not a jar: ");
        awaitSentence("; what it had before stays in use");
        Files.delete(asas.resolve("old.jar"));
        Files.delete(one);
        awaitSentence("asas.txt line 1: no jar here has an ASA named one; one 2 goes on as before");

        jars.jar("one.jar", TestJars.idle("one", "3"));
        awaitEntered("one", "3", LifeCycleState.OPERATIONAL);
        awaitEntered("one", "2", LifeCycleState.UNDEPLOYED);
        assertThat(entered("one", "2", LifeCycleState.INSTANTIATED)).isEqualTo(1);
        assertThat(entered("one", "1", LifeCycleState.INSTANTIATED)).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            throw new AssertionError("not implemented") | AssertionError: not implemented
            return null | manifest() of ext.Asa returns null
            return manifest() | StackOverflowError
            throw new RuntimeException() { public String getMessage() { return getMessage(); } } | ext.Asa$1
            """)
    void whateverTheManifestOfAJarDoesTheOthersRun(String body, String why) throws IOException {
        jars.jar("good.jar", TestJars.idle("good", "1"));
        jars.jar("bad.jar", TestJars.idle("bad", "1").replace("return AsaManifest.of(\"bad\", \"1\")", body));
        write("good\nbad\n");
        watch();
        awaitEntered("good", "1", LifeCycleState.OPERATIONAL);
        awaitSentence("bad.jar cannot be used: " + why);

        write("good\nown\n");
        awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
    }

    @Test
    void aJarWhoseCodeDoesNotReturnDoesNotHoldUpTheOthers() throws IOException {
        jars.jar(
                "stuck.jar",
                TestJars.idle("stuck", "1")
                        .replace(
                                "return AsaManifest",
                                "try { Thread.sleep(60_000); } catch (InterruptedException e) { } return AsaManifest"));
        write("own\n");
        AsaHost hurried = AsaHost.on(node, HostConfig.DEFAULTS.withReadyWithin(Duration.ofMillis(300)));
        hurried.events().subscribe(events::add);
        InstalledAsa ofProgram = InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("own", "1")));
        HostDirectory.of(hurried, asas, HostDirectoryTest.class.getClassLoader(), List.of(ofProgram))
                .load()
                .block(BOUND);

        awaitSentence("stuck.jar cannot be used: it was not loaded within PT0.3S");
        awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
        hurried.closeAsync().block(BOUND);
    }

    /** The check of a parameter does not return for one value. */
    @Test
    void aSettingThatIsNotCheckedInTimeConcernsOnlyItsOwnAsa() throws IOException {
        AtomicBoolean checking = new AtomicBoolean(true);
        Parameter<String> word = Parameter.text(
                "word",
                "a",
                text -> {
                    while (text.equals("b") && checking.get()) {
                        Thread.onSpinWait();
                    }
                    return true;
                },
                "a");
        InstalledAsa slow =
                InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("slow", "1").withParameters(word)));
        InstalledAsa own = InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("own", "1")));
        AsaHost hurried = AsaHost.on(node, HostConfig.DEFAULTS.withReadyWithin(Duration.ofMillis(300)));
        hurried.events().subscribe(events::add);
        HostDirectory files =
                HostDirectory.of(hurried, asas, HostDirectoryTest.class.getClassLoader(), List.of(slow, own));
        try {
            write("slow word=b\nown nothing=1\n");
            files.load().block(BOUND);
            awaitSentence("asas.txt line 1: slow has not checked its settings within PT0.3S");
            awaitSentence("asas.txt line 2: own has no parameter nothing");

            write("slow\nown\n");
            files.load().block(BOUND);
            awaitEntered("slow", "1", LifeCycleState.OPERATIONAL);
            awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
            write("slow word=b\n");
            files.load().block(BOUND);
            awaitSentence("has not checked its settings within PT0.3S; slow 1 goes on as before");
            awaitEntered("own", "1", LifeCycleState.STOPPED);
            assertThat(entered("slow", "1", LifeCycleState.STOPPED)).isZero();
        } finally {
            checking.set(false);
            hurried.closeAsync().block(BOUND);
        }
    }

    /** The classes of a version that has gone, its thread, and the copy of its jar. */
    @Test
    void aVersionThatAnotherHasReplacedLeavesNothing() throws IOException {
        WeakReference<ClassLoader> loader = runAndReplace();

        Await.until("the end of its classes", () -> {
            System.gc();
            return loader.get() == null;
        });
        Files.delete(asas.resolve("one.jar"));
        host.closeAsync().block(BOUND);
        Await.until(
                () -> "no open copy of a jar among " + openJars(),
                () -> openJars().isEmpty());
    }

    private WeakReference<ClassLoader> runAndReplace() {
        ClassLoader program = HostDirectoryTest.class.getClassLoader();
        InstalledAsa first = AsaJar.load(jars.jar("one.jar", TestJars.idle("one", "1")), program)
                .get(0);
        ClassLoader loader = first.create().getClass().getClassLoader();
        run(AsaSetup.of(first));
        awaitState("one", LifeCycleState.OPERATIONAL);
        run(AsaSetup.of(AsaJar.load(jars.jar("one.jar", TestJars.idle("one", "2")), program)
                .get(0)));
        awaitEntered("one", "1", LifeCycleState.UNDEPLOYED);
        awaitEntered("one", "2", LifeCycleState.OPERATIONAL);
        return new WeakReference<>(loader);
    }

    private static List<String> openJars() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.map(HostDirectoryTest::target)
                    .filter(file -> file.contains("grasp-asa-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    /** Each of two ASAs of a jar is needed or not; the jar is loaded once. */
    @Test
    void aJarWithTwoAsasIsNotLoadedAgainWhenOneOfThemEnds() throws IOException {
        jars.jar(
                "both.jar",
                TestJars.idle("one", "1").replace("final class Asa implements HostedAsa {", """
                                class Asa implements HostedAsa {
                                    public static final class Other extends Asa {
                                        public AsaManifest manifest() { return AsaManifest.of("other", "1"); }
                                    }
                                """),
                "ext.Asa\next.Asa$Other\n");
        write("one\nother\n");
        watch();
        awaitEntered("other", "1", LifeCycleState.OPERATIONAL);

        write("one\n");
        awaitEntered("other", "1", LifeCycleState.STOPPED);
        write("one\nother\n");
        Await.until("a second start", () -> entered("other", "1", LifeCycleState.OPERATIONAL) == 2);
        assertThat(entered("one", "1", LifeCycleState.INSTANTIATED)).isEqualTo(1);
    }

    /** A plan with too many ASAs, and one with an unmet need, come before a file with a bad setting. */
    @Test
    void anAsaThatHasNeverRunIsNotStartedIfItsLineIsWrong() throws IOException {
        Parameter<Long> limit = Parameter.number("limit", 1, 0, 9);
        InstalledAsa own = InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("own", "1")));
        InstalledAsa late = InstalledAsa.of(
                () -> TestAsa.idle(AsaManifest.of("late", "1").withNeeds("own").withParameters(limit)));
        InstalledAsa more = InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("more", "1")));
        AsaHost small = AsaHost.on(node, HostConfig.DEFAULTS.withAsas(2));
        small.events().subscribe(events::add);
        HostDirectory files =
                HostDirectory.of(small, asas, HostDirectoryTest.class.getClassLoader(), List.of(own, late, more));
        try {
            write("late\n");
            files.load().block(BOUND);
            write("own\nlate\nmore\n");
            assertThatThrownBy(() -> files.load().block(BOUND))
                    .hasMessage("the plan has 3 ASAs, and the host runs at most 2 (--asas of grasp host,"
                            + " HostConfig.withAsas)");
            write("own\nlate limit=bad\n");
            files.load().block(BOUND);

            awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
            awaitSentence("asas.txt line 2: limit cannot be bad");
            assertThat(events.stream().map(HostEvent::sentence))
                    .noneMatch(sentence -> sentence.contains("goes on as before"));
            assertThat(small.asas().block(BOUND))
                    .extracting(HostedAsaInfo::name)
                    .containsExactly("own");
        } finally {
            small.closeAsync().block(BOUND);
        }
    }

    /** {@return a directory, which cannot be read as a file, and has at least a size} */
    private static Path unreadable(Path path, long size) throws IOException {
        Files.createDirectory(path);
        for (int i = 0; Files.size(path) < size; i++) {
            Files.createFile(path.resolve("x".repeat(200) + i));
        }
        return path;
    }

    /** Replaces an unreadable file by a readable one in a way that does not show in its size and time. */
    private void makeReadable(Path unreadable, byte[] content, boolean paddedBefore) throws IOException {
        watching.dispose();
        byte[] padded = new byte[Math.toIntExact(Files.size(unreadable))];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(content, 0, padded, paddedBefore ? padded.length - content.length : 0, content.length);
        Path written = Files.write(temporary.resolve("written"), padded);
        Files.setLastModifiedTime(written, Files.getLastModifiedTime(unreadable));
        try (Stream<Path> entries = Files.list(unreadable)) {
            for (Path entry : entries.toList()) {
                Files.delete(entry);
            }
        }
        Files.delete(unreadable);
        Files.move(written, unreadable);
        watching = directory.watch(Duration.ofMillis(20)).subscribe();
    }

    @Test
    void aJarThatCannotBeReadIsTriedAgain() throws IOException {
        Path jar = jars.jar("late.jar", TestJars.idle("late", "1"));
        byte[] content = Files.readAllBytes(jar);
        Files.delete(jar);
        unreadable(jar, content.length);
        write("late\nown\n");
        watch();
        awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
        awaitSentence("late.jar cannot be used: IOException: Is a directory");

        makeReadable(jar, content, true);

        awaitEntered("late", "1", LifeCycleState.OPERATIONAL);
        assertThat(events.stream().filter(event -> event.sentence().contains("late.jar cannot be used")))
                .hasSize(1);
    }

    @Test
    void aJarThatCouldNotBeReadIsTriedAgainWhenTheFileIsSaved() throws IOException {
        AsaHost patient = AsaHost.on(node, HostConfig.DEFAULTS.withPauses(Duration.ofHours(1), Duration.ofHours(1)));
        patient.events().subscribe(events::add);
        directory = HostDirectory.of(patient, asas, HostDirectoryTest.class.getClassLoader(), List.of());
        try {
            Path jar = jars.jar("late.jar", TestJars.idle("late", "1"));
            byte[] content = Files.readAllBytes(jar);
            Files.delete(jar);
            unreadable(jar, content.length);
            write("late\n");
            watch();
            awaitSentence("late.jar cannot be used: IOException: Is a directory");
            makeReadable(jar, content, true);

            write("late\n# saved again\n");

            awaitEntered("late", "1", LifeCycleState.OPERATIONAL);
        } finally {
            watching.dispose();
            patient.closeAsync().block(BOUND);
        }
    }

    @Test
    void aFileThatCannotBeReadIsTriedAgain() throws IOException {
        write("own\n");
        watch();
        awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
        Path file = asas.resolve(HostDirectory.FILE);
        Files.delete(file);
        unreadable(file, 10);
        awaitSentence("asas.txt cannot be read: java.io.IOException: Is a directory");
        assertThat(entered("own", "1", LifeCycleState.STOPPED)).isZero();

        makeReadable(file, "-own\n#".getBytes(StandardCharsets.UTF_8), false);

        awaitEntered("own", "1", LifeCycleState.STOPPED);
    }

    @Test
    void aDirectoryWithoutTheFileIsRefused() {
        assertThatThrownBy(() -> directory.load().block(BOUND))
                .isInstanceOf(HostException.class)
                .hasMessageStartingWith("there is no file " + asas.resolve("asas.txt"));
    }
}
