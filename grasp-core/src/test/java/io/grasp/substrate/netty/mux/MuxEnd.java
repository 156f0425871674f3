package io.grasp.substrate.netty.mux;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.sim.VirtualLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One end of a connection, at virtual time and on a channel in memory, which records all its events. */
final class MuxEnd implements MuxListener {
    /** The first byte of a message that counts as one that achieves nothing. */
    static final byte WASTE = (byte) 0xFF;

    static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 7017);

    /** A stream that records all its events. */
    final class Stream implements ConnectionListener {
        final List<String> events = new ArrayList<>();
        final ByteArrayOutputStream received = new ByteArrayOutputStream();
        Connection connection;

        @Nullable
        Throwable failure;

        Consumer<Stream> onReceived = self -> {};
        int parts;

        void send(String text) {
            send(text.getBytes(StandardCharsets.US_ASCII));
        }

        List<String> send(byte[] bytes) {
            List<String> result = new ArrayList<>();
            call(() -> connection.send(bytes, failed -> result.add(failed == null ? "sent" : "failed")));
            return result;
        }

        void close() {
            call(connection::close);
        }

        void abort() {
            call(connection::abort);
        }

        void reading(boolean on) {
            call(() -> connection.reading(on));
        }

        String text() {
            return received.toString(StandardCharsets.US_ASCII);
        }

        @Override
        public void opened() {
            note("opened");
        }

        @Override
        public void received(byte[] bytes) {
            if (events.isEmpty() || !events.get(events.size() - 1).equals("received")) {
                note("received");
            }
            parts++;
            received.writeBytes(bytes);
            onReceived.accept(this);
        }

        @Override
        public void inputEnded() {
            note("inputEnded");
        }

        @Override
        public void closed(@Nullable Throwable newFailure) {
            note("closed");
            failure = newFailure;
        }

        @Override
        public String toString() {
            return events + (failure == null ? "" : " " + failure);
        }

        private void note(String event) {
            checkPlace(event);
            if (events.contains("closed") || (events.contains("inputEnded") && event.equals("received"))) {
                throw new AssertionError(event + " after " + events);
            }
            events.add(event);
        }
    }

    /** What is sent, copied at once; or the queue of a socket that takes nothing more. */
    static final class Wire extends ChannelOutboundHandlerAdapter {
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private boolean blocked;
        int writes;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (blocked) {
                context.write(message, promise);
            } else {
                take((ByteBuf) message);
                promise.setSuccess();
            }
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            if (!blocked) {
                context.flush();
            }
        }

        private void take(ByteBuf bytes) {
            writes++;
            sent.writeBytes(ByteBufUtil.getBytes(bytes));
            bytes.release();
        }
    }

    final VirtualLoop loop;
    final Wire wire = new Wire();
    final EmbeddedChannel channel = new EmbeddedChannel(wire);
    final MuxConnection connection;
    final List<Stream> accepted = new ArrayList<>();
    final List<byte[]> messages = new ArrayList<>();
    final List<String> events = new ArrayList<>();

    @Nullable
    Throwable failure;

    boolean admits = true;
    Consumer<Stream> onAccepted = stream -> {};
    private int calls;

    MuxEnd(VirtualLoop loop, MuxRole role, MuxConfig config) {
        this.loop = loop;
        this.connection = call(() -> MuxConnection.attach(channel, loop, role, config, this, PEER, null));
    }

    /** Calls into the connection, as an engine does. */
    <T> T call(Supplier<T> engine) {
        Supplier<T> guarded = () -> {
            calls++;
            try {
                return engine.get();
            } finally {
                calls--;
            }
        };
        return loop.inLoop() ? guarded.get() : loop.call(guarded);
    }

    void call(Runnable engine) {
        call(() -> {
            engine.run();
            return true;
        });
    }

    private void checkPlace(String event) {
        if (!loop.inLoop() || calls > 0) {
            throw new AssertionError(event + " from within a call, or not on the loop");
        }
    }

    Stream open() {
        Stream stream = new Stream();
        call(() -> stream.connection = connection.open(stream));
        return stream;
    }

    /** Opens a stream and sends its first bytes in one call. */
    Stream open(byte[] first) {
        Stream stream = new Stream();
        call(() -> {
            stream.connection = connection.open(stream);
            stream.connection.send(first, Completion.IGNORED);
        });
        return stream;
    }

    List<String> sendMessage(byte[] message) {
        List<String> result = new ArrayList<>();
        Completion sent =
                failed -> result.add(failed == null ? "sent" : failed.getClass().getSimpleName());
        call(() -> connection.sendMessage(message, sent));
        return result;
    }

    List<String> close() {
        List<String> result = new ArrayList<>();
        call(() -> connection.close(failed -> result.add("closed")));
        return result;
    }

    /** Receives bytes of the peer. */
    void receive(byte[] bytes) {
        loop.run(() -> channel.writeInbound(Unpooled.wrappedBuffer(bytes)));
    }

    /** Receives bytes of the peer, in hexadecimal. */
    void receive(String hex) {
        receive(bytes(hex));
    }

    /** {@return what was sent since the last call} */
    byte[] sent() {
        loop.runReady();
        byte[] bytes = wire.sent.toByteArray();
        wire.sent.reset();
        return bytes;
    }

    /** The socket takes nothing more, or takes everything again. */
    void blocked(boolean on) {
        wire.blocked = on;
        loop.run(() -> {
            channel.flush();
            for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
                wire.take(next);
            }
        });
    }

    String sentHex() {
        return HexFormat.of().formatHex(sent());
    }

    /** The peer closes the channel. */
    void disconnect() {
        loop.run(() -> {
            channel.close();
            channel.runPendingTasks();
        });
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", "").replace("|", ""));
    }

    @Override
    public ConnectionListener accepted(Connection stream) {
        checkPlace("accepted");
        Stream made = new Stream();
        made.connection = stream;
        accepted.add(made);
        onAccepted.accept(made);
        return made;
    }

    @Override
    public boolean admits() {
        return admits;
    }

    @Override
    public boolean message(byte[] message) {
        checkPlace("message");
        messages.add(message);
        return message[0] != WASTE;
    }

    @Override
    public void goingAway() {
        checkPlace("goingAway");
        events.add("goingAway");
    }

    @Override
    public void ended(@Nullable Throwable newFailure) {
        checkPlace("ended");
        events.add("ended");
        failure = newFailure;
    }
}
