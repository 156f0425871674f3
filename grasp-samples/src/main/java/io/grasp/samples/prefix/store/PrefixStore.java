package io.grasp.samples.prefix.store;

/**
 * Stable storage for a pool of prefixes: numbered records, and a numbered log. It does not look into them. Only one
 * pool uses a store at a time.
 *
 * <p>All methods except {@link #execute} are called by tasks that {@code execute} runs, and may block.
 */
public interface PrefixStore {
    /**
     * Runs a task: one at a time, in the order of the calls, never on a thread that must not block unless this store
     * does not block.
     *
     * @param task the task, which throws nothing
     * @throws java.util.concurrent.RejectedExecutionException after {@link #close}
     */
    void execute(Runnable task);

    /**
     * Opens the store if it is not open, and reads all of it.
     *
     * @return the records and the log
     * @throws StoreException if that is impossible; a later call may succeed
     */
    StoreContent load();

    /**
     * Changes the store: all of the change, or nothing. When this method returns, the change is on stable storage. When
     * it throws, either may be the case; the caller then calls {@link #load} before it writes again.
     *
     * @param change the change
     * @throws StoreException if the store cannot be written
     */
    void write(StoreChange change);

    /** Closes the store, after which {@link #execute} refuses tasks. Does nothing if it is closed. */
    void close();
}
