package io.grasp.substrate.netty;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopContractTest;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** The contract of loops, on a Netty event loop. */
class NettyLoopContractTest extends LoopContractTest {
    private final NettyLoop loop = NettyLoop.create();

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected void await(String what, BooleanSupplier condition) {
        Await.until(what, condition);
    }

    @AfterEach
    void close() {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("end of the loop", closed);
    }
}
