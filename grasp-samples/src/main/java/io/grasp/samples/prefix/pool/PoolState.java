package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.pool.PoolException.Reason;
import io.grasp.samples.prefix.store.StoreChange;
import io.grasp.samples.prefix.store.StoreContent;
import io.grasp.samples.prefix.store.StoreException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The decisions of a pool: what each operation changes. Changes are made in memory, and then kept or rolled back. It
 * knows neither storage nor threads.
 */
final class PoolState {
    private static final String STOPPED = "this node stopped during the negotiation";

    private final PoolConfig config;
    private final EntryTable table = new EntryTable();
    private final AssignmentLog log;

    PoolState(PoolConfig config) {
        this.config = config;
        this.log = new AssignmentLog(config.maxLogRecords());
    }

    // Reading and writing

    /** @throws StoreException if it is not the content of a pool */
    void read(StoreContent content) {
        content.records().forEach((id, stored) -> {
            PoolEntry entry = StoredForm.entry(id, stored);
            if (entry.state().isOwn()) {
                of(entry.prefix()).ownOverlapping(entry.prefix()).ifPresent(other -> {
                    throw new StoreException(
                            StoreException.Reason.CORRUPT,
                            "the store of prefixes cannot be used: " + entry + " overlaps " + other,
                            null);
                });
            }
            table.put(entry);
        });
        log.read(content.log());
        table.keep();
    }

    StoreChange change() {
        return new StoreChange(table.changed(), table.removed(), log.added(), log.trimmed());
    }

    void keep() {
        table.keep();
        log.keep();
    }

    /**
     * How many changes there are since the last {@link #keep}.
     *
     * @param entries those of entries
     * @param log those of the log
     */
    record Savepoint(int entries, int log) {
        /** Before all changes. */
        static final Savepoint KEPT = new Savepoint(0, 0);
    }

    Savepoint savepoint() {
        return new Savepoint(table.changes(), log.changes());
    }

    /** Takes back the changes after a savepoint. */
    void rollBack(Savepoint savepoint) {
        table.rollBack(savepoint.entries);
        log.rollBack(savepoint.log);
    }

    /** {@return what makes the content of a store that of this pool} */
    StoreChange differenceFrom(StoreContent content) {
        return StoreChange.between(content, new StoreContent(table.stored(), log.stored()));
    }

    // Operations

    /** Negotiations that were under way when the process ended will never end. */
    void recover(Instant now) {
        for (PoolEntry entry : table.entries()) {
            if (entry.state() == EntryState.OFFERED || entry.state() == EntryState.ACCEPTING) {
                doubt(entry.id(), STOPPED, now);
            }
        }
    }

    void seed(Prefix prefix, Instant now) {
        if (table.in(EntryState.SEED).anyMatch(seed -> seed.prefix().contains(prefix))) {
            return;
        }
        requireAssignable(prefix);
        List<PoolEntry> parts = table.in(EntryState.SEED)
                .filter(seed -> prefix.contains(seed.prefix()))
                .toList();
        List<Prefix> added = without(prefix, parts);
        Stream.of(EntryState.values())
                .flatMap(table::in)
                .filter(entry -> added.stream().anyMatch(entry.prefix()::overlaps))
                .findFirst()
                .ifPresent(entry -> {
                    throw overlap(prefix, entry);
                });
        requireRoom();
        parts.forEach(table::remove);
        table.add(prefix, EntryState.SEED, "", now, "");
        log.add(now, LogEvent.SEEDED, prefix, "", "");
        added.forEach(part -> free(part, now));
    }

    void withdraw(Prefix prefix, Instant now) {
        PoolEntry seed = find(prefix, EntryState.SEED);
        Stream.of(EntryState.values())
                .filter(state -> state != EntryState.SEED && state != EntryState.FREE)
                .flatMap(table::in)
                .filter(entry -> entry.prefix().overlaps(prefix))
                .findFirst()
                .ifPresent(entry -> {
                    throw new PoolException(Reason.IN_USE, prefix + " is not free: " + entry);
                });
        table.remove(seed);
        table.in(EntryState.FREE)
                .filter(free -> free.prefix().overlaps(prefix))
                .toList()
                .forEach(free -> replaceByRemainder(free, prefix));
        log.add(now, LogEvent.WITHDRAWN, prefix, "", "");
    }

    private static List<Prefix> without(Prefix prefix, List<PoolEntry> parts) {
        if (parts.stream().noneMatch(part -> part.prefix().overlaps(prefix))) {
            return List.of(prefix);
        }
        return parts.stream().anyMatch(part -> part.prefix().contains(prefix))
                ? List.of()
                : prefix.halves().stream()
                        .flatMap(half -> without(half, parts).stream())
                        .toList();
    }

    PoolEntry offer(String peer, AddressFamily family, int wanted, int longest, BigInteger kept, Instant now) {
        requireRoom();
        if (!config.lengths(family).contains(wanted)) {
            throw new PoolException(
                    Reason.LENGTH_OUT_OF_RANGE,
                    "the peer wants a prefix of IPv" + family.version() + " with the length " + wanted + ", not "
                            + config.lengths(family).shortest() + " to "
                            + config.lengths(family).longest());
        }
        if (table.count(EntryState.OFFERED) >= config.maxOffers()) {
            throw new PoolException(Reason.BUSY, "there are " + config.maxOffers() + " offers already");
        }
        int last = Math.min(Math.max(wanted, longest), config.lengths(family).longest());
        int permitted = withinLimits(peer, family, wanted, last); // first, so that nothing is requested in vain
        int largest = largestWithin(table.of(family).addresses(EntryState.FREE).subtract(kept), family);
        if (largest > last) {
            throw exhausted(family, wanted);
        }
        int first = Math.max(largest, permitted);
        PoolEntry free = table.of(family)
                .smallestFree(first)
                .or(() -> table.of(family)
                        .largestFree()
                        .filter(entry -> entry.prefix().length() <= last))
                .orElseThrow(() -> exhausted(family, wanted));
        return take(free, Math.max(first, free.prefix().length()), EntryState.OFFERED, peer, now);
    }

    /** {@return the length of the largest prefix that the peer may get} */
    private int withinLimits(String peer, AddressFamily family, int wanted, int last) {
        PeerLimits limits = config.peerLimits().apply(peer);
        PeerUse use = table.useOf(peer);
        if (use.offers() >= limits.maxOffers() || use.prefixes() >= limits.maxPrefixes()) {
            throw new PoolException(
                    Reason.PEER_LIMIT,
                    "the peer has " + use.offers() + " offers and " + use.prefixes() + " prefixes already");
        }
        Optional<BigInteger> share = limits.share(family, table.of(family).addresses(EntryState.SEED));
        if (share.isEmpty()) {
            return wanted;
        }
        int largest = largestWithin(share.get().subtract(use.addresses(family)), family);
        if (largest > last) {
            throw new PoolException(
                    Reason.PEER_LIMIT, "the peer has as much space of IPv" + family.version() + " as it may have");
        }
        return Math.max(wanted, largest);
    }

    /** {@return the length of the largest prefix with no more than a number of addresses; too great if it is 0} */
    private static int largestWithin(BigInteger addresses, AddressFamily family) {
        return addresses.signum() <= 0 ? Integer.MAX_VALUE : family.bits() - (addresses.bitLength() - 1);
    }

    void commit(long id, Instant now) {
        PoolEntry offered = ended(id, EntryState.OFFERED);
        table.move(offered, EntryState.DELEGATED, now, "");
        log.add(now, LogEvent.DELEGATED, offered.prefix(), offered.party(), "");
    }

    void undo(long id, Instant now) {
        PoolEntry offered = ended(id, EntryState.OFFERED);
        table.remove(offered);
        free(offered.prefix(), now);
    }

    void doubt(long id, String reason, Instant now) {
        PoolEntry entry = ended(id, EntryState.OFFERED, EntryState.ACCEPTING);
        boolean offered = entry.state() == EntryState.OFFERED;
        if (!offered) {
            supersede(entry.prefix());
        }
        table.move(entry, offered ? EntryState.IN_DOUBT : EntryState.UNCONFIRMED, now, reason);
        log.add(now, offered ? LogEvent.IN_DOUBT : LogEvent.UNCONFIRMED, entry.prefix(), entry.party(), reason);
    }

    PoolEntry acquire(String peer, Prefix prefix, Instant now) {
        requireRoom();
        requireAssignable(prefix);
        requireDisjoint(prefix);
        given(prefix).filter(entry -> !isParty(peer, entry)).findFirst().ifPresent(entry -> {
            throw overlap(prefix, entry);
        });
        return table.add(prefix, EntryState.ACCEPTING, peer, now, "");
    }

    /** Earlier versions wrote link-local addresses without the link, such as {@code %eth0}. */
    private static boolean isParty(String peer, PoolEntry entry) {
        return peer.equals(entry.party()) || peer.startsWith(entry.party() + "%");
    }

    void complete(long id, Instant now) {
        PoolEntry accepted = ended(id, EntryState.ACCEPTING);
        Prefix prefix = accepted.prefix();
        table.remove(accepted);
        supersede(prefix);
        takeBack(prefix, now);
        log.add(now, LogEvent.ACQUIRED, prefix, accepted.party(), "");
        free(prefix, now);
    }

    /** {@return what overlaps a prefix and was given to a peer, or may have been} */
    private Stream<PoolEntry> given(Prefix prefix) {
        return Stream.of(EntryState.DELEGATED, EntryState.IN_DOUBT)
                .flatMap(table::in)
                .filter(entry -> entry.prefix().overlaps(prefix));
    }

    /** What a peer was given, and has given back, is no longer the peer's; the rest of such a prefix still is. */
    private void takeBack(Prefix prefix, Instant now) {
        for (PoolEntry old : given(prefix).toList()) {
            replaceByRemainder(old, prefix);
            Prefix part = prefix.contains(old.prefix()) ? old.prefix() : prefix;
            log.add(now, LogEvent.RETURNED, part, old.party(), "");
        }
    }

    /** What a peer offers again is no longer not confirmed; the rest of such a prefix still is. */
    private void supersede(Prefix prefix) {
        for (PoolEntry old : table.in(EntryState.UNCONFIRMED).toList()) {
            if (old.prefix().overlaps(prefix)) {
                replaceByRemainder(old, prefix);
            }
        }
    }

    private void replaceByRemainder(PoolEntry old, Prefix part) {
        table.remove(old);
        remainder(old.prefix(), part)
                .forEach(rest -> table.add(rest, old.state(), old.party(), old.since(), old.note()));
    }

    private static List<Prefix> remainder(Prefix whole, Prefix part) {
        List<Prefix> rest = new ArrayList<>();
        for (Prefix inner = part; inner.length() > whole.length(); inner = inner.parent()) {
            rest.add(inner.sibling());
        }
        return rest;
    }

    void abandon(long id) {
        table.remove(ended(id, EntryState.ACCEPTING));
    }

    PoolEntry assign(String use, AddressFamily family, int length, Instant now) {
        requireRoom();
        PoolEntry free = table.of(family).smallestFree(length).orElseThrow(() -> exhausted(family, length));
        PoolEntry assigned = take(free, length, EntryState.ASSIGNED, use, now);
        log.add(now, LogEvent.ASSIGNED, assigned.prefix(), use, "");
        return assigned;
    }

    void release(Prefix prefix, String use, Instant now) {
        PoolEntry assigned = table.in(EntryState.ASSIGNED)
                .filter(entry -> entry.prefix().equals(prefix) && entry.party().equals(use))
                .findFirst()
                .orElseThrow(() -> new PoolException(Reason.NOT_FOUND, prefix + " is not assigned to " + use));
        table.remove(assigned);
        log.add(now, LogEvent.RELEASED, prefix, use, "");
        free(prefix, now);
    }

    void reclaim(Prefix prefix, Instant now) {
        PoolEntry doubtful = find(prefix, EntryState.IN_DOUBT, EntryState.UNCONFIRMED);
        requireDisjoint(prefix);
        table.remove(doubtful);
        boolean wasOffered = doubtful.state() == EntryState.IN_DOUBT;
        if (!wasOffered) {
            takeBack(prefix, now);
        }
        log.add(now, wasOffered ? LogEvent.RECLAIMED : LogEvent.ADOPTED, prefix, doubtful.party(), "");
        free(prefix, now);
    }

    void cede(Prefix prefix, Instant now) {
        PoolEntry doubtful = find(prefix, EntryState.IN_DOUBT, EntryState.UNCONFIRMED);
        if (doubtful.state() == EntryState.IN_DOUBT) {
            table.move(doubtful, EntryState.DELEGATED, now, "");
        } else {
            table.remove(doubtful);
        }
        log.add(now, LogEvent.CEDED, prefix, doubtful.party(), "");
    }

    // Views

    Map<AddressFamily, FamilyUse> use() {
        return Stream.of(AddressFamily.values())
                .collect(Collectors.toUnmodifiableMap(
                        family -> family, family -> table.of(family).use()));
    }

    PoolStatus status(Instant now) {
        List<Forecast> forecasts = Stream.of(AddressFamily.values())
                .map(family ->
                        log.forecast(family, table.of(family).addresses(EntryState.FREE), now, config.forecastWindow()))
                .toList();
        return new PoolStatus(now, table.entries(), use(), forecasts);
    }

    List<LogRecord> log(long after, int most) {
        return log.after(after, most);
    }

    // Rules

    private FamilyIndex of(Prefix prefix) {
        return table.of(prefix.family());
    }

    private void requireRoom() {
        if (table.size() >= config.maxEntries()) {
            throw new PoolException(Reason.BUSY, "the pool has " + config.maxEntries() + " entries already");
        }
    }

    private static void requireAssignable(Prefix prefix) {
        if (!prefix.isAssignable()) {
            throw new PoolException(Reason.NOT_ASSIGNABLE, "nodes may not use the addresses of " + prefix);
        }
    }

    private void requireDisjoint(Prefix prefix) {
        Optional<PoolEntry> other = of(prefix)
                .ownOverlapping(prefix)
                .or(() -> table.in(EntryState.ACCEPTING)
                        .filter(entry -> entry.prefix().overlaps(prefix))
                        .findFirst());
        if (other.isPresent()) {
            throw overlap(prefix, other.get());
        }
    }

    private static PoolException overlap(Prefix prefix, PoolEntry other) {
        return new PoolException(Reason.OVERLAP, prefix + " overlaps " + other);
    }

    private static PoolException exhausted(AddressFamily family, int length) {
        return new PoolException(
                Reason.EXHAUSTED, "no prefix of IPv" + family.version() + " with the length " + length + " is free");
    }

    private PoolEntry ended(long id, EntryState... states) {
        return table.find(id)
                .filter(entry -> List.of(states).contains(entry.state()))
                .orElseThrow(() -> new PoolException(Reason.ENDED, "the negotiation has ended before"));
    }

    private PoolEntry find(Prefix prefix, EntryState... states) {
        return Stream.of(states)
                .flatMap(table::in)
                .filter(entry -> entry.prefix().equals(prefix))
                .findFirst()
                .orElseThrow(() -> new PoolException(
                        Reason.NOT_FOUND,
                        "there is no prefix " + prefix + " that is "
                                + Stream.of(states)
                                        .map(state -> state.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(" or "))));
    }

    /** Takes the first part of a free prefix; the other parts stay free. */
    private PoolEntry take(PoolEntry free, int length, EntryState state, String party, Instant now) {
        table.remove(free);
        Prefix part = free.prefix();
        while (part.length() < length) {
            List<Prefix> halves = part.halves();
            table.add(halves.get(1), EntryState.FREE, "", now, "");
            part = halves.get(0);
        }
        return table.add(part, state, party, now, "");
    }

    /** Merges a prefix with its other half as long as that is free too. */
    private void free(Prefix prefix, Instant now) {
        Prefix merged = prefix;
        while (merged.length() > 0) {
            Optional<PoolEntry> half = of(merged).free(merged.sibling());
            if (half.isEmpty()) {
                break;
            }
            table.remove(half.get());
            merged = merged.parent();
        }
        table.add(merged, EntryState.FREE, "", now, "");
    }
}
