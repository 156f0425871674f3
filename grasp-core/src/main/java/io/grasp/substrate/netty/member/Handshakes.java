package io.grasp.substrate.netty.member;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the handshakes under way, and does their computations off the loop, so that a storm of them does not stop
 * sessions.
 */
final class Handshakes {
    private static final int IDLE_SECONDS = 5;

    private final int most;
    private final int mostPerAddress;
    private final Map<Place, Integer> ofAddress = new HashMap<>();
    private final ThreadPoolExecutor executor;
    private int all;

    Handshakes(MemberConfig config) {
        most = config.maxHandshakes();
        mostPerAddress = config.maxHandshakesPerAddress();
        // Its queue holds no more than one task for each handshake under way, and one check for each connection.
        executor = new ThreadPoolExecutor(
                config.handshakeThreads(),
                config.handshakeThreads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "grasp-handshake");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    Executor executor() {
        return executor;
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

    void close() {
        executor.shutdown();
    }
}
