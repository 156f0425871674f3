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
    /** Of the mode of a file: its kind, and those kinds that have a reader at their other end. */
    private static final int KIND = 0xF000;

    private static final int FIFO = 0x1000;
    private static final int SOCKET = 0xC000;

    private static final Path ANY_FILE = Path.of("/proc/self/exe");

    /** EPIPE; where the system says it in other words, a closed pipe is noticed when something is printed. */
    private static final String BROKEN_PIPE = "broken pipe";

    private OutputWatch() {}

    /** {@return whether standard output has a reader, so that a failure means that it does not read any more} */
    static boolean hasReader() {
        int kind = kind();
        return kind == FIFO || kind == SOCKET;
    }

    private static int kind() {
        try {
            return (int) Files.getAttribute(OUTPUT, "unix:mode") & KIND;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return 0; // of no system that has them
        }
    }

    /**
     * Watches standard output if it is a pipe, with a name or without.
     *
     * @param closed is notified once when nothing reads it any more
     */
    static void start(Consumer<IOException> closed) {
        if (kind() == FIFO) {
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
