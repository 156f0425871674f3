package io.grasp.samples.control;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grasp.samples.node.LogLevels;
import io.grasp.samples.text.Failures;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * Serves the control API of one node on a Unix domain socket that only the user of the process can connect to. It has
 * an event loop of its own, where everything is encoded, so that the node's loop only takes copies. It has 192
 * connections; further ones are closed.
 */
public final class ControlServer implements AutoCloseable {
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);
    private static final int MOST_CONNECTIONS = 192;
    private static final int LOW_WATER = 64 * 1024;
    private static final int HIGH_WATER = 256 * 1024;
    static final int LONGEST_LINE = 8192;
    static final int LONGEST_HEADERS = 16 * 1024;

    private final LoopResources loop = LoopResources.create("grasp-control", 1, true);
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final ControlRoutes routes;
    private final Duration patience;
    private final ControlSocket socket;

    private ControlServer(Path path, Times times, LogLevels log, Runnable stop) throws IOException {
        this.patience = times.patience();
        routes = new ControlRoutes(
                Schedulers.fromExecutorService(loop.onServer(false).next()), times.heartbeat(), log, stop);
        try {
            socket = ControlSocket.open(path, this::bind);
        } catch (IOException | RuntimeException e) {
            release();
            throw e;
        }
    }

    /**
     * Opens it. Until {@link ControlRoutes#serve} names the node, requests are refused.
     *
     * @param path the path of the socket
     * @param log what the node logs
     * @param stop stops the command that runs the node; must not block
     * @throws IllegalStateException if it cannot be opened there
     */
    public static ControlServer open(Path path, LogLevels log, Runnable stop) {
        return open(path, Times.USUAL, log, stop);
    }

    /**
     * The times of a server.
     *
     * @param patience the maximum time that a client may take to send a request, or to read what it has asked for
     * @param heartbeat the time between two comments in a stream of events
     */
    record Times(Duration patience, Duration heartbeat) {
        static final Times USUAL = new Times(Duration.ofSeconds(10), Duration.ofSeconds(15));
    }

    static ControlServer open(Path path, Times times, LogLevels log, Runnable stop) {
        try {
            return new ControlServer(path, times, log, stop);
        } catch (ChannelBindException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "Cannot serve the control API at " + path + ": " + Failures.oneLine(reason), e);
        } catch (IOException e) {
            throw new IllegalStateException("Cannot serve the control API: " + Failures.oneLine(e), e);
        }
    }

    private AutoCloseable bind(UnixDomainSocketAddress address) {
        return bind(HttpServer.create().bindAddress(() -> address))::disposeNow;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is removed
    private DisposableServer bind(HttpServer server) {
        return bounded(server)
                .channelGroup(connections)
                .doOnChannelInit((events, channel, unknown) -> {
                    if (connections.size() > MOST_CONNECTIONS) {
                        channel.close();
                    }
                })
                .handle(routes.newHandler(true))
                .bindNow();
    }

    /**
     * {@return a server with the loop of this one and its bounds for clients, without a handler} Its connections are
     * not closed together with this one.
     *
     * @param server a server
     */
    public HttpServer bounded(HttpServer server) {
        return server.runOn(loop, false)
                .doOnChannelInit((events, channel, unknown) -> bound(channel))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(LOW_WATER, HIGH_WATER))
                .httpRequestDecoder(
                        limits -> limits.maxInitialLineLength(LONGEST_LINE).maxHeaderSize(LONGEST_HEADERS))
                .idleTimeout(patience)
                .requestTimeout(patience);
    }

    private void bound(Channel channel) {
        channel.pipeline().addFirst(new WriteTimeoutHandler(patience.toMillis(), MILLISECONDS));
        channel.pipeline().addAfter(NettyPipeline.HttpCodec, null, new UnreadableRequests());
    }

    /** {@return what it serves; other servers that use {@link #bounded} may serve it too} */
    public ControlRoutes routes() {
        return routes;
    }

    /** {@return the path of its socket} */
    public Path path() {
        return socket.path();
    }

    /** Removes the socket. Responses that are not complete are cut off. */
    @Override
    public void close() {
        connections.close().syncUninterruptibly();
        socket.close();
        release();
    }

    private void release() {
        loop.disposeLater(Duration.ZERO, LONGEST_CLOSE).block();
    }
}
