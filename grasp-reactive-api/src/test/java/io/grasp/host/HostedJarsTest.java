package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.netty.Await;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ASAs in jars: what is loaded, what is refused, and what is left after they have ended. */
class HostedJarsTest {
    private static final ClassLoader PROGRAM = HostedJarsTest.class.getClassLoader();

    @TempDir
    private Path temporary;

    private Path directory;
    private TestJars jars;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(temporary.resolve("asas"));
        jars = new TestJars(directory);
    }

    private static String refusal(Path jar) {
        String[] message = new String[1];
        assertThatExceptionOfType(HostException.class)
                .isThrownBy(() -> AsaJar.load(jar, PROGRAM))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(HostException.Kind.BAD_JAR))
                .satisfies(e -> message[0] = e.getMessage());
        return String.valueOf(message[0]);
    }

    @Test
    void aJarOfAnAsaIsLoadedWithItsManifest() {
        List<InstalledAsa> asas = AsaJar.load(jars.jar("one.jar", TestJars.idle("one", "1.5")), PROGRAM);

        assertThat(asas).hasSize(1);
        assertThat(asas.get(0).manifest().name()).isEqualTo("one");
        assertThat(asas.get(0).manifest().version()).isEqualTo("1.5");
        assertThat(asas.get(0).origin()).isEqualTo("one.jar");
        assertThat(asas.get(0).sha256())
                .hasValueSatisfying(digest -> assertThat(digest).matches("[0-9a-f]{64}"));
        asas.get(0).release();
    }

    @Test
    void aFileThatIsNotAJarWithAnAsaIsRefusedWithAReason() throws IOException {
        Path text = Files.writeString(directory.resolve("text.jar"), "hello");
        assertThat(refusal(text)).startsWith("text.jar cannot be used: it is not a jar: ");
        assertThat(refusal(directory.resolve("none.jar"))).startsWith("none.jar cannot be used: NoSuchFileException: ");
        assertThat(refusal(jars.jar("empty.jar", TestJars.idle("a", "1"), "")))
                .isEqualTo("empty.jar cannot be used: it names no ASA in META-INF/services/io.grasp.host.HostedAsa");
        assertThat(refusal(jars.jar("missing.jar", TestJars.idle("a", "1"), "ext.Nothing")))
                .startsWith("missing.jar cannot be used: ")
                .contains("ext.Nothing");
        assertThat(refusal(jars.jar("name.jar", TestJars.idle("two words", "1"))))
                .startsWith("name.jar cannot be used: IllegalArgumentException: 'two words' is not a name of an ASA");
        assertThat(
                        refusal(
                                jars.jar(
                                        "broken.jar",
                                        TestJars.idle("a", "1")
                                                .replace(
                                                        "public final class Asa implements HostedAsa {",
                                                        "public final class Asa implements"
                                                                + " HostedAsa { public Asa() { throw new IllegalStateException(\"no\"); }"))))
                .isEqualTo("broken.jar cannot be used: IllegalStateException: no");
        assertThat(refusal(jars.jar(
                        "static.jar",
                        TestJars.idle("a", "1")
                                .replace(
                                        "implements HostedAsa {",
                                        "implements HostedAsa { static final int NUMBER = Integer.parseInt(\"x\");"))))
                .startsWith("static.jar cannot be used: NumberFormatException: ")
                .endsWith(", in a static initializer");
        assertThat(refusal(jars.jar(
                        "recursive.jar",
                        TestJars.idle("a", "1").replace("return AsaManifest.of(\"a\", \"1\");", "return manifest();"))))
                .isEqualTo("recursive.jar cannot be used: StackOverflowError");
    }

    /** The name is also that of the directory of the ASA. */
    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "-a", "a/b", "a\\b", "two words"})
    void aNameThatIsNoDirectoryOfItsOwnIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AsaManifest.of(name, "1"))
                .withMessageContaining("is not a name of an ASA");
        assertThat(AsaManifest.of("1.a_b:c-d", "1").name()).isEqualTo("1.a_b:c-d");
    }

    @Test
    void copiesOfJarsThatNoProcessUsesAreRemoved() throws IOException, InterruptedException {
        // of an earlier process that had the same id, as the first ones of containers do
        Path left = copyWithLock("grasp-asa-" + ProcessHandle.current().pid() + "-left");
        Path used = copyWithLock("grasp-asa-1-used");
        Path incomplete = Files.createDirectory(temporary.resolve("grasp-asa-1-new"));
        Path other = Files.writeString(temporary.resolve("grasp-asa-1-file"), "");
        Process user = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        Files.writeString(temporary.resolve("Locks.java"), """
                                public class Locks {
                                    public static void main(String[] file) throws Exception {
                                        var channel = java.nio.channels.FileChannel.open(
                                                java.nio.file.Path.of(file[0]), java.nio.file.StandardOpenOption.WRITE);
                                        System.out.println(channel.lock().isValid());
                                        System.in.read();
                                    }
                                }
                                """).toString(),
                        used.resolve("lock").toString())
                .start();
        try {
            assertThat(user.inputReader().readLine()).isEqualTo("true");
            JarCopy.removeUnused(temporary);
        } finally {
            user.destroyForcibly().waitFor();
        }

        assertThat(left).doesNotExist();
        assertThat(used.resolve("asa.jar")).exists();
        assertThat(incomplete).exists();
        assertThat(other).exists();
        JarCopy.removeUnused(temporary);
        assertThat(used).doesNotExist();
    }

    private Path copyWithLock(String name) throws IOException {
        Path copy = Files.createDirectory(temporary.resolve(name));
        Files.writeString(copy.resolve("asa.jar"), "");
        Files.writeString(copy.resolve("lock"), "");
        return copy;
    }

    /** A library in the jar finds its services with the context class loader, as most do. */
    @Test
    void theServicesOfAJarAreFoundWhileItIsLoadedAndOnTheThreadOfItsAsa() {
        String count = "java.util.ServiceLoader.load(HostedAsa.class).stream().filter(each ->"
                + " each.type().getClassLoader() == Asa.class.getClassLoader()).count()";
        String source = TestJars.source(
                        "finding",
                        "1",
                        "context.report(\"found \" + " + count + "); context.ready(); return Mono.never();")
                .replace("AsaManifest.of(\"finding\", \"1\")", "AsaManifest.of(\"finding\", \"1.\" + " + count + ")");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        InstalledAsa code =
                AsaJar.load(jars.jar("finding.jar", source), PROGRAM).get(0);
        assertThat(code.manifest().version()).isEqualTo("1.1");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        AsaThread thread = AsaThread.start("asa-finding", code.classLoader(), 10, () -> {}, fatal -> {}, escaped -> {});
        AtomicReference<ClassLoader> context = new AtomicReference<>();
        thread.scheduler().schedule(() -> context.set(Thread.currentThread().getContextClassLoader()));
        Await.until("a class loader", () -> context.get() != null);
        assertThat(context.get()).isSameAs(code.create().getClass().getClassLoader());
        thread.close();
        Await.until("the end of the thread", () -> !thread.isAlive());
        code.release();
    }

    @ParameterizedTest
    @CsvSource({
        "io.grasp.engine.GraspEngine, false",
        "io.netty.channel.Channel, false",
        "org.junit.jupiter.api.Test, false",
        "io.grasp.api.Asa, true",
        "reactor.core.publisher.Mono, true",
        "tools.jackson.databind.JsonNode, true",
        "org.slf4j.Logger, true",
        "java.sql.Driver, true"
    })
    void aJarSeesTheApiAndItsLibrariesOnly(String name, boolean seen) {
        ClassLoader shown = new ApiClassLoader(PROGRAM);

        if (seen) {
            assertThat(load(shown, name)).isEqualTo(name);
        } else {
            assertThat(load(shown, name)).isEqualTo("not found");
        }
    }

    private static String load(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name).getName();
        } catch (ClassNotFoundException e) {
            return "not found";
        }
    }

    /** The ASA registers an objective with a type of its own, whose classes caches of libraries might keep. */
    @Test
    void theClassesOfAStoppedAsaAreUnloaded() {
        String source = TestJars.source("typed", "1", """
                        return context.asa().typed(io.grasp.model.TypedObjective.synchronizable("x", Size.class))
                                .register()
                                .doOnNext(registered -> context.ready())
                                .flatMap(typed -> typed.listenSynchronize(new Size(3)))
                                .then(context.asa().synchronize(io.grasp.model.Objective.synchronizable("y"))
                                        .onErrorComplete())
                                .then(Mono.never());""")
                .replace("public final class Asa", "record Size(int mbits) {} public final class Asa");
        WeakReference<ClassLoader> loader = runAndStop(jars.jar("typed.jar", source));

        Await.until("the end of its classes", () -> {
            System.gc();
            return loader.get() == null;
        });
    }

    private static WeakReference<ClassLoader> runAndStop(Path jar) {
        InstalledAsa code = AsaJar.load(jar, PROGRAM).get(0);
        WeakReference<ClassLoader> loader =
                new WeakReference<>(code.create().getClass().getClassLoader());
        SimulationRunner.verify(1, run -> {
            AsaHost host = AsaHost.on(run.start("node"), HostConfig.DEFAULTS.withOwnThreads(false));
            run.await(host.run(List.of(AsaSetup.of(code))));
            run.advance(Duration.ofSeconds(20));
            assertThat(run.await(host.asas()))
                    .extracting(HostedAsaInfo::state)
                    .containsExactly(LifeCycleState.OPERATIONAL);
            run.await(host.run(List.of()));
            run.advance(Duration.ofSeconds(1));
            assertThat(run.await(host.asas())).isEmpty();
            run.await(host.closeAsync());
        });
        return loader;
    }

    private static List<HostLine> lines(String... lines) {
        return HostLine.read("asas.txt", List.of(lines));
    }

    @Test
    void aLineNamesAnAsaAVersionAndSettings() {
        List<HostLine> lines = lines("# comment", "", "a", " b@1.2  x=1 y=\"two words\" z=", "-c");

        assertThat(lines).extracting(HostLine::name).containsExactly("a", "b", "c");
        assertThat(lines.get(1).version()).contains("1.2");
        assertThat(lines.get(1).settings())
                .containsEntry("x", "1")
                .containsEntry("y", "two words")
                .containsEntry("z", "");
        assertThat(lines).extracting(HostLine::stopped).containsExactly(false, false, true);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a b | asas.txt line 2: 'b' is not PARAMETER=VALUE
            a =b | asas.txt line 2: '=b' is not PARAMETER=VALUE
            a x=1 x=2 | asas.txt line 2: x is set twice
            a x="1 | asas.txt line 2: a double quote is not closed
            a@ | asas.txt line 2: 'a@' is neither NAME nor NAME@VERSION nor -NAME
            - | asas.txt line 2: '-' is neither NAME nor NAME@VERSION nor -NAME
            ok | asas.txt line 2: ok is in line 1, too
            """)
    void aWrongLineIsRefusedWithItsNumber(String line, String sentence) {
        assertThatExceptionOfType(HostException.class)
                .isThrownBy(() -> lines("ok", line))
                .withMessage(sentence);
    }
}
