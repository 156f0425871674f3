package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The leak check of the other tests does find leaks. */
class NoLeaksTest {
    private final NoLeaks noLeaks = new NoLeaks();

    @Test
    void aPlantedLeakIsFound() throws ReflectiveOperationException {
        noLeaks.watch();
        plant();
        assertThat(noLeaks.found()).anyMatch(leak -> leak.startsWith("ByteBuf") && leak.contains("NoLeaksTest.plant"));
    }

    @Test
    void aReleasedBufferIsNotReported() throws ReflectiveOperationException {
        noLeaks.watch();
        ByteBufAllocator.DEFAULT.directBuffer(10).release();
        assertThat(noLeaks.found()).isEmpty();
    }

    private static void plant() {
        ByteBufAllocator.DEFAULT.directBuffer(10).writeByte(1);
    }
}
