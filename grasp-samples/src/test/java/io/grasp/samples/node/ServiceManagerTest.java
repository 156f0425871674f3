package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class ServiceManagerTest {
    private static final long LONGEST_SECONDS = 10;

    private final BlockingQueue<String> states = new LinkedBlockingQueue<>();
    private final List<String> warnings = new ArrayList<>();
    private EventLoopGroup loop;

    @BeforeEach
    void start() {
        assumeTrue(Epoll.isAvailable(), "Netty's native transport is not available");
        loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void stop() {
        if (loop != null) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private Channel receive(String address) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        states.add(packet.content().toString(StandardCharsets.US_ASCII));
                    }
                })
                .bind(new DomainSocketAddress(address))
                .syncUninterruptibly()
                .channel();
    }

    private String next() throws InterruptedException {
        return states.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void itIsNotifiedOfReadinessAtAnAddressInTheFileSystem(@TempDir Path directory) throws InterruptedException {
        String address = directory.resolve("notify").toString();
        receive(address);

        try (ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", address), warnings::add)) {
            manager.open();
            manager.watch(Mono::empty);
            manager.ready();

            assertThat(next()).isEqualTo("READY=1");
        }

        assertThat(states).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void itIsAskedForTheTimeThatTheEndMayTake(@TempDir Path directory) throws InterruptedException {
        String address = directory.resolve("notify").toString();
        receive(address);

        try (ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", address), warnings::add)) {
            manager.open();
            manager.stopping(Duration.ofSeconds(65));

            assertThat(next()).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=75000000");
        }
    }

    @Test
    void theWatchdogGetsASignOfLifeOnlyIfTheNodeAnswers() throws InterruptedException {
        String name = "grasp-" + UUID.randomUUID();
        receive('\0' + name);
        Sinks.Empty<Void> answer = Sinks.empty();
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", "@" + name, "WATCHDOG_USEC", "30000");

        try (ServiceManager manager = ServiceManager.of(environment, warnings::add)) {
            manager.open();
            manager.watch(answer::asMono);
            manager.ready();
            assertThat(next()).isEqualTo("READY=1");
            assertThat(states.poll(100, TimeUnit.MILLISECONDS)).isNull();

            answer.tryEmitEmpty();
            assertThat(next()).isEqualTo("WATCHDOG=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void aWatchdogOfAnotherProcessAndAManagerThatIsGoneAreIgnored(@TempDir Path directory) {
        String missing = directory.resolve("missing").toString();
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", missing, "WATCHDOG_USEC", "x", "WATCHDOG_PID", "1");

        try (ServiceManager manager = ServiceManager.of(environment, warnings::add)) {
            manager.open();
            manager.watch(() -> Mono.error(new AssertionError("there is no watchdog")));
            manager.ready();
        }

        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("the service manager cannot be notified at " + missing);
    }
}
