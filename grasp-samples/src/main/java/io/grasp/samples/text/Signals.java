package io.grasp.samples.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;

/**
 * Signals of the system. By reflection, because the compiler warns of each use of their classes, which all JDKs have.
 */
public final class Signals {
    private Signals() {}

    /**
     * Handles a signal from now on.
     *
     * @param name its name, such as {@code INT}
     * @param handling what is done on each, on a thread of the JVM
     * @return whether this JVM and system have the signal
     */
    public static boolean handle(String name, Runnable handling) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handles =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, in) -> {
                        handling.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handles);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
    }

    /**
     * Suspends this process until it gets the signal CONT, as from a shell. A JVM sends itself only signals that it can
     * handle, so another process sends it.
     */
    public static void suspendProcess() {
        String self = Long.toString(ProcessHandle.current().pid());
        try {
            new ProcessBuilder("sh", "-c", "kill -s STOP \"$0\"", self)
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
