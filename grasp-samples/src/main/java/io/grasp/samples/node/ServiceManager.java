package io.grasp.samples.node;

import io.grasp.samples.text.Failures;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * The service manager, such as systemd, that has started the process and wants to know when it is ready, whether it
 * still works, and how long it takes to end (sd_notify(3), sd_watchdog_enabled(3)). Without one, nothing is sent. The
 * JDK has no Unix datagram sockets; Netty's native transport has.
 */
final class ServiceManager implements AutoCloseable {
    private static final int SIGNS_OF_LIFE_IN_PERIOD = 3;

    /** How long the end of the node and of the JVM may take. */
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final @Nullable String socket;
    private final Duration watchdog;
    private final Consumer<String> warn;
    private @Nullable EventLoopGroup loop;
    private volatile @Nullable Channel channel;

    private ServiceManager(@Nullable String socket, Duration watchdog, Consumer<String> warn) {
        this.socket = socket;
        this.watchdog = watchdog;
        this.warn = warn;
    }

    /**
     * {@return the service manager that the environment names}
     *
     * @param environment the environment of the process
     * @param warn is notified if it cannot be reached
     */
    static ServiceManager of(Map<String, String> environment, Consumer<String> warn) {
        String process = environment.get("WATCHDOG_PID");
        boolean isWatched = process == null
                || process.equals(Long.toString(ProcessHandle.current().pid()));
        Duration period = isWatched ? micros(environment.get("WATCHDOG_USEC")) : Duration.ZERO;
        return new ServiceManager(environment.get("NOTIFY_SOCKET"), period, warn);
    }

    private static Duration micros(@Nullable String number) {
        boolean isTime = number != null && number.matches("\\d{1,15}");
        return isTime ? Duration.of(Long.parseLong(number), ChronoUnit.MICROS) : Duration.ZERO;
    }

    /** Connects to it, if there is one. Blocks. */
    void open() {
        if (socket == null) {
            return;
        }
        try {
            Epoll.ensureAvailability();
            EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("grasp-notify", true), EpollIoHandler.newFactory());
            loop = group;
            // @ stands for the NUL byte of an abstract address.
            String path = socket.startsWith("@") ? '\0' + socket.substring(1) : socket;
            channel = new Bootstrap()
                    .group(group)
                    .channel(EpollDomainDatagramChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(new DomainSocketAddress(path))
                    .syncUninterruptibly()
                    .channel();
        } catch (Exception | LinkageError e) { // Netty throws the checked exceptions of connecting, too
            warn.accept("the service manager cannot be notified at " + socket + ": " + Failures.oneLine(e));
        }
    }

    /**
     * Reports three times in each period of the watchdog, if there is one, that the node works.
     *
     * @param answer completes if the node does
     */
    @SuppressWarnings("FutureReturnValueIgnored") // it ends with the loop
    void watch(Supplier<? extends Publisher<?>> answer) {
        Channel manager = channel;
        if (manager != null && !watchdog.isZero()) {
            long period = watchdog.dividedBy(SIGNS_OF_LIFE_IN_PERIOD).toNanos();
            manager.eventLoop()
                    .scheduleAtFixedRate(
                            () -> Mono.from(answer.get()).subscribe(any -> {}, failure -> {}, () -> send("WATCHDOG=1")),
                            0,
                            period,
                            TimeUnit.NANOSECONDS);
        }
    }

    /** Reports that the process is ready. Does not block. */
    void ready() {
        send("READY=1");
    }

    /**
     * Reports that the process ends, and asks for time, so that it is not killed before. Does not block.
     *
     * @param longest how long what it does before it closes the node may take
     */
    void stopping(Duration longest) {
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + longest.plus(CLOSING).toNanos() / 1000);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a lost report is the service manager's to notice
    private void send(String state) {
        Channel manager = channel;
        if (manager != null) {
            manager.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.US_ASCII));
        }
    }

    /** Ends the reports. */
    @Override
    public void close() {
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
