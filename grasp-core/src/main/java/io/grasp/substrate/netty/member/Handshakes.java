package io.grasp.substrate.netty.member;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Bounds the handshakes under way, and does their computations off the loop, so that a storm of them does not stop
 * sessions. The loop takes no lock when it hands a task over. There is at most one task for each handshake under way,
 * and one check for each open connection.
 */
final class Handshakes implements Executor {
    /** In bytes; certificates nest as deep as a TLS message of 32 KiB permits, and parsers of the JDK are recursive. */
    private static final long STACK_SIZE = 16L << 20;

    private final int most;
    private final int mostPerAddress;
    private final Map<Place, Integer> ofAddress = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Semaphore waiting = new Semaphore(0);
    private int all;
    private volatile boolean closed;

    Handshakes(MemberConfig config) {
        most = config.maxHandshakes();
        mostPerAddress = config.maxHandshakesPerAddress();
        for (int i = 0; i < config.handshakeThreads(); i++) {
            Thread thread = new Thread(null, this::work, "grasp-handshake", STACK_SIZE);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    /** Starts the threads. */
    void start() {
        threads.forEach(Thread::start);
    }

    private void work() {
        while (true) {
            waiting.acquireUninterruptibly();
            Runnable task = tasks.poll();
            if (task == null) {
                return; // closed
            }
            try {
                task.run();
            } catch (RuntimeException | Error thrown) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the substrate is closed");
        }
        tasks.add(task);
        waiting.release();
    }

    /** {@return whether one more handshake that a peer begins may begin; if so, it counts} */
    boolean begin(InetAddress address) {
        Place peer = new Place(address, 0);
        int here = ofAddress.getOrDefault(peer, 0);
        if (all >= most || here >= mostPerAddress) {
            return false;
        }
        all++;
        ofAddress.put(peer, here + 1);
        return true;
    }

    void end(InetAddress address) {
        all--;
        ofAddress.computeIfPresent(new Place(address, 0), (peer, count) -> count == 1 ? null : count - 1);
    }

    int underWay() {
        return all;
    }

    /** Ends the threads after the tasks that wait. */
    void close() {
        closed = true;
        waiting.release(threads.size());
    }
}
