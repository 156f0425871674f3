package io.grasp.substrate.netty.member;

import io.grasp.util.PeerAddresses;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the handshakes under way, and does their computations off the loop, so that a storm of them does not stop
 * sessions. This node's own come first, so that strangers do not delay them (RFC 8994 section 6.7). The loop takes no
 * lock when it hands a task over. At most one task waits for each handshake under way,
 * because what waits for a connection that closes is forgotten, and one check for each open connection.
 */
final class Handshakes implements Executor {
    /** In bytes; certificates nest as deep as a TLS message of 32 KiB permits, and parsers of the JDK are recursive. */
    private static final long STACK_SIZE = 16L << 20;

    /** A handshake that a peer has begun. Each is equal only to itself. */
    abstract static class Attempt {
        /** {@return the peer's address} */
        abstract InetAddress peer();

        /** {@return whether this node computes for it, and the peer waits} */
        abstract boolean isComputed();

        /** Ends, because another peer gets its place. */
        abstract void giveWay();
    }

    /** How many handshakes are under way with a network, or an address. */
    private static final class Count {
        private final Place of;
        private int count;

        Count(Place of) {
            this.of = of;
        }

        static Count of(Place place, Map<Place, Count> counts) {
            return counts.computeIfAbsent(place, Count::new);
        }

        void remove(Map<Place, Count> counts) {
            count--;
            if (count == 0) {
                counts.remove(of);
            }
        }
    }

    /** What a handshake counts for. */
    private record Source(Count network, Count address) {}

    private final int most;
    private final int mostPerSource;
    private final boolean byNetwork;
    /** The oldest first. */
    private final Map<Attempt, Source> underWay = new LinkedHashMap<>();

    private final Map<Place, Count> ofNetwork = new HashMap<>();
    private final Map<Place, Count> ofAddress = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    /** Those for connections that this node opens, and for checks of open ones. */
    private final Queue<Runnable> ownTasks = new ConcurrentLinkedQueue<>();

    private final Queue<Runnable> peersTasks = new ConcurrentLinkedQueue<>();
    private final Semaphore waiting = new Semaphore(0);
    private volatile boolean closed;

    /**
     * @param most how many may be under way
     * @param mostPerSource how many of one source
     * @param byNetwork whether the source of peers that are not on the link is their network
     * @param computing how many threads compute
     */
    Handshakes(int most, int mostPerSource, boolean byNetwork, int computing) {
        this.most = most;
        this.mostPerSource = mostPerSource;
        this.byNetwork = byNetwork;
        for (int i = 0; i < computing; i++) {
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
            Runnable task = ownTasks.poll();
            if (task == null) {
                task = peersTasks.poll();
            }
            if (task == null) {
                if (closed) {
                    return;
                }
                continue; // it was forgotten
            }
            try {
                task.run();
            } catch (RuntimeException | Error thrown) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
            }
        }
    }

    /** Has a task of this node's own done before those of handshakes that peers have begun. */
    @Override
    public void execute(Runnable task) {
        execute(task, ownTasks);
    }

    private void execute(Runnable task, Queue<Runnable> tasks) {
        if (closed) {
            throw new RejectedExecutionException("the substrate is closed");
        }
        tasks.add(task);
        waiting.release();
    }

    /**
     * {@return an executor whose tasks are forgotten when a channel closes, except for one that has begun}
     *
     * @param closing the end of the channel
     * @param own whether this node has opened it: those of peers wait meanwhile
     */
    Executor until(ChannelFuture closing, boolean own) {
        Queue<Runnable> tasks = own ? ownTasks : peersTasks;
        Executor ofChannel = new Executor() {
            @Override
            public void execute(Runnable task) {
                Handshakes.this.execute(new TaskOf(this, task), tasks);
            }
        };
        closing.addListener(gone -> tasks.removeIf(each -> each instanceof TaskOf task && task.of == ofChannel));
        return ofChannel;
    }

    private record TaskOf(Executor of, Runnable task) implements Runnable {
        @Override
        public void run() {
            task.run();
        }
    }

    /** {@return how many tasks wait; for tests} */
    int waitingTasks() {
        return ownTasks.size() + peersTasks.size();
    }

    /**
     * {@return whether one more handshake that a peer begins may begin; if so, it counts} If there is no place, one for
     * which this node does not compute gives way: of the network that has the most, if that are more than the new one's
     * network has, and in it of the address that has the most; or of an address of the new one's network that has more
     * than the new one's address. Of several, the oldest gives way.
     */
    boolean begin(Attempt attempt) {
        Place address = new Place(attempt.peer(), 0);
        Place network = byNetwork ? new Place(PeerAddresses.network(attempt.peer()), 0) : address;
        Source source = new Source(Count.of(network, ofNetwork), Count.of(address, ofAddress));
        source.network.count++;
        source.address.count++;
        boolean isOwnShareUsed = source.network.count > mostPerSource;
        if (isOwnShareUsed || underWay.size() >= most) {
            Attempt givesWay = givesWay(source, isOwnShareUsed);
            if (givesWay == null) {
                remove(source);
                return false;
            }
            end(givesWay);
            givesWay.giveWay();
        }
        underWay.put(attempt, source);
        return true;
    }

    /** {@return which one gives way to one of a source that counts already, or none} */
    private @Nullable Attempt givesWay(Source newcomer, boolean inItsNetwork) {
        Attempt worst = null;
        int mostOfNetwork = 0;
        int mostOfAddress = 0;
        for (Map.Entry<Attempt, Source> each : underWay.entrySet()) {
            Source source = each.getValue();
            int network = source.network.count;
            int address = source.address.count;
            boolean hasMore = source.network == newcomer.network
                    ? source.address != newcomer.address && address >= newcomer.address.count
                    : !inItsNetwork && network >= newcomer.network.count;
            boolean isWorse = network > mostOfNetwork || network == mostOfNetwork && address > mostOfAddress;
            if (hasMore && isWorse && !each.getKey().isComputed()) {
                worst = each.getKey();
                mostOfNetwork = network;
                mostOfAddress = address;
            }
        }
        return worst;
    }

    private void remove(Source source) {
        source.network.remove(ofNetwork);
        source.address.remove(ofAddress);
    }

    /** It has ended, or has become a connection. If it no longer counts, nothing happens. */
    void end(Attempt attempt) {
        Source source = underWay.remove(attempt);
        if (source != null) {
            remove(source);
        }
    }

    int underWay() {
        return underWay.size();
    }

    /** Ends the threads after the tasks that wait. */
    void close() {
        closed = true;
        waiting.release(threads.size());
    }
}
