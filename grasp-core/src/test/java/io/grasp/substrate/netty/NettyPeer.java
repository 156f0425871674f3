package io.grasp.substrate.netty;

import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** One end of a connection that records all its events; called from the thread of the test. */
final class NettyPeer implements ConnectionListener {
    final List<String> events = new CopyOnWriteArrayList<>();
    volatile Connection connection;
    volatile Throwable failure;
    volatile Consumer<NettyPeer> onReceived = self -> {};
    volatile Consumer<NettyPeer> onInputEnded = self -> {};
    private final NettyLoop loop;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    /** The length of the longest chunk that was received. */
    volatile int longest;

    NettyPeer(NettyLoop loop) {
        this.loop = loop;
    }

    /** {@return why the bytes were not sent; {@code null} if they were} */
    Throwable send(byte[] bytes) {
        return Await.result("a send", sending(bytes));
    }

    CompletableFuture<Throwable> sending(byte[] bytes) {
        CompletableFuture<Throwable> flushed = new CompletableFuture<>();
        loop.execute(() -> connection.send(bytes, flushed::complete));
        return flushed;
    }

    void close() {
        loop.execute(connection::close);
    }

    void abort() {
        loop.execute(connection::abort);
    }

    byte[] received() {
        return received.toByteArray();
    }

    NettyPeer await(String event) {
        Await.until(event + ", so far " + events, () -> events.contains(event));
        return this;
    }

    /** {@return why the connection was closed; {@code null} if it was closed gracefully} */
    Throwable awaitClosed() {
        await("closed");
        return failure;
    }

    @Override
    public void opened() {
        events.add("opened");
    }

    @Override
    public void received(byte[] bytes) {
        longest = Math.max(longest, bytes.length);
        received.writeBytes(bytes);
        onReceived.accept(this);
    }

    @Override
    public void inputEnded() {
        events.add("inputEnded");
        onInputEnded.accept(this);
    }

    @Override
    public void closed(Throwable newFailure) {
        failure = newFailure;
        events.add("closed");
    }
}
