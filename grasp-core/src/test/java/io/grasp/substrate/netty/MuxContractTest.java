package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateContractTest;
import io.grasp.substrate.netty.mux.MuxConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The substrate's contract with sessions that are streams of one TCP connection. {@link OverlayContractTest}, which
 * always runs, has the same streams on TLS.
 */
@Tag("long")
@ExtendWith(NoLeaks.class)
class MuxContractTest extends SubstrateContractTest {
    private static final Duration QUIET = Duration.ofMillis(20);
    private static NettyLoop loop;

    private final List<MuxOverTcp> started = new ArrayList<>();

    @BeforeAll
    static void open() {
        TestNetwork.require();
        loop = NettyLoop.create();
    }

    @AfterAll
    static void close() {
        if (loop != null) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
        }
    }

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected Substrate newSubstrate() {
        MuxConfig config =
                MuxConfig.defaults().withCloseTimeout(Duration.ofSeconds(1)).withMaxMessageBytes(1 << 20);
        return new MuxOverTcp(loop, config, started);
    }

    @Override
    protected void await(String what, BooleanSupplier condition) {
        Await.until(what, () -> {
            CompletableFuture<Boolean> holds = new CompletableFuture<>();
            loop.execute(() -> holds.complete(condition.getAsBoolean()));
            return Await.result("the loop", holds);
        });
    }

    @Override
    protected void settle() {
        CompletableFuture<Boolean> settled = new CompletableFuture<>();
        loop.execute(() -> loop.wakeAt(loop.nanoTime() + QUIET.toNanos(), () -> settled.complete(true)));
        Await.result("the loop's time", settled);
    }

    @Override
    protected int moreBytesThanAreKept() {
        return 1 << 20;
    }

    @Override
    protected void assertNothingLeft() {
        assertThat(TestNetwork.openSockets()).isEmpty();
        assertThat(started).isEmpty();
    }
}
