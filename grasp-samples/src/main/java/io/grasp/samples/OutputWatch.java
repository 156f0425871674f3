package io.grasp.samples;

import io.grasp.samples.text.Failures;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Notices that nothing reads the pipe of standard output any more, also while nothing is printed. To transfer nothing
 * from a file to a pipe fails on Linux if the pipe has no reader, and has no other effect. Elsewhere nothing is
 * noticed before something is printed.
 */
final class OutputWatch {
    private static final long PERIOD_MILLIS = 500;
    private static final Path OUTPUT = Path.of("/proc/self/fd/1");
    private static final Path ANY_FILE = Path.of("/proc/self/exe");

    /** EPIPE; where the system says it in other words, a closed pipe is noticed when something is printed. */
    private static final String BROKEN_PIPE = "broken pipe";

    private OutputWatch() {}

    /** {@return whether standard output is a pipe, of which a failure means that nothing reads it any more} */
    static boolean isPipe() {
        try {
            return Files.readSymbolicLink(OUTPUT).toString().startsWith("pipe:");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * Watches standard output if it is a pipe.
     *
     * @param closed is notified once when nothing reads it any more
     */
    static void start(Consumer<IOException> closed) {
        if (isPipe()) {
            Thread watch = new Thread(() -> watch(closed), "grasp-output-watch");
            watch.setDaemon(true);
            watch.start();
        }
    }

    @SuppressWarnings("resource") // closing it would close standard output
    private static void watch(Consumer<IOException> closed) {
        FileChannel pipe = new FileOutputStream(FileDescriptor.out).getChannel();
        try (FileChannel file = FileChannel.open(ANY_FILE)) {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                file.transferTo(file.size(), 1, pipe);
            }
        } catch (IOException e) {
            // Any other failure says nothing about the reader: the system does not permit this call, or the file.
            if (Failures.oneLine(e).toLowerCase(Locale.ROOT).contains(BROKEN_PIPE)) {
                closed.accept(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
