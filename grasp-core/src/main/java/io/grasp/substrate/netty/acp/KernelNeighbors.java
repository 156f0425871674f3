package io.grasp.substrate.netty.acp;

import io.grasp.util.PeerAddresses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * The neighbors in the kernel's table, as a program prints them. It runs on Reactor's scheduler for blocking tasks.
 */
final class KernelNeighbors implements NeighborSource {
    /** The maximum time of one run of the program. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(5);

    /** About 10,000 neighbors. */
    private static final int MAX_OUTPUT = 1 << 20;

    private static final int MAX_ERROR = 200;

    private final List<String> command;
    private final Duration poll;

    /** @param command the program and its arguments, without the name of the interface */
    KernelNeighbors(List<String> command, Duration poll) {
        if (poll.toMillis() < 1) {
            throw new IllegalArgumentException("poll is " + poll + ", must be above 0");
        }
        this.command = List.copyOf(command);
        this.poll = poll;
    }

    @Override
    public Runnable watch(String interfaceName, Listener listener) {
        AtomicReference<@Nullable Set<InetSocketAddress>> last = new AtomicReference<>();
        Disposable polling = Schedulers.boundedElastic()
                .schedulePeriodically(
                        () -> poll(interfaceName, last, listener), 0, poll.toMillis(), TimeUnit.MILLISECONDS);
        return () -> { // on another thread, because it takes a lock; it interrupts a poll under way
            Disposable unused = Schedulers.boundedElastic().schedule(polling::dispose);
        };
    }

    private void poll(String interfaceName, AtomicReference<@Nullable Set<InetSocketAddress>> last, Listener listener) {
        try {
            Set<InetSocketAddress> now = read(interfaceName);
            if (!now.equals(last.getAndSet(now))) {
                listener.present(now);
            }
        } catch (IOException e) {
            last.set(null); // so that the end of the failure is reported
            listener.failed(e);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the process is awaited below
    private Set<InetSocketAddress> read(String interfaceName) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(command);
        whole.add(interfaceName);
        Process process = new ProcessBuilder(whole).start();
        CompletableFuture<Process> run = process.onExit().orTimeout(LONGEST_RUN.toMillis(), TimeUnit.MILLISECONDS);
        run.whenComplete((ended, failure) -> {
            if (failure instanceof TimeoutException) {
                process.destroyForcibly(); // ends the reading below
            }
        });
        try {
            process.getOutputStream().close();
            String output = text(process.getInputStream(), MAX_OUTPUT);
            if (output.length() > MAX_OUTPUT) {
                throw new IOException(what(whole) + ": it printed over " + MAX_OUTPUT + " characters");
            }
            String error = text(process.getErrorStream(), MAX_ERROR);
            int exit = process.waitFor();
            if (run.isCompletedExceptionally()) {
                throw new IOException(what(whole) + ": it took over " + LONGEST_RUN.toSeconds() + " s");
            }
            if (exit != 0) {
                throw new IOException(what(whole) + ": exit code " + exit + ", " + error.trim());
            }
            return parse(output.lines().toList());
        } finally {
            process.destroyForcibly();
        }
    }

    private static String what(List<String> whole) {
        return "the neighbors cannot be read by \"" + String.join(" ", whole) + '"';
    }

    /** Reads a text, but not more than one character beyond its maximum. */
    private static String text(InputStream stream, int most) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Reader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            char[] part = new char[4096];
            for (int read = reader.read(part); read >= 0 && text.length() <= most; read = reader.read(part)) {
                text.append(part, 0, Math.min(read, most + 1 - text.length()));
            }
        }
        return text.toString();
    }

    /**
     * Reads lines of: address, words in pairs or alone, state. An entry whose resolution has failed or is under way is
     * no neighbor.
     */
    static Set<InetSocketAddress> parse(Iterable<String> lines) {
        Set<InetSocketAddress> found = new LinkedHashSet<>();
        for (String line : lines) {
            String[] words = line.trim().split(" +", -1);
            InetAddress address = PeerAddresses.literal(words[0]);
            String state = words[words.length - 1];
            if (address instanceof Inet6Address
                    && address.isLinkLocalAddress()
                    && !state.equals("FAILED")
                    && !state.equals("INCOMPLETE")) {
                found.add(new InetSocketAddress(PeerAddresses.withoutScope(address), 0));
            }
        }
        return found;
    }
}
