package io.grasp.samples.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.grasp.samples.Project;
import io.grasp.samples.conformance.ClaimRunner.Verdict;
import io.grasp.samples.mutation.PatchedSource;
import io.grasp.samples.mutation.SourceTree;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that tests prove their claims: the code is broken in one way for each of 40 MUSTs of the core, chosen by a seed,
 * and at least one of the tests that claim it must fail. They run in a separate JVM, in a network namespace if possible.
 * The system property {@code grasp.musts} names other ones, separated by commas, or {@code all}.
 */
@Tag("long")
class BrokenMustsTest {
    private static final String NOT_BROKEN = "not-broken";
    private static final long MINUTES = 60;
    private static final Map<String, Verdict> VERDICTS = new HashMap<>();

    @TempDir
    private static Path directory;

    private static List<String> chosen() {
        String named = System.getProperty("grasp.musts", "");
        return named.isEmpty() ? Musts.drawn() : named.equals("all") ? Musts.all() : List.of(named.split(",", -1));
    }

    static List<Mutation> drawn() {
        List<String> drawn = chosen();
        return Mutation.read().stream()
                .filter(mutation -> drawn.contains(mutation.id()))
                .toList();
    }

    @BeforeAll
    static void runAll() throws IOException, InterruptedException {
        System.out.println("Of " + Musts.all().size() + " MUSTs the seed " + Musts.SEED + " draws " + chosen());
        Claims claims = Claims.read();
        List<String> command = new ArrayList<>(List.of(
                Project.root().resolve("grasp-core/src/test/netns/bin/java").toString(),
                "-cp",
                classPath(),
                ClaimRunner.class.getName(),
                run(NOT_BROKEN, claims.runnable(chosen()))));
        SourceTree sources = SourceTree.ofProject();
        for (Mutation mutation : drawn()) {
            PatchedSource.compile(
                    List.of(mutation.in(sources)), Files.createDirectory(directory.resolve(mutation.id())));
            command.add(run(mutation.id(), claims.runnable(List.of(mutation.id()))));
        }
        Path output = directory.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("GRASP_TEST_JAVA", System.getProperty("java.home") + "/bin/java");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES))
                    .as("ends:\n%s", Files.readString(output))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, UTF_8);
        System.out.println(printed);
        printed.lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length == 2)
                .forEach(words -> {
                    if (words[0].equals(NOT_BROKEN) || Musts.all().contains(words[0])) {
                        VERDICTS.put(words[0], Verdict.valueOf(words[1]));
                    }
                });
    }

    private static String run(String name, List<String> tests) {
        return name + " " + directory.resolve(name) + " " + String.join(" ", tests);
    }

    /** The class path of this module, and the tests of the others. */
    private static String classPath() {
        List<String> places = new ArrayList<>();
        Project.inEachModule("target/test-classes").forEach(each -> places.add(each.toString()));
        places.add(System.getProperty("java.class.path"));
        return String.join(File.pathSeparator, places);
    }

    /** Without a mutation, the tests pass when they are run in the same way. */
    @Test
    void theClaimingTestsPassWithoutAMutation() {
        assertThat(VERDICTS).containsEntry(NOT_BROKEN, Verdict.PASSED);
    }

    @ParameterizedTest
    @MethodSource("drawn")
    void aMutationOfAMustIsNoticed(Mutation mutation) {
        assertThat(VERDICTS).containsKey(mutation.id());
        assumeFalse(
                VERDICTS.get(mutation.id()) == Verdict.NONE, "there is no network here for the tests that claim it");
        assertThat(VERDICTS).as("%s", mutation).containsEntry(mutation.id(), Verdict.FAILED);
    }
}
