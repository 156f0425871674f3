package io.grasp.samples.onboarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.netty.NettyLoop;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Circuits over real sockets on the loopback interface. */
@Timeout(60)
class CircuitProxyTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final NettyLoop loop = NettyLoop.create();
    private final BlockingQueue<CircuitEnd> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<InetSocketAddress> unreachable = new LinkedBlockingQueue<>();
    private final List<InetSocketAddress> registrars = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ServerSocket registrar;
    private CircuitProxy proxy;

    @BeforeEach
    void startRegistrar() throws IOException {
        registrar = new ServerSocket(0, 50, HERE);
        open.add(registrar);
        registrars.add((InetSocketAddress) registrar.getLocalSocketAddress());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        if (proxy != null) {
            proxy.close().block();
            assertThat(left()).isZero();
        }
        CountDownLatch closed = new CountDownLatch(1);
        loop.close(failure -> closed.countDown());
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private int left() throws Exception {
        CompletableFuture<Integer> circuits = new CompletableFuture<>();
        loop.execute(() -> circuits.complete(proxy.circuits()));
        return circuits.get(10, TimeUnit.SECONDS);
    }

    private InetSocketAddress start(CircuitLimits limits) {
        proxy = new CircuitProxy(
                loop.events(), limits, source(Mono.fromSupplier(() -> List.copyOf(registrars))), ends::add);
        return proxy.listen(new InetSocketAddress(HERE, 0)).block();
    }

    private RegistrarSource source(Mono<List<InetSocketAddress>> known) {
        return new RegistrarSource() {
            @Override
            public Mono<List<InetSocketAddress>> registrars() {
                return known;
            }

            @Override
            public void unreachable(InetSocketAddress registrar) {
                unreachable.add(registrar);
            }
        };
    }

    private Socket pledge(InetSocketAddress place) throws IOException {
        Socket socket = new Socket(place.getAddress(), place.getPort());
        open.add(socket);
        return socket;
    }

    private Socket accept() throws IOException {
        Socket socket = registrar.accept();
        open.add(socket);
        return socket;
    }

    private CircuitEnd end() throws InterruptedException {
        CircuitEnd end = ends.poll(30, TimeUnit.SECONDS);
        assertThat(end).as("the end of a circuit").isNotNull();
        return end;
    }

    @Test
    void eachSideMayEndItsDirectionAndStillReceive() throws Exception {
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS));
        Socket served = accept();
        byte[] request = new byte[300_000];
        byte[] answer = new byte[700_000];
        new Random(1).nextBytes(request);
        new Random(2).nextBytes(answer);

        CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> readAll(served));
        pledge.getOutputStream().write(request);
        pledge.shutdownOutput();
        assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(request);
        assertThat(ends).isEmpty();
        CompletableFuture<byte[]> answered = CompletableFuture.supplyAsync(() -> readAll(pledge));
        served.getOutputStream().write(answer);
        served.shutdownOutput();

        assertThat(answered.get(30, TimeUnit.SECONDS)).isEqualTo(answer);
        CircuitEnd end = end();
        assertThat(end.failure()).isNull();
        assertThat(end.toRegistrar()).isEqualTo(request.length);
        assertThat(end.toPledge()).isEqualTo(answer.length);
        assertThat(left()).isZero();
    }

    private static byte[] readAll(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSideThatReadsNothingStopsTheOther() throws Exception {
        InetSocketAddress place = start(CircuitLimits.DEFAULTS.withMaxBytes(1L << 40));
        try (SocketChannel pledge = SocketChannel.open(place)) {
            Socket served = accept();
            pledge.configureBlocking(false);
            long written = 0;
            int idle = 0;
            while (idle < 20 && written < 256L << 20) {
                int taken = pledge.write(ByteBuffer.allocate(64 << 10));
                written += taken;
                idle = taken == 0 ? idle + 1 : 0;
                if (taken == 0) {
                    Mono.delay(Duration.ofMillis(10)).block();
                }
            }
            assertThat(written).as("what fits into the buffers of sockets").isLessThan(64L << 20);
            pledge.shutdownOutput();
            assertThat((long) readAll(served).length).isEqualTo(written);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResetReachesTheOtherSide(boolean byRegistrar) throws Exception {
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS));
        Socket served = accept();
        pledge.getOutputStream().write(1);
        assertThat(served.getInputStream().read()).isOne();
        Socket side = byRegistrar ? served : pledge;

        side.setSoLinger(true, 0);
        side.close();

        Socket other = byRegistrar ? pledge : served;
        assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(end().failure()).isEqualTo("one side has reset its connection");
    }

    @Test
    void aSideThatHasEndedItsDirectionIsResetWhenTheOtherGoesAway() throws Exception {
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS));
        Socket served = accept();
        pledge.shutdownOutput();
        assertThat(served.getInputStream().read()).isEqualTo(-1);

        served.setSoLinger(true, 0);
        served.close();

        assertThatThrownBy(() -> pledge.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(end().failure()).isEqualTo("one side has reset its connection");
    }

    @Test
    void aCircuitWithOneDirectionEndedIsStillIdleAfterItsTime() throws Exception {
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS.withIdle(SHORT)));
        Socket served = accept();
        served.shutdownOutput();
        assertThat(pledge.getInputStream().read()).isEqualTo(-1);
        assertThat(end().failure()).isEqualTo("it has carried nothing for 300 ms");
    }

    /** A full queue of connections makes Linux ignore further ones. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aRegistrarThatDoesNotAnswerIsNotAwaitedForLong() throws Exception {
        ServerSocket silent = new ServerSocket(0, 1, HERE);
        open.add(silent);
        for (int i = 0; i < 4; i++) {
            SocketChannel waiting = SocketChannel.open();
            open.add(waiting);
            waiting.configureBlocking(false);
            waiting.connect(silent.getLocalSocketAddress());
        }
        registrars.add(0, (InetSocketAddress) silent.getLocalSocketAddress());

        Socket pledge = pledge(start(CircuitLimits.DEFAULTS.withConnect(SHORT)));
        pledge.getOutputStream().write(7);

        assertThat(accept().getInputStream().read()).isEqualTo(7);
        assertThat(unreachable.poll(10, TimeUnit.SECONDS)).isEqualTo(silent.getLocalSocketAddress());
    }

    @Test
    void aPledgeThatLeavesBeforeItIsConnectedLeavesNothing() throws Exception {
        Sinks.One<List<InetSocketAddress>> found = Sinks.one();
        proxy = new CircuitProxy(loop.events(), CircuitLimits.DEFAULTS, source(found.asMono()), ends::add);
        Socket pledge = pledge(proxy.listen(new InetSocketAddress(HERE, 0)).block());
        pledge.close();
        found.tryEmitValue(registrars);
        Socket served = accept();
        assertThat(served.getInputStream().read()).isEqualTo(-1);
        served.close();
        assertThat(end().toRegistrar()).isZero();
        assertThat(left()).isZero();
    }

    @Test
    void aRegistrarThatIsNotReachedIsReportedAndTheNextIsTried() throws Exception {
        try (ServerSocket gone = new ServerSocket(0, 1, HERE)) {
            registrars.add(0, (InetSocketAddress) gone.getLocalSocketAddress());
        }
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS));
        pledge.getOutputStream().write(7);
        Socket served = accept();
        assertThat(served.getInputStream().read()).isEqualTo(7);
        assertThat(unreachable.poll(10, TimeUnit.SECONDS)).isEqualTo(registrars.get(0));

        registrars.remove(1);
        assertReset(pledge(new InetSocketAddress(HERE, pledge.getPort())));
        CircuitEnd end = end();
        assertThat(end.failure()).contains("was not reached");
        assertThat(end.registrar()).isNull();
        registrars.clear();
        assertReset(pledge(new InetSocketAddress(HERE, pledge.getPort())));
        assertThat(end().failure()).isEqualTo("no registrar is known");
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> {
                    socket.getOutputStream().write(1);
                    socket.getInputStream().read();
                })
                .isInstanceOf(SocketException.class);
    }

    @Test
    void aPledgeHasItsShareOfTheCircuitsAndGetsItBack() throws Exception {
        InetSocketAddress place = start(CircuitLimits.DEFAULTS.withCircuitsPerPledge(1));
        Socket first = pledge(place);
        Socket served = accept();
        assertReset(pledge(place));
        assertThat(end().failure()).isEqualTo("the pledge has 1 circuits already");
        first.close();
        served.close();
        end();

        pledge(place).getOutputStream().write(5);
        assertThat(accept().getInputStream().read()).isEqualTo(5);
    }

    @Test
    void theProxyHasABoundOfCircuits() throws Exception {
        InetSocketAddress place = start(CircuitLimits.DEFAULTS.withCircuits(2));
        pledge(place);
        accept();
        pledge(place);
        accept();
        assertReset(pledge(place));
        assertThat(end().failure()).isEqualTo("the proxy has 2 circuits already");
    }

    @Test
    void aPledgeGetsThePlaceOfOneThatHasMore() throws Exception {
        InetSocketAddress place = start(CircuitLimits.DEFAULTS.withCircuits(3));
        Socket first = pledge(place);
        accept();
        pledge(place);
        accept();
        Socket newest = pledge(place);
        accept();

        pledgeFrom("127.0.0.2", place).getOutputStream().write(5);

        assertThat(accept().getInputStream().read()).isEqualTo(5);
        assertReset(newest);
        assertThat(end().failure()).isEqualTo("another pledge has got its place");
        pledgeFrom("127.0.0.3", place);
        accept();
        end();
        assertReset(pledgeFrom("127.0.0.4", place));
        assertThat(end().failure()).isEqualTo("the proxy has 3 circuits already");
        first.getOutputStream().write(1);
        assertThat(left()).isEqualTo(3);
    }

    private Socket pledgeFrom(String address, InetSocketAddress place) throws IOException {
        Socket socket = new Socket(place.getAddress(), place.getPort(), InetAddress.getByName(address), 0);
        open.add(socket);
        return socket;
    }

    @Test
    void aLinkWithManyAddressesDoesNotTakeTheCircuitsOfAnother() throws Exception {
        List<CircuitOrigin> inUse = new ArrayList<>();
        for (int i = 1; i <= 64; i++) {
            inUse.add(onLink(1, i));
        }
        CircuitOrigin pledge = onLink(2, 1);
        assertThat(pledge.mayDisplace(inUse)).hasValueSatisfying(other -> assertThat(other.link())
                .isOne());
        inUse.set(0, pledge);
        assertThat(onLink(1, 65).mayDisplace(inUse)).isEmpty();
        assertThat(onLink(1, 1)).as("the same address on another link").isNotEqualTo(pledge);
    }

    private static CircuitOrigin onLink(int link, int host) throws IOException {
        byte[] address = new byte[16];
        address[0] = (byte) 0xfe;
        address[1] = (byte) 0x80;
        address[15] = (byte) host;
        return CircuitOrigin.of(Inet6Address.getByAddress(null, address, link));
    }

    @Test
    void aCircuitEndsAtOnceWhenNoSocketCanBeOpened() throws Exception {
        proxy = new CircuitProxy(
                loop.events(),
                CircuitLimits.DEFAULTS,
                source(Mono.fromSupplier(() -> List.copyOf(registrars))),
                ends::add,
                () -> {
                    throw new ChannelException("Failed to open a socket.", new IOException("Too many open files"));
                });
        assertReset(pledge(proxy.listen(new InetSocketAddress(HERE, 0)).block()));
        assertThat(end().failure()).isEqualTo("no socket could be opened: Too many open files");
        assertThat(unreachable).as("registrars that are blamed").isEmpty();
        assertThat(left()).isZero();
    }

    @Test
    void anIdleCircuitIsReset() throws Exception {
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS.withIdle(SHORT)));
        accept();
        assertThatThrownBy(() -> pledge.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(end().failure()).isEqualTo("it has carried nothing for 300 ms");
    }

    @Test
    void aCircuitIsResetWhenItIsTooOldOrHasCarriedTooMuch() throws Exception {
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS.withLongest(SHORT).withMaxBytes(1000)));
        accept();
        assertThatThrownBy(() -> pledge.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(end().failure()).isEqualTo("it has existed for 300 ms");
        Socket another = pledge(new InetSocketAddress(HERE, pledge.getPort()));
        another.getOutputStream().write(new byte[1001]);
        assertThatThrownBy(() -> another.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(end().failure()).isEqualTo("it has carried more than 1000 bytes");
    }

    @Test
    void closingTheProxyResetsItsCircuits() throws Exception {
        Socket pledge = pledge(start(CircuitLimits.DEFAULTS));
        accept();
        proxy.close().block();
        assertThatThrownBy(() -> pledge.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(end().failure()).isEqualTo("the proxy is closed");
        assertThat(isRefusedSoon(pledge.getPort())).isTrue();
    }

    /** {@return whether connections are refused} The kernel closes the port when the event loop selects again. */
    private static boolean isRefusedSoon(int port) {
        for (int tries = 0; tries < 100; tries++) {
            try (Socket accepted = new Socket(HERE, port)) {
                assertThat(accepted.isConnected()).isTrue();
                Mono.delay(Duration.ofMillis(20)).block();
            } catch (IOException refused) {
                return true;
            }
        }
        return false;
    }
}
