package io.grasp.samples.prefix.store;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * A store for simulations: it keeps its content when the node crashes, as a disk does, and does not block. Create it
 * outside the node, and open a pool on it each time the node starts. It is confined to the simulation's thread.
 */
public final class MemoryStore implements PrefixStore {
    private final Executor executor;
    private final SortedMap<Long, String> records = new TreeMap<>();
    private final SortedMap<Long, String> log = new TreeMap<>();

    /** A store that takes no time. */
    public MemoryStore() {
        this(Runnable::run);
    }

    /**
     * A store whose tasks an executor runs.
     *
     * @param executor runs the tasks in order: for example on the node's scheduler after a delay, as long as a disk
     *     takes. A task that it drops is one that the crash came before
     */
    public MemoryStore(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public StoreContent load() {
        return new StoreContent(records, log);
    }

    @Override
    public void write(StoreChange change) {
        records.putAll(change.put());
        records.keySet().removeAll(change.removed());
        log.putAll(change.logged());
        log.keySet().removeAll(change.unlogged());
    }

    /** Does nothing: the content stays for the next pool. */
    @Override
    public void close() {}
}
