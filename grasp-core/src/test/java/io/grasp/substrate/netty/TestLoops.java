package io.grasp.substrate.netty;

import java.util.concurrent.CompletableFuture;

/** Loops for tests of other packages. */
public final class TestLoops {
    private TestLoops() {}

    /** {@return a loop of a process that says it can open so many file descriptors; the test closes it} */
    public static NettyLoop withDescriptors(long free) {
        return NettyLoop.on(LoopClock.ofMachine(), () -> free);
    }

    public static void close(NettyLoop loop) {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("end of the loop", closed);
    }
}
