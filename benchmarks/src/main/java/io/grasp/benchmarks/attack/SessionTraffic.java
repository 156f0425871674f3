package io.grasp.benchmarks.attack;

import io.grasp.model.Objective;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Short connections to a node, each with one request that is answered at once. */
final class SessionTraffic implements Traffic {
    private static final int MILLIS = 2000;
    private static final Duration SCRAPE = Duration.ofSeconds(1);
    private static final int FIRST_SYNCHRONIZATION = 0x1000_0000;
    private static final int FIRST_NEGOTIATION = 0x1800_0000;
    private static final int MAX_AT_ONCE = 256;

    private final ExecutorService pool = Executors.newFixedThreadPool(MAX_AT_ONCE, SessionTraffic::daemon);
    private final Exchange exchange;
    private final Duration patience;

    private SessionTraffic(Duration patience, Exchange exchange) {
        this.patience = patience;
        this.exchange = exchange;
    }

    /** {@return requests to synchronize an objective} */
    static SessionTraffic synchronizations(InetSocketAddress to, String objective) {
        return new SessionTraffic(Duration.ofMillis(MILLIS), number -> {
            try (Stream stream = Stream.connect(null, to, MILLIS)) {
                stream.send(new RequestSynchronization(
                        Messages.session(FIRST_SYNCHRONIZATION + number), Objective.synchronizable(objective)));
                return stream.receive() instanceof Synch;
            }
        });
    }

    /** {@return negotiations that the node accepts at once, because one move is left} */
    static SessionTraffic negotiations(InetSocketAddress to, String objective) {
        return new SessionTraffic(Duration.ofMillis(MILLIS), number -> {
            try (Stream stream = Stream.connect(null, to, MILLIS)) {
                stream.send(new RequestNegotiation(
                        Messages.session(FIRST_NEGOTIATION + number),
                        Objective.negotiable(objective).withValue(1)));
                GraspMessage answer = stream.receive();
                return answer instanceof End;
            }
        });
    }

    /** {@return requests for metrics} */
    static SessionTraffic scrapes(InetSocketAddress to) {
        byte[] request =
                "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        return new SessionTraffic(SCRAPE, number -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(MILLIS);
                socket.connect(to, MILLIS);
                socket.getOutputStream().write(request);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).contains("200 OK");
            }
        });
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "session");
        thread.setDaemon(true);
        return thread;
    }

    /** A blocking exchange, which returns whether it succeeded. */
    @FunctionalInterface
    private interface Exchange {
        boolean run(int number) throws IOException;
    }

    @Override
    public void begin(int number, Runnable success) throws InterruptedIOException {
        pool.execute(() -> {
            try {
                if (exchange.run(number)) {
                    success.run();
                }
            } catch (IOException e) {
                // it counts as failed
            }
        });
    }

    @Override
    public Duration patience() {
        return patience;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
