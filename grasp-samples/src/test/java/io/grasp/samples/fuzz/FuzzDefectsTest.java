package io.grasp.samples.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.Project;
import io.grasp.samples.mutation.ChangedClasses;
import io.grasp.samples.mutation.PatchedSource;
import io.grasp.samples.mutation.SourceTree;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that fuzz targets find defects: each defect is inserted into the stack, and its target must fail for one of its
 * seeds, or for one of the inputs that random changes of them make, without the guidance that Jazzer has. The targets
 * whose oracle is a decoder that this module does not have are not here: see CONTRIBUTING.md.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzDefectsTest {
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final Duration WITHOUT = Duration.ofSeconds(10);
    private static final int MOST_CHANGES = 8;

    private final SourceTree sources = SourceTree.ofProject();

    @TempDir
    private Path directory;

    static List<FuzzDefect> defects() {
        return FuzzDefect.all();
    }

    static Stream<String> targets() {
        return FuzzDefect.all().stream().map(FuzzDefect::target).distinct();
    }

    @ParameterizedTest
    @MethodSource("defects")
    void aDefectIsFound(FuzzDefect defect) throws IOException, ReflectiveOperationException {
        PatchedSource.compile(List.of(sources.patch(defect.place(), List.of(defect.edit()))), directory);
        try (ChangedClasses classes = new ChangedClasses(withTests(directory))) {
            assertThat(failure(classes, defect.target(), LONGEST))
                    .as("%s", defect)
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void withoutADefectNothingIsFound(String target) throws IOException, ReflectiveOperationException {
        try (ChangedClasses classes = new ChangedClasses(withTests())) {
            assertThat(failure(classes, target, WITHOUT)).isNull();
        }
    }

    @Test
    void eachDefectFitsTheSameCodeInAnotherFormatAndInOtherPackages() {
        SourceTree refactored = sources.refactored();

        assertThat(FuzzDefect.all())
                .allMatch(defect -> refactored
                        .patch(defect.place(), List.of(defect.edit()))
                        .code()
                        .equals(sources.patch(defect.place(), List.of(defect.edit()))
                                .code()));
    }

    private static List<Path> withTests(Path... front) {
        return Stream.concat(Stream.of(front), Project.inEachModule("target/test-classes").stream())
                .toList();
    }

    /** {@return how the target fails for one of its inputs, {@code null} if it does not} */
    private static @Nullable Throwable failure(ChangedClasses classes, String target, Duration longest)
            throws IOException, ReflectiveOperationException {
        Class<?> loaded = classes.loadClass(target);
        Constructor<?> constructor = loaded.getDeclaredConstructor();
        constructor.setAccessible(true);
        Method method = Stream.of(loaded.getDeclaredMethods())
                .filter(each -> Arrays.equals(each.getParameterTypes(), new Class<?>[] {byte[].class}))
                .filter(each -> each.getReturnType() == void.class)
                .findFirst()
                .orElseThrow();
        method.setAccessible(true);
        Inputs inputs = new Inputs(seeds(loaded, method));
        long end = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < end) {
            try {
                method.invoke(constructor.newInstance(), (Object) inputs.next());
            } catch (InvocationTargetException e) {
                return e.getCause();
            }
        }
        return null;
    }

    /** {@return the seeds of a target, and the inputs for which it once failed} */
    private static List<byte[]> seeds(Class<?> target, Method method) throws IOException, ReflectiveOperationException {
        Method seeds = target.getDeclaredMethod("seeds");
        seeds.setAccessible(true);
        List<byte[]> all = new ArrayList<>();
        ((Stream<?>) seeds.invoke(null)).forEach(seed -> all.add((byte[]) seed));
        String files = target.getName().replace('.', '/') + "Inputs/" + method.getName();
        for (Path module : Project.inEachModule("src/test/resources")) {
            Path inputs = module.resolve(files);
            if (Files.isDirectory(inputs)) {
                try (Stream<Path> each = Files.list(inputs)) {
                    for (Path file : each.sorted().toList()) {
                        all.add(Files.readAllBytes(file));
                    }
                }
            }
        }
        return all;
    }

    /** The seeds, then random changes of them. */
    private static final class Inputs {
        private final SplittableRandom random = new SplittableRandom(1);
        private final List<byte[]> seeds;
        private int given;

        Inputs(List<byte[]> seeds) {
            this.seeds = seeds;
        }

        byte[] next() {
            return given < seeds.size() ? seeds.get(given++) : changed();
        }

        private byte[] any() {
            return seeds.get(random.nextInt(seeds.size()));
        }

        private byte[] changed() {
            byte[] input = any();
            for (int left = 1 + random.nextInt(MOST_CHANGES); left > 0; left--) {
                int at = random.nextInt(input.length + 1);
                input = switch (random.nextInt(4)) {
                    case 0 -> join(Arrays.copyOf(input, at), any());
                    case 1 ->
                        join(Arrays.copyOf(input, at), Arrays.copyOfRange(input, Math.max(0, at - 1), input.length));
                    case 2 ->
                        join(
                                Arrays.copyOf(input, at),
                                Arrays.copyOfRange(input, Math.min(at + 1, input.length), input.length));
                    default -> {
                        byte[] other = input.clone();
                        if (at < other.length) {
                            other[at] = (byte) random.nextInt();
                        }
                        yield other;
                    }
                };
            }
            return input;
        }

        private static byte[] join(byte[] first, byte[] second) {
            byte[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return both;
        }
    }
}
