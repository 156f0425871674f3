package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Objective;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packages visible to an application on the module path. The other tests run on the class path, where everything is visible. */
class ModulesTest {
    private static final Path MAIN = Path.of("src", "test", "java", "example", "application", "Main.java");
    private static final String APPLICATION =
            "module example.application { requires io.grasp.api; opens example.application to tools.jackson.databind; }";

    @TempDir
    Path directory;

    @Test
    void anApplicationRunsOnTheModulePath() throws Exception {
        Path classes = directory.resolve("classes");
        assertThat(compile(classes, APPLICATION, Files.readString(MAIN))).isEmpty();

        Path output = directory.resolve("output");
        Process application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-p",
                        Modules.path() + java.io.File.pathSeparator + classes,
                        "-m",
                        "example.application/example.application.Main")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(application.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            application.destroyForcibly();
        }
        assertThat(Files.readAllLines(output))
                .contains("simulated: Lease[addresses=4, pool=pool]", "on Netty: Lease[addresses=4, pool=pool]");
        assertThat(application.exitValue()).isZero();
    }

    @Test
    void anApplicationSeesNoPackageThatIsNotExportedToAll() throws IOException {
        List<String> hidden = Stream.of(Objective.class, Grasp.class)
                .map(Modules::of)
                .map(ModuleReference::descriptor)
                .flatMap(module -> module.packages().stream().filter(each -> !isExported(module, each)))
                .sorted()
                .toList();
        assertThat(hidden).contains("io.grasp.engine", "io.grasp.engine.node", "io.grasp.util", "io.grasp.wire");
        String imports = hidden.stream().map(each -> "import " + each + ".*;\n").collect(Collectors.joining());
        assertThat(compile(directory, APPLICATION, "package example.application;\n" + imports + "class Main {}"))
                .hasSameSizeAs(hidden)
                .allMatch(each -> each.contains("is not visible") || each.contains("is declared in module"));
        String engine = "package example.application;\nclass Main { io.grasp.engine.GraspEngine engine; }";
        assertThat(compile(directory, APPLICATION, engine))
                .singleElement()
                .asString()
                .contains("io.grasp.engine");
    }

    private static boolean isExported(ModuleDescriptor module, String name) {
        return module.exports().stream()
                .anyMatch(each -> !each.isQualified() && each.source().equals(name));
    }

    /** {@return the errors of the compiler} */
    private static List<String> compile(Path classes, String module, String main) throws IOException {
        Path sources = Files.createDirectories(classes.resolveSibling("sources"));
        List<Path> files = List.of(
                Files.writeString(sources.resolve("module-info.java"), module),
                Files.writeString(sources.resolve("Main.java"), main));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-d", classes.toString(), "--module-path", Modules.path());
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(diagnostics, null, null)) {
            compiler.getTask(null, manager, diagnostics, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call();
        }
        return diagnostics.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> each.getMessage(null))
                .toList();
    }
}
