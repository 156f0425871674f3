package io.grasp.samples.mutation;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A file with edits applied.
 *
 * @param file the file, which is not changed
 * @param text the edited content
 */
public record PatchedSource(Path file, String text) {
    /** {@return only its code, without package, imports, comments and format} */
    public String code() {
        return String.join(" ", JavaTokens.texts(JavaTokens.of(text)))
                .replaceAll("(?:package|import)\\s[^;]*;", "")
                .strip();
    }

    /** Compiles several, each from a different file, into a directory; fails with the compiler's errors. */
    public static void compile(Collection<PatchedSource> all, Path classes) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (PatchedSource each : all) {
            sources.add(Files.writeString(classes.resolve(each.file.getFileName()), each.text));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<String> options = List.of(
                "-proc:none", "-nowarn", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled)
                    .as("%s\n%s", all.stream().map(each -> each.file.toString()).collect(joining(" ")), complaints)
                    .isTrue();
        }
    }
}
