package io.grasp.samples.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The journal of systemd, to which the output of a service goes (sd-daemon(3), systemd.exec(5)). */
final class Journal {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private Journal() {}

    /** {@return whether standard error goes there} */
    static boolean isStandardError() {
        return isStream(System.getenv("JOURNAL_STREAM"), STANDARD_ERROR);
    }

    /**
     * {@return whether a file is the stream to the journal}
     *
     * @param stream the device and the inode of the stream, with a colon; {@code null} if there is none
     * @param file the file; processes inherit the variable, but their files may be others
     */
    static boolean isStream(@Nullable String stream, Path file) {
        if (stream == null) {
            return false;
        }
        try {
            return stream.equals(Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /** {@return the beginning of a line with this level, which the journal removes} */
    static String prefix(Level level) {
        return switch (level) {
            case ERROR -> "<3>";
            case WARN -> "<4>";
            case INFO -> "<6>";
            case DEBUG, TRACE -> "<7>";
        };
    }
}
