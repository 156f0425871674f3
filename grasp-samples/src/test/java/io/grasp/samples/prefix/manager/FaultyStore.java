package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.store.MemoryStore;
import io.grasp.samples.prefix.store.PrefixStore;
import io.grasp.samples.prefix.store.StoreChange;
import io.grasp.samples.prefix.store.StoreContent;
import io.grasp.samples.prefix.store.StoreException;
import java.util.concurrent.Executor;

/** A store in memory that fails on demand, as a disk does that is full for some time. */
final class FaultyStore implements PrefixStore {
    private final MemoryStore memory;
    private Executor executor;
    private int successes;
    private int failures;
    private boolean afterWriting;

    FaultyStore(MemoryStore memory) {
        this.memory = memory;
        this.executor = memory::execute;
    }

    /** Fails some times, after some more writes. */
    void fail(int afterSuccesses, int times) {
        successes = afterSuccesses;
        failures = times;
    }

    /** Carries out tasks otherwise than at once. */
    void setExecutor(Executor other) {
        executor = other;
    }

    /** Whether a write that fails has written its change. */
    void setAfterWriting(boolean written) {
        afterWriting = written;
    }

    /** Fails no longer. */
    void repair() {
        failures = 0;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public StoreContent load() {
        if (failures > 0 && successes == 0) {
            fail();
        }
        return memory.load();
    }

    @Override
    public void write(StoreChange change) {
        if (failures == 0 || successes-- > 0) {
            memory.write(change);
            return;
        }
        successes = 0;
        if (afterWriting) {
            memory.write(change);
        }
        fail();
    }

    private void fail() {
        failures--;
        throw new StoreException(StoreException.Reason.FULL, "no space is left on the simulated disk", null);
    }

    @Override
    public void close() {
        memory.close();
    }
}
