package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettySubstrate;
import io.grasp.substrate.netty.quads.QuadsKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/** Nodes of one host on a real link, {@code grasp0}, each on its own loop. */
class NettyWorld extends World {
    static final String LINK = "grasp0";
    private static final String OTHER_LINK = "lo";

    /** Polls often, so that tests of changes are short. */
    private static final NettyConfig NETWORK = NettyConfig.defaults().withInterfacePoll(Duration.ofMillis(20));

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final String ULA = "fd6a:7261:7370::1";
    private static final String OTHER_ULA = "fd6a:7261:7370::99";

    private static final int TURN_MILLIS = 1000;

    private final @Nullable QuadsKey key;
    private final List<Grasp> nodes = new ArrayList<>();
    private String ula = ULA;
    private boolean isDown;

    /** Nodes whose messages are not encrypted. */
    NettyWorld() {
        this(null);
    }

    /** @param key encrypts the messages of all nodes whose links are protected */
    NettyWorld(@Nullable QuadsKey key) {
        this.key = key;
    }

    private NettyConfig on(String... links) {
        return NETWORK.withLinks(links).withAssumeSecure(true).withQuads(key);
    }

    /** Without such a link the test is skipped, or fails if the link is required. */
    static void require() {
        boolean there;
        try {
            there = NetworkInterface.getByName(LINK) != null;
        } catch (SocketException e) {
            throw new IllegalStateException(e);
        }
        if ("required".equals(System.getProperty("grasp.network"))) {
            assertThat(there).as("interface " + LINK).isTrue();
        }
        assumeTrue(there, "no interface " + LINK + ": not in the tests' network namespace");
    }

    @Override
    Grasp start(UnaryOperator<GraspConfig> settings) {
        return start(on(LINK), settings);
    }

    @Override
    Grasp startOn(int... links) {
        String[] names = IntStream.of(links).mapToObj(NettyWorld::name).toArray(String[]::new);
        return start(on(names), config -> config);
    }

    @Override
    void linkDown() {
        ip("link set " + LINK + " down");
        isDown = true;
    }

    @Override
    void linkUp() {
        ip("link set " + LINK + " up");
        ip("-6 address replace " + ula + "/64 dev " + LINK + " nodad");
        isDown = false;
    }

    @Override
    void renumber(Grasp node) {
        String before = ula;
        ula = ULA.equals(ula) ? OTHER_ULA : ULA;
        ip("-6 address add " + ula + "/64 dev " + LINK + " nodad");
        ip("-6 address delete " + before + "/64 dev " + LINK);
    }

    /** {@return the address of the first link} */
    String ula() {
        return ula;
    }

    /** Adds a node that {@link #close} closes. */
    Grasp add(Grasp node) {
        nodes.add(node);
        return node;
    }

    /** Runs {@code ip} with these arguments. */
    static void ip(String arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ", -1)));
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            assertThat(process.onExit().join().exitValue()).as(arguments).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    Grasp startAlone() {
        return start(NETWORK.withoutLinks(), config -> config);
    }

    @Override
    Grasp startInsecure() {
        NettyConfig unprotected = NETWORK.withLinks(LINK); // with a substrate that could be protected later
        return start(unprotected, config -> config.withSubstrate(() -> NettySubstrate.create(unprotected)));
    }

    @Override
    GraspConfig dull(String... objectives) {
        return GraspConfig.dull(LINK, objectives);
    }

    @Override
    GraspConfig dullOnBoth(String... objectives) {
        return dull(objectives).withNetwork(NETWORK.withLinks(LINK, OTHER_LINK));
    }

    @Override
    GraspConfig settingsOn(int link) {
        return GraspConfig.defaults().withNetwork(on(name(link)));
    }

    static String name(int link) {
        return link == 0 ? LINK : OTHER_LINK;
    }

    /** A node on the given links. */
    Grasp start(NettyConfig network, UnaryOperator<GraspConfig> settings) {
        Grasp node = awaitOne(Grasp.start(settings.apply(GraspConfig.defaults().withNetwork(network))));
        nodes.add(node);
        return node;
    }

    @Override
    void awaitUntil(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + BOUND + ": " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    @Override
    void awaitTurn() {
        if (Schedulers.isInNonBlockingThread()) {
            return; // called on a loop, which does not wait for itself
        }
        for (Grasp node : nodes) {
            CountDownLatch turned = new CountDownLatch(1);
            try {
                node.scheduler().schedule(turned::countDown);
                turned.await(TURN_MILLIS, TimeUnit.MILLISECONDS); // a loop that a test blocks does not run
            } catch (RejectedExecutionException closed) {
                // a closed node does nothing more
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    Duration moment() {
        return Duration.ofMillis(600);
    }

    @Override
    public void close() {
        nodes.forEach(Grasp::close);
        if (!ula.equals(ULA)) {
            renumber(nodes.get(0));
        }
        if (isDown) {
            linkUp();
        }
        awaitUntil(
                "the end of the loops' threads",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(
                                thread -> thread.isAlive() && thread.getName().startsWith("grasp-loop")));
    }
}
