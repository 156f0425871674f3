package io.grasp.samples.control.client;

import io.grasp.samples.text.Output;
import io.grasp.samples.text.Signals;
import io.grasp.samples.text.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A live view of a running node. It needs the size of the terminal and one key, which {@code stty} provides; a library
 * for terminals would bring native code for them, which is unpacked to a temporary directory at each start.
 */
@Command(
        name = "top",
        description = {
            "Shows on a terminal what a running node does now, again and again, until q is pressed: its problems, most"
                    + " used limits, drops, neighbors and sessions.",
            "If the output is not a terminal, it prints this once, as with --once; with --json, the status."
        })
public final class TopCommand implements Callable<Integer> {
    private static final int WITHOUT_BOUND = Terminal.UNBOUNDED;
    private static final long MOST_MILLIS = 3_600_000;
    private static final long LEAST_MILLIS = 100;

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Option(names = "--once", description = "Print the view once.")
    private boolean once;

    @Option(
            names = "--interval",
            paramLabel = "MS",
            description = "Milliseconds between two views. Default: ${DEFAULT-VALUE}.")
    private long intervalMillis = 1000;

    TopCommand() {}

    @Override
    public Integer call() {
        if (intervalMillis < LEAST_MILLIS || intervalMillis > MOST_MILLIS) {
            throw options.wrong("--interval must be " + LEAST_MILLIS + " to " + MOST_MILLIS);
        }
        return options.with((client, output) -> {
            if (output.isJson()) {
                output.result(client.get("status"), "");
            } else if (once || output.columns() == Terminal.UNBOUNDED) {
                TopPicture.of(client)
                        .lines(null, output.columns(), WITHOUT_BOUND)
                        .forEach(output::say);
            } else {
                show(client, output);
            }
        });
    }

    private void show(ControlClient client, Output output) {
        Semaphore changes = new Semaphore(0);
        AtomicBoolean quit = new AtomicBoolean();
        try (LiveScreen screen = LiveScreen.take(output)) {
            Signals.handle("WINCH", changes::release);
            Signals.handle("TSTP", () -> {
                if (Signals.canBeContinued()) {
                    screen.suspend();
                    Signals.suspendProcess();
                }
            });
            Signals.handle("CONT", () -> {
                screen.resume();
                changes.release();
            });
            Thread keys = new Thread(() -> awaitQuit(System.in, quit, changes), "grasp-top-keys");
            keys.setDaemon(true);
            keys.start();
            TopPicture before = null;
            while (!quit.get()) {
                TopPicture picture = TopPicture.of(client);
                Terminal.Size size = Terminal.size();
                if (!screen.show(picture.lines(before, size.columns(), size.rows()))) {
                    return;
                }
                before = picture;
                if (changes.tryAcquire(intervalMillis, TimeUnit.MILLISECONDS)) {
                    changes.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends with the input: without a terminal there is no key. */
    private static void awaitQuit(InputStream in, AtomicBoolean quit, Semaphore changes) {
        try {
            for (int key = in.read(); key >= 0; key = in.read()) {
                if (key == 'q' || key == 'Q') {
                    quit.set(true);
                    changes.release();
                    return;
                }
            }
        } catch (IOException e) {
            // there are no keys
        }
    }
}
