package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopContractTest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

/** The contract of loops, on an event loop of the application, which survives it. */
class ApplicationLoopContractTest extends LoopContractTest {
    private final LoopResources resources = LoopResources.create("application", 1, true);
    private final NettyLoop loop = NettyLoop.on(resources);

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected void await(String what, BooleanSupplier condition) {
        Await.until(what, condition);
    }

    @Test
    void theLoopOfTheApplicationSurvivesAnErrorOfANode() {
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        loop.execute(() -> loop.onFailure(failed::complete));
        loop.execute(() -> {
            throw new OutOfMemoryError("expected by this test");
        });
        assertThat(Await.result("failure", failed)).isInstanceOf(OutOfMemoryError.class);
        AtomicBoolean alive = new AtomicBoolean();
        loop.events().execute(() -> alive.set(true));
        await("a task of the application", alive::get);
    }

    @AfterEach
    void close() {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("end of the loop", closed);
        assertThat(loop.events().isShuttingDown()).isFalse();
        resources.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
    }
}
