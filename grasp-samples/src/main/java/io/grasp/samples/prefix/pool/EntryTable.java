package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The entries of a pool, with indexes, and their changes since the last {@link #keep}. */
final class EntryTable {
    private static final Set<EntryState> OF_PEERS =
            Set.of(EntryState.OFFERED, EntryState.DELEGATED, EntryState.IN_DOUBT);

    private static final NavigableMap<Long, PoolEntry> EMPTY = Collections.emptyNavigableMap();

    private final NavigableMap<Long, PoolEntry> entries = new TreeMap<>();

    private final Map<EntryState, NavigableMap<Long, PoolEntry>> byState = new EnumMap<>(EntryState.class);
    private final FamilyIndex ipv6 = new FamilyIndex();
    private final FamilyIndex ipv4 = new FamilyIndex();
    private final Map<String, PeerUse> peers = new HashMap<>();

    private final UndoLog<PoolEntry> undo = new UndoLog<>();

    /** Never used again in this process, so that the end of an offer always means the same entry. */
    private long nextId = 1;

    // Changes

    PoolEntry add(Prefix prefix, EntryState state, String party, Instant now, String note) {
        PoolEntry entry = new PoolEntry(nextId, prefix, state, party, now, note);
        put(entry);
        return entry;
    }

    void move(PoolEntry entry, EntryState state, Instant now, String note) {
        put(new PoolEntry(entry.id(), entry.prefix(), state, entry.party(), now, note));
    }

    void put(PoolEntry entry) {
        nextId = Math.max(nextId, entry.id() + 1);
        undo.add(entry.id(), find(entry.id()));
        set(entry.id(), Optional.of(entry));
    }

    void remove(PoolEntry entry) {
        undo.add(entry.id(), Optional.of(entry));
        set(entry.id(), Optional.empty());
    }

    private void set(long id, Optional<PoolEntry> value) {
        PoolEntry old = entries.remove(id);
        if (old != null) {
            unindex(old);
        }
        value.ifPresent(entry -> {
            entries.put(id, entry);
            index(entry);
        });
    }

    void keep() {
        undo.clear();
    }

    /** {@return the number of changes, for {@link #rollBack}} */
    int changes() {
        return undo.size();
    }

    /** Takes back all changes but the first ones. */
    void rollBack(int kept) {
        undo.undo(kept, this::set);
    }

    Map<Long, String> changed() {
        Map<Long, String> changed = new HashMap<>();
        undo.changed(entries).forEach((id, entry) -> changed.put(id, StoredForm.of(entry)));
        return changed;
    }

    Set<Long> removed() {
        return undo.removed(entries);
    }

    SortedMap<Long, String> stored() {
        SortedMap<Long, String> stored = new TreeMap<>();
        entries.forEach((id, entry) -> stored.put(id, StoredForm.of(entry)));
        return stored;
    }

    private void index(PoolEntry entry) {
        byState.computeIfAbsent(entry.state(), state -> new TreeMap<>()).put(entry.id(), entry);
        of(entry.prefix().family()).add(entry);
        count(entry, 1);
    }

    private void unindex(PoolEntry entry) {
        byState.computeIfPresent(entry.state(), (state, same) -> {
            same.remove(entry.id());
            return same;
        });
        of(entry.prefix().family()).remove(entry);
        count(entry, -1);
    }

    private void count(PoolEntry entry, int sign) {
        if (OF_PEERS.contains(entry.state())) {
            PeerUse use = useOf(entry.party()).plus(entry, sign);
            if (use.prefixes() == 0) {
                peers.remove(entry.party());
            } else {
                peers.put(entry.party(), use);
            }
        }
    }

    // Views

    int size() {
        return entries.size();
    }

    List<PoolEntry> entries() {
        return List.copyOf(entries.values());
    }

    Optional<PoolEntry> find(long id) {
        return Optional.ofNullable(entries.get(id));
    }

    Stream<PoolEntry> in(EntryState state) {
        return byState.getOrDefault(state, EMPTY).values().stream();
    }

    int count(EntryState state) {
        return byState.getOrDefault(state, EMPTY).size();
    }

    PeerUse useOf(String peer) {
        return peers.getOrDefault(peer, PeerUse.NONE);
    }

    FamilyIndex of(AddressFamily family) {
        return family == AddressFamily.IPV6 ? ipv6 : ipv4;
    }
}
