package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.Prefix;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * A prefix that a peer offers and that this node is about to accept. That is on stable storage before the caller gets
 * this object, so accept the offer only then. End it once:
 *
 * <table>
 * <caption>The end of the negotiation</caption>
 * <tr><th>what happened</th><th>call</th></tr>
 * <tr><td>the acceptance was sent</td><td>{@link #complete}</td></tr>
 * <tr><td>the acceptance was certainly not sent</td><td>{@link #abandon}</td></tr>
 * <tr><td>it is not known whether it was sent</td><td>{@link #doubt}</td></tr>
 * </table>
 *
 * <p>An acquisition that the process does not end counts as not confirmed when the pool is opened again: some
 * providers, graspy's among them, use a prefix again whose acceptance they have not received. Each method returns a
 * cold Mono that completes when the change is on stable storage; see {@link PrefixPool} for errors and cancellation. A
 * call that failed with a {@link io.grasp.samples.prefix.store.StoreException} may be repeated.
 */
public final class Acquisition {
    private final PrefixPool pool;
    private final PoolEntry entry;

    Acquisition(PrefixPool pool, PoolEntry entry) {
        this.pool = Objects.requireNonNull(pool, "pool");
        this.entry = entry;
    }

    /** {@return the prefix that the peer offers} */
    public Prefix prefix() {
        return entry.prefix();
    }

    /** {@return the name of the peer} */
    public String peer() {
        return entry.party();
    }

    /** {@return completes when the prefix is in the pool, merged with its neighbors} */
    public Mono<Void> complete() {
        return pool.complete(entry.id());
    }

    /** {@return completes when the node no longer knows the prefix} */
    public Mono<Void> abandon() {
        return pool.abandon(entry.id());
    }

    /**
     * Ends the acquisition without knowing whether the peer received the acceptance.
     *
     * @param reason why it is not known, for the log
     * @return completes when the prefix counts as not confirmed, which the log of assignments shows
     */
    public Mono<Void> doubt(String reason) {
        return pool.doubt(entry.id(), reason);
    }

    @Override
    public String toString() {
        return entry.toString();
    }
}
