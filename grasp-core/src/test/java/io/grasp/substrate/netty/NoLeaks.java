package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes Netty track every buffer while the tests of a class run, and fails if one was not released. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    private final List<String> leaks = new CopyOnWriteArrayList<>();

    @Override
    public void beforeAll(ExtensionContext context) throws ReflectiveOperationException {
        watch();
    }

    @Override
    public void afterAll(ExtensionContext context) throws ReflectiveOperationException {
        assertThat(found()).as("buffers not released").isEmpty();
        detector().setLeakListener(null);
    }

    void watch() throws ReflectiveOperationException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        detector().setLeakListener((type, records) -> leaks.add(type + records));
    }

    /** {@return the leaks so far} */
    List<String> found() {
        awaitCollection();
        // Leaks found by the same collection as a canary are reported before the canary of a later collection.
        awaitCollection();
        // A new buffer makes the detector look for those that were collected before they were released.
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
        return List.copyOf(leaks);
    }

    /** Clearing a reference and enqueueing it are two steps; the second happens on a thread of the JVM. */
    private static void awaitCollection() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
        Await.until("a garbage collection", () -> {
            if (canary.get() != null) {
                System.gc();
            }
            return queue.poll() == canary;
        });
    }

    private static ResourceLeakDetector<?> detector() throws ReflectiveOperationException {
        Field detector = Class.forName("io.netty.buffer.AbstractByteBuf").getDeclaredField("leakDetector");
        detector.setAccessible(true);
        return (ResourceLeakDetector<?>) detector.get(null);
    }
}
