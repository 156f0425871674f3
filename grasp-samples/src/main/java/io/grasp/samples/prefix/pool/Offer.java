package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.Prefix;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * A prefix that is reserved for a peer while a negotiation is under way. It is on stable storage before the caller gets
 * this object, so the prefix is never offered again, whatever happens to the process. End it once:
 *
 * <table>
 * <caption>The end of the negotiation</caption>
 * <tr><th>what happened</th><th>call</th></tr>
 * <tr><td>the peer accepted</td><td>{@link #commit}</td></tr>
 * <tr><td>the peer declined or made a counter-offer, or the offer was not sent</td><td>{@link #undo}</td></tr>
 * <tr><td>anything else after the offer was sent: a timeout, a lost connection</td><td>{@link #doubt}</td></tr>
 * </table>
 *
 * <p>An offer that the process does not end counts as in doubt when the pool is opened again. Each method returns a
 * cold Mono that completes when the change is on stable storage; see {@link PrefixPool} for errors and cancellation.
 * A call that failed with a {@link io.grasp.samples.prefix.store.StoreException} may be repeated.
 */
public final class Offer {
    private final PrefixPool pool;
    private final PoolEntry entry;

    Offer(PrefixPool pool, PoolEntry entry) {
        this.pool = Objects.requireNonNull(pool, "pool");
        this.entry = entry;
    }

    /** {@return the prefix that is reserved} */
    public Prefix prefix() {
        return entry.prefix();
    }

    /** {@return the name of the peer} */
    public String peer() {
        return entry.party();
    }

    /** {@return completes when the prefix counts as delegated, for good} */
    public Mono<Void> commit() {
        return pool.commit(entry.id());
    }

    /** {@return completes when the prefix is free again} */
    public Mono<Void> undo() {
        return pool.undo(entry.id());
    }

    /**
     * Ends the offer without knowing whether the peer accepted it.
     *
     * @param reason why it is not known, for the log
     * @return completes when the prefix counts as in doubt, which the log of assignments shows
     */
    public Mono<Void> doubt(String reason) {
        return pool.doubt(entry.id(), reason);
    }

    @Override
    public String toString() {
        return entry.toString();
    }
}
