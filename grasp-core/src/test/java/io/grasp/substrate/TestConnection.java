package io.grasp.substrate;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** One end of a connection that records all events, and fails if their order is wrong. */
final class TestConnection implements ConnectionListener {
    static final String OPENED = "opened";
    static final String RECEIVED = "received";
    static final String INPUT_ENDED = "inputEnded";
    static final String CLOSED = "closed";

    private final Bench bench;
    private final String name;
    private final boolean opens;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private volatile Connection connection;
    private volatile Throwable failure;
    private volatile Consumer<TestConnection> onReceived = self -> {};

    TestConnection(Bench bench, String name, boolean opens) {
        this.bench = bench;
        this.name = name;
        this.opens = opens;
    }

    void attach(Connection newConnection) {
        connection = newConnection;
    }

    Connection connection() {
        return connection;
    }

    TestCompletion send(byte[] bytes) {
        TestCompletion flushed = new TestCompletion(bench, "a send on " + name);
        bench.onLoop(() -> connection.send(bytes, flushed));
        return flushed;
    }

    void close() {
        bench.onLoop(connection::close);
    }

    void abort() {
        bench.onLoop(connection::abort);
    }

    /** Runs an action whenever bytes arrive. */
    TestConnection onReceived(Consumer<TestConnection> action) {
        onReceived = action;
        return this;
    }

    /** {@return the events; consecutive receptions count as one} */
    List<String> events() {
        return List.copyOf(events);
    }

    boolean was(String event) {
        return events.contains(event);
    }

    TestConnection await(String event) {
        bench.await(event + " on " + name + ", so far " + events, () -> was(event));
        return this;
    }

    byte[] received() {
        return received.toByteArray();
    }

    byte[] awaitBytes(int length) {
        bench.await(length + " bytes on " + name, () -> received.size() >= length || was(CLOSED));
        return received();
    }

    /** {@return the failure that closed the connection, or {@code null} if it was closed gracefully} */
    Throwable awaitClosed() {
        await(CLOSED);
        return failure;
    }

    @Override
    public void opened() {
        note(OPENED);
        if (!opens || events.size() > 1) {
            bench.violation("opened on " + name + ": " + events);
        }
    }

    @Override
    public void received(byte[] bytes) {
        note(RECEIVED);
        if (was(INPUT_ENDED)) {
            bench.violation("received after inputEnded on " + name);
        }
        if (bytes.length == 0) {
            bench.violation("received nothing on " + name);
        }
        received.writeBytes(bytes);
        onReceived.accept(this);
    }

    @Override
    public void inputEnded() {
        if (was(INPUT_ENDED)) {
            bench.violation("inputEnded again on " + name);
        }
        note(INPUT_ENDED);
    }

    @Override
    public void closed(Throwable newFailure) {
        failure = newFailure;
        note(CLOSED);
    }

    private void note(String event) {
        bench.callback(event + " on " + name);
        if (was(CLOSED)) {
            bench.violation(event + " after closed on " + name);
        }
        if (events.isEmpty() || !events.get(events.size() - 1).equals(event) || !event.equals(RECEIVED)) {
            events.add(event);
        }
    }

    @Override
    public String toString() {
        return "connection " + name + " " + events;
    }
}
