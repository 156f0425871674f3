package io.grasp.samples.conformance;

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

/** Compiles classes that are broken on purpose. */
final class MutationCompiler implements AutoCloseable {
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);

    /** Compiles a class with its edits into a directory, or fails with what the compiler says. */
    void compile(Mutation mutation, Path classes) throws IOException {
        compile(List.of(mutation), classes);
    }

    /** Compiles several at once, each of another class. */
    void compile(Collection<Mutation> mutations, Path classes) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Mutation mutation : mutations) {
            sources.add(Files.writeString(classes.resolve(mutation.className() + ".java"), mutation.source()));
        }
        StringWriter complaints = new StringWriter();
        List<String> options = List.of(
                "-proc:none", "-nowarn", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        boolean compiled = compiler.getTask(
                        complaints, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                .call();
        assertThat(compiled).as("%s\n%s", mutations, complaints).isTrue();
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
