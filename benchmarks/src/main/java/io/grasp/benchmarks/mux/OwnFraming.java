package io.grasp.benchmarks.mux;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.mux.MuxConfig;
import io.grasp.substrate.netty.mux.MuxConnection;
import io.grasp.substrate.netty.mux.MuxListener;
import io.grasp.substrate.netty.mux.MuxRole;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Streams of one connection, by the stack's own framing. */
final class OwnFraming implements Contender {
    private static final MuxConfig CONFIG = MuxConfig.defaults().withMaxStreams(2 * Main.IDLE);

    private final Ends ends;
    private final MuxConnection connection;

    OwnFraming(@Nullable TestTls tls) {
        ends = new Ends(tls, channel -> attach(channel, MuxRole.ACCEPTOR));
        CompletableFuture<MuxConnection> opened = new CompletableFuture<>();
        ends.connect(channel -> opened.complete(attach(channel, MuxRole.INITIATOR)), () -> opened.cancel(false));
        connection = opened.join();
    }

    private static MuxConnection attach(Channel channel, MuxRole role) {
        return MuxConnection.attach(channel, new EventLoopAdapter(channel.eventLoop()), role, CONFIG, new Peer());
    }

    @Override
    public EventLoop initiator() {
        return ends.initiator();
    }

    @Override
    public void session(Consumer<Boolean> ended) {
        begin(() -> {}, ended, (byte) 0);
    }

    @Override
    public void idle(Runnable answered) {
        begin(answered, complete -> {}, (byte) 1);
    }

    private void begin(Runnable answered, Consumer<Boolean> ended, byte kind) {
        Initiator initiator = new Initiator(answered, ended);
        Connection stream = connection.open(initiator);
        initiator.stream = stream;
        byte[] message = new byte[MESSAGE_BYTES];
        message[0] = kind;
        stream.send(message, Completion.IGNORED);
    }

    @Override
    public void close() {
        ends.close();
    }

    private static final class Initiator implements ConnectionListener {
        private final Runnable answered;
        private final Consumer<Boolean> ended;
        private @Nullable Connection stream;

        Initiator(Runnable answered, Consumer<Boolean> ended) {
            this.answered = answered;
            this.ended = ended;
        }

        @Override
        public void opened() {}

        @Override
        public void received(byte[] bytes) {
            answered.run();
        }

        @Override
        public void inputEnded() {
            if (stream != null) {
                stream.close();
            }
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            ended.accept(failure == null);
        }
    }

    /** Answers, and then ends its direction unless the first byte asks it to stay. */
    private record Responder(Connection stream) implements ConnectionListener {
        @Override
        public void opened() {}

        @Override
        public void received(byte[] bytes) {
            stream.send(new byte[MESSAGE_BYTES], Completion.IGNORED);
            if (bytes[0] == 0) {
                stream.close();
            }
        }

        @Override
        public void inputEnded() {}

        @Override
        public void closed(@Nullable Throwable failure) {}
    }

    private static final class Peer implements MuxListener {
        @Override
        public ConnectionListener accepted(Connection stream) {
            return new Responder(stream);
        }

        @Override
        public boolean admits() {
            return true;
        }

        @Override
        public boolean message(byte[] message) {
            return true;
        }

        @Override
        public void ended(@Nullable Throwable failure) {}
    }
}
