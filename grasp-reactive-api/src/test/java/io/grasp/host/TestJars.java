package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Compiles ASAs and packs them into jars, as their authors do. */
final class TestJars {
    private final Path directory;

    TestJars(Path directory) {
        this.directory = directory;
    }

    /** {@return the source of an ASA named {@code name}, of the class {@code ext.Asa}} */
    static String source(String name, String version, String start) {
        return """
                package ext;
                import io.grasp.host.*;
                import reactor.core.publisher.*;
                public final class Asa implements HostedAsa {
                    public AsaManifest manifest() {
                        return AsaManifest.of("%s", "%s");
                    }
                    public org.reactivestreams.Publisher<?> start(HostContext context) {
                        %s
                    }
                }
                """.formatted(name, version, start);
    }

    /** {@return the source of an ASA that is ready at once and runs until it is stopped} */
    static String idle(String name, String version) {
        return source(name, version, "context.ready(); return Mono.never();");
    }

    /** {@return a jar with the class {@code ext.Asa} of a source, which it names as an ASA} */
    Path jar(String file, String source) {
        return jar(file, source, "ext.Asa");
    }

    /** {@return a jar with the class {@code ext.Asa} of a source, and the names of ASAs} */
    Path jar(String file, String source, String services) {
        try {
            Path sources = Files.createTempDirectory(directory.getParent(), "source");
            Path asa = Files.createDirectories(sources.resolve("ext")).resolve("Asa.java");
            Files.writeString(asa, source);
            Path classes = Files.createTempDirectory(directory.getParent(), "classes");
            StringWriter errors = new StringWriter();
            var compiler = ToolProvider.getSystemJavaCompiler();
            boolean compiled = compiler.getTask(
                            errors,
                            null,
                            null,
                            List.of(
                                    "-d",
                                    classes.toString(),
                                    "-proc:none",
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            compiler.getStandardFileManager(null, null, null).getJavaFileObjects(asa))
                    .call();
            assertThat(compiled).as(errors.toString()).isTrue();
            Path jar = directory.resolve(file);
            Path written = Files.createTempFile(directory.getParent(), "jar", null);
            try (OutputStream out = Files.newOutputStream(written);
                    JarOutputStream entries = new JarOutputStream(out);
                    Stream<Path> all = Files.walk(classes)) {
                for (Path each : all.filter(Files::isRegularFile).toList()) {
                    entry(entries, classes.relativize(each).toString(), Files.readAllBytes(each));
                }
                if (!services.isEmpty()) {
                    entry(
                            entries,
                            "META-INF/services/io.grasp.host.HostedAsa",
                            services.getBytes(StandardCharsets.UTF_8));
                }
            }
            return Files.move(written, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void entry(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(content);
        jar.closeEntry();
    }
}
