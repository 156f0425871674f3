package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.SubstrateContractTest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** The substrate's contract on a Netty event loop, which all nodes share. */
@ExtendWith(NoLeaks.class)
public abstract class EventLoopSubstrateContractTest extends SubstrateContractTest {
    private static final Duration QUIET = Duration.ofMillis(20);
    private static NettyLoop loop;

    @BeforeAll
    static void openLoop() {
        TestNetwork.require();
        loop = NettyLoop.create();
    }

    @AfterAll
    static void closeLoop() {
        if (loop != null) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
        }
    }

    protected static NettyLoop nettyLoop() {
        return loop;
    }

    @Override
    protected Loop loop() {
        return loop;
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
    protected void assertNothingLeft() {
        assertThat(TestNetwork.openSockets()).isEmpty();
    }
}
