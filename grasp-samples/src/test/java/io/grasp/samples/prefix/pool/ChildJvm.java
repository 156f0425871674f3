package io.grasp.samples.prefix.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM with the class path of the test. */
final class ChildJvm {
    private ChildJvm() {}

    /**
     * {@return the process, not started; its errors go to a file}
     *
     * @param wrapper a command that runs the command that follows it; may be empty
     * @param directory for its temporary files and {@code errors}
     */
    static ProcessBuilder of(List<String> wrapper, Path directory, Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path")));
        if (Runtime.version().feature() >= 24) { // which warns of native code
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add(main.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder process = new ProcessBuilder(command)
                .redirectError(directory.resolve("errors").toFile());
        process.environment().remove("JAVA_TOOL_OPTIONS"); // which the JVM prints
        return process;
    }
}
