package io.grasp.security;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few threads that fetch, from one server (host and port) one thing at a time: a server that is slow, or whose name
 * is slow to resolve, takes one of them. After {@link #close}, what is given to it is dropped.
 */
final class FetchThreads implements AutoCloseable {
    private static final int THREADS = 4;

    private final ScheduledThreadPoolExecutor threads;
    /** What waits for each server from which something is being fetched. */
    private final Map<String, Queue<Runnable>> waiting = new ConcurrentHashMap<>();

    /**
     * Starts no thread yet.
     *
     * @param name the beginning of the threads' names
     */
    FetchThreads(String name) {
        threads = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        threads.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // after close
        threads.setRemoveOnCancelPolicy(true);
    }

    private static String server(URI url) {
        return String.valueOf(url.getRawAuthority()).toLowerCase(Locale.ROOT);
    }

    /** Runs a fetch as soon as those from the same server that were given earlier have ended. */
    void execute(URI url, Runnable fetch) {
        waiting.compute(server(url), (server, queue) -> {
            if (queue == null) {
                start(server, fetch);
                return new ArrayDeque<>();
            }
            queue.add(fetch);
            return queue;
        });
    }

    /** As {@link #execute}, after some time. */
    ScheduledFuture<?> schedule(URI url, Runnable fetch, Duration delay) {
        return threads.schedule(() -> execute(url, fetch), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Forgets a fetch that has not begun. */
    void remove(URI url, Runnable fetch) {
        waiting.computeIfPresent(server(url), (server, queue) -> {
            queue.remove(fetch);
            return queue;
        });
    }

    private void start(String server, Runnable fetch) {
        threads.execute(() -> {
            try {
                fetch.run();
            } finally {
                startNext(server);
            }
        });
    }

    private void startNext(String server) {
        waiting.computeIfPresent(server, (same, queue) -> {
            Runnable next = queue.poll();
            if (next == null) {
                return null;
            }
            start(server, next);
            return queue;
        });
    }

    boolean isClosed() {
        return threads.isShutdown();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
