package io.grasp.security;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves host names, and waits no longer than the caller allows. The system's resolver takes as long as it likes and
 * cannot be interrupted, so it has threads of its own: one for each name that is being resolved, so that no name waits
 * for another, up to a maximum. When no caller waits for a lookup any more, it continues if it has begun; a later call
 * for the same name uses it.
 */
final class HostLookups implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(1);

    /** Finds the addresses of a host, at least one; it may block. */
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    private final Resolver resolver;
    private final ThreadPoolExecutor threads;
    private final Map<String, Lookup> underWay = new ConcurrentHashMap<>();

    /**
     * Starts no thread yet.
     *
     * @param maxThreads the maximum number of names that are resolved at one time; others wait
     */
    HostLookups(Resolver resolver, int maxThreads) {
        this.resolver = resolver;
        threads = new ThreadPoolExecutor(
                maxThreads, maxThreads, IDLE.toNanos(), TimeUnit.NANOSECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "grasp-revocation-names");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Resolves a name, or reads an address.
     *
     * @param host the host of a URI: a name, an IPv4 address or an IPv6 address in brackets
     * @param maxWait the maximum time
     * @return its addresses, at least one
     * @throws IOException if there is none, or none is known in time
     */
    List<InetAddress> resolve(String host, Duration maxWait) throws IOException {
        if (host.startsWith("[")) {
            return List.of(InetAddress.getByName(host.substring(1, host.length() - 1)));
        }
        if (host.matches("[0-9.]+")) { // in a URI only an address has this form
            return List.of(InetAddress.getByName(host));
        }
        String name = host.toLowerCase(Locale.ROOT);
        Lookup lookup = join(name);
        try {
            return lookup.get(maxWait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("the host name was not resolved in time");
        } catch (ExecutionException e) {
            throw new IOException("the host name cannot be resolved", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("closed");
        } finally {
            leave(name, lookup);
        }
    }

    private Lookup join(String name) throws IOException {
        try {
            return underWay.compute(name, (same, known) -> {
                Lookup joined = known;
                if (joined == null) {
                    joined = new Lookup(name);
                    threads.execute(joined);
                }
                joined.waiting++;
                return joined;
            });
        } catch (RejectedExecutionException e) {
            throw new IOException("closed", e);
        }
    }

    private void leave(String name, Lookup lookup) {
        underWay.computeIfPresent(name, (same, known) -> {
            if (known != lookup) {
                return known;
            }
            known.waiting--;
            return known.waiting == 0 && threads.remove(known) ? null : known;
        });
    }

    /** One search for a name, until it has ended. */
    private final class Lookup extends FutureTask<List<InetAddress>> {
        private final String name;
        /** How many callers wait; read and written only within operations of the map. */
        private int waiting;

        Lookup(String name) {
            super(() -> List.of(resolver.resolve(name)));
            this.name = name;
        }

        @Override
        protected void done() {
            underWay.remove(name, this);
        }
    }

    /** Lookups that have begun end when the resolver returns. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
