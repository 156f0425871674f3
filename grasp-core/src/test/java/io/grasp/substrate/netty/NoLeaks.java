package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Has Netty watch every buffer while the tests of a class run, and fails if one was not released. */
final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
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

    /** {@return what has been lost so far} */
    List<String> found() {
        WeakReference<Object> canary = new WeakReference<>(new Object());
        Await.until("a garbage collection", () -> {
            System.gc();
            // A new buffer makes the detector look for those that were collected before they were released.
            ByteBufAllocator.DEFAULT.directBuffer(1).release();
            return canary.get() == null;
        });
        System.gc();
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
        return List.copyOf(leaks);
    }

    private static ResourceLeakDetector<?> detector() throws ReflectiveOperationException {
        Field detector = Class.forName("io.netty.buffer.AbstractByteBuf").getDeclaredField("leakDetector");
        detector.setAccessible(true);
        return (ResourceLeakDetector<?>) detector.get(null);
    }
}
