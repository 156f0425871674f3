package io.grasp.samples.control.client;

import io.grasp.samples.text.Output;
import io.grasp.samples.text.Terminal;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The screen and the keys of a terminal, as long as pictures are shown. They are given back once, also when the process
 * ends: whenever that is, and whichever thread does it. While the process is suspended, the shell has them.
 */
final class LiveScreen implements AutoCloseable {
    private final Output output;
    private final Supplier<Runnable> readKeys;
    private final Thread atEnd = new Thread(this::restore, "grasp-top-end");
    /** {@code null} as long as the screen is not taken. */
    private @Nullable Runnable restoreKeys;

    private boolean suspended;
    private boolean restored;

    /**
     * A screen that is not taken yet.
     *
     * @param readKeys has each key reach the command when it is pressed, and returns what restores the terminal
     */
    LiveScreen(Output output, Supplier<Runnable> readKeys) {
        this.output = output;
        this.readKeys = readKeys;
    }

    /** {@return the screen, which is taken unless the process is ending} */
    static LiveScreen take(Output output) {
        LiveScreen screen = new LiveScreen(output, Terminal::readKeys);
        try {
            Runtime.getRuntime().addShutdownHook(screen.atEnd);
        } catch (IllegalStateException ending) {
            screen.restore();
        }
        screen.take();
        return screen;
    }

    synchronized void take() {
        if (!restored) {
            restoreKeys = readKeys.get();
            output.takeScreen();
        }
    }

    /** Gives screen and keys back until {@link #resume()}. */
    synchronized void suspend() {
        if (restoreKeys != null && !suspended && !restored) {
            output.releaseScreen();
            restoreKeys.run();
            suspended = true;
        }
    }

    /** Takes screen and keys again, which the shell may have changed; what is given back later stays the same. */
    synchronized void resume() {
        if (restoreKeys != null && !restored) {
            Runnable unused = readKeys.get();
            output.takeScreen();
            suspended = false;
        }
    }

    /** {@return whether there is a screen for pictures: it has not been given back for good} */
    synchronized boolean show(List<String> lines) {
        if (!restored && !suspended) {
            output.picture(lines);
        }
        return !restored;
    }

    synchronized void restore() {
        suspend();
        restored = true;
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException ending) {
            // the process ends
        }
    }
}
