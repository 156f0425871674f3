package io.grasp.samples.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Signals of the system. By reflection, because the compiler warns of each use of their classes, which all JDKs have.
 */
public final class Signals {
    private static final long FIRST_PROCESS = 1;

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
     * {@return whether a shell waits for this process, and can continue it} Another process group of the same session
     * does so. A group that no such process has started would stay suspended: the system withholds TSTP from it, but
     * not STOP. So would the first process of a container.
     */
    public static boolean canBeContinued() {
        return canBeContinued(Path.of("/proc"), ProcessHandle.current().pid());
    }

    /**
     * {@return the same for a process}
     *
     * @param proc the directory in which Linux shows processes
     * @param pid its process ID
     */
    static boolean canBeContinued(Path proc, long pid) {
        try {
            Stat own = Stat.read(proc, pid);
            Stat other = own;
            while (other.group() == own.group()) {
                if (other.pid() <= FIRST_PROCESS || other.parent() == 0) {
                    return false;
                }
                other = Stat.read(proc, other.parent());
            }
            return other.session() == own.session();
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return false; // the system does not say so
        }
    }

    /** Some fields of {@code /proc/PID/stat}, after the name of the program, which may contain anything. */
    private record Stat(long pid, long parent, long group, long session) {
        static Stat read(Path proc, long pid) throws IOException {
            String line = Files.readString(proc.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return new Stat(pid, Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3]));
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
