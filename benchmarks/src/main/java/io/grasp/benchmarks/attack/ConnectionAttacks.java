package io.grasp.benchmarks.attack;

import io.grasp.model.Objective;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Wait;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Attacks by connections. */
final class ConnectionAttacks {
    private static final int MILLIS = 1000;
    private static final int AT_ONCE = 64;
    private static final int FIRST_SESSION = 0x3000_0000;
    private static final int MOST_KEPT = 2000;
    /** The number of requests on a connection. */
    private static final int UNREAD = 2500;
    /** The same in one write, of a few thousand bytes. */
    private static final int BATCH = 300;

    private final AttackOptions options;

    ConnectionAttacks(AttackOptions options) {
        this.options = options;
    }

    /** Opens connections and sends nothing, or only what begins no session. */
    void silent(Progress progress) throws IOException {
        hold(progress, (stream, number) -> {});
    }

    /** Begins negotiations and asks for 49.7 days of patience in each. */
    void waits(Progress progress) throws IOException {
        hold(progress, (stream, number) -> {
            stream.send(new RequestNegotiation(Messages.session(FIRST_SESSION + number), request()));
            stream.receive();
            stream.send(new Wait(Messages.session(FIRST_SESSION + number), Messages.LONGEST_MILLIS));
        });
    }

    /**
     * Sends many requests for a value on each connection, after a discovery whose answers keep it open, and reads
     * nothing.
     */
    void unread(Progress progress) throws IOException {
        hold(progress, Stream::connectWithoutReading, (stream, number) -> {
            int session = FIRST_SESSION + number * UNREAD;
            stream.send(awaited(session, number));
            stream.send(requests(session + 1, UNREAD - 1));
        });
    }

    /** Asks for a value on each connection, and keeps it open after the answer. */
    void unclosed(Progress progress) throws IOException {
        Objective asked = Objective.synchronizable(options.objective);
        Queue<Stream> kept = new ArrayDeque<>();
        Pace pace = new Pace(options.rate);
        for (int number = 0; progress.goesOn(); number++) {
            pace.await();
            try {
                Stream stream = connect(number);
                kept.add(stream);
                stream.send(new RequestSynchronization(Messages.session(FIRST_SESSION + number), asked));
            } catch (IOException e) {
                // the node refuses it
            }
            if (kept.size() > MOST_KEPT) {
                kept.remove().close();
            }
            if (progress.count() == options.count) {
                progress.ready();
            }
        }
        for (Stream stream : kept) {
            stream.close();
        }
    }

    /** Sends requests for a value on many connections, all at once, as fast as the node takes them. */
    void requests(Progress progress) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "requests");
            thread.setDaemon(true); // it may be blocked for ever
            return thread;
        });
        for (int i = 0; i < options.count; i++) {
            int number = i;
            threads.execute(() -> request(number, threads, progress));
        }
        progress.rest();
    }

    private void request(int number, Executor readers, Progress progress) {
        int session = FIRST_SESSION + number * BATCH;
        byte[] kept = awaited(session, number);
        byte[] batch = requests(session + 1, BATCH);
        boolean first = true;
        while (progress.goesOn()) {
            try (Stream stream = connect(number)) {
                if (options.read) {
                    readers.execute(() -> readAll(stream, progress));
                }
                for (stream.send(kept); progress.goesOn(); first = false) {
                    stream.send(batch);
                    if (first && progress.count() == options.count) {
                        progress.ready();
                    }
                }
            } catch (IOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1)); // the node has ended it
            }
        }
    }

    private static void readAll(Stream stream, Progress progress) {
        while (progress.goesOn()) {
            try {
                stream.awaitEnd();
                return;
            } catch (SocketTimeoutException e) {
                // the node takes its time
            } catch (IOException e) {
                return;
            }
        }
    }

    /** {@return a discovery of what no node has: until it ends, the node keeps the connection for answers} */
    private static byte[] awaited(int session, int number) {
        Objective unknown = Objective.discoverable("none" + number).withLoopCount(Objective.MAX_LOOP_COUNT);
        return Messages.discovery(session, Messages.address(0xfd67, number), unknown);
    }

    /** {@return requests for a value, one after the other} */
    private byte[] requests(int firstSession, int count) {
        Objective asked = Objective.synchronizable(options.objective);
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            requests.writeBytes(
                    MessageEncoder.encode(new RequestSynchronization(Messages.session(firstSession + i), asked)));
        }
        return requests.toByteArray();
    }

    /** Begins requests to the metrics endpoint, and never ends them. */
    void halfRequests(Progress progress) throws IOException {
        hold(
                progress,
                (stream, number) ->
                        stream.send("GET /metrics HTTP/1.1\r\nHost: a\r\n".getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * Sends discoveries on one connection, one after the other, and reads nothing; on a new one when the node ends it.
     */
    void pipelined(Progress progress) throws IOException {
        Objective objective = Objective.discoverable(options.objective);
        Pace pace = new Pace(options.rate);
        int number = 0;
        while (progress.goesOn()) {
            try (Stream stream = connect(number)) {
                while (progress.goesOn()) {
                    pace.await();
                    number++;
                    stream.send(
                            Messages.discovery(FIRST_SESSION + number, Messages.address(0xfd66, number), objective));
                    if (progress.count() == options.count) {
                        progress.ready();
                    }
                }
            } catch (IOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1)); // the node has ended it
            }
        }
    }

    /** Negotiates with a loop count that never falls, as long as the peer takes part. */
    void endless(Progress progress) throws IOException {
        Objective offer = request();
        for (int session = FIRST_SESSION; progress.goesOn(); session++) {
            try (Stream stream = connect(session)) {
                stream.send(new RequestNegotiation(Messages.session(session), offer));
                long rounds = 0;
                while (progress.goesOn() && stream.receive() instanceof Negotiate) {
                    stream.send(new Negotiate(Messages.session(session), offer));
                    rounds++;
                    progress.count();
                    if (rounds == options.count) {
                        progress.ready();
                    }
                }
                if (rounds < options.count) {
                    progress.ready();
                    progress.rest();
                }
            }
        }
    }

    private Objective request() {
        return Objective.negotiable(options.objective)
                .withLoopCount(options.loopCount)
                .withValue(options.objective.equals("EX3") ? List.of("NZD", 100_000) : (Object) 100);
    }

    @FunctionalInterface
    private interface Connecting {
        Stream connect(@Nullable InetSocketAddress from, InetSocketAddress to, int millis) throws IOException;
    }

    /** What is done with a new connection. */
    @FunctionalInterface
    private interface Beginning {
        void begin(Stream stream, int number) throws IOException;
    }

    /** Opens connections at the given rate, and holds those that succeed. */
    private void hold(Progress progress, Beginning beginning) throws IOException {
        hold(progress, Stream::connect, beginning);
    }

    private void hold(Progress progress, Connecting connecting, Beginning beginning) throws IOException {
        Queue<Stream> held = new ConcurrentLinkedQueue<>();
        ExecutorService openers = Executors.newFixedThreadPool(AT_ONCE);
        Pace pace = new Pace(options.rate);
        for (int i = 0; i < options.count; i++) {
            pace.await();
            int number = i;
            openers.execute(() -> {
                try {
                    Stream stream = connecting.connect(source(number), options.target(), MILLIS);
                    held.add(stream);
                    beginning.begin(stream, number);
                    progress.count();
                } catch (IOException e) {
                    // the node refuses it
                }
            });
        }
        openers.shutdown();
        while (!openers.isTerminated() && progress.goesOn()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        progress.ready();
        progress.rest();
        for (Stream stream : held) {
            stream.close();
        }
    }

    private Stream connect(int number) throws IOException {
        return Stream.connect(source(number), options.target(), MILLIS);
    }

    private @Nullable InetSocketAddress source(int number) {
        return options.from.isEmpty() ? null : options.source(number);
    }
}
