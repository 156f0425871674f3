package io.grasp.engine.node;

import io.grasp.config.Limits;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.SessionId;
import io.grasp.substrate.Loop;
import io.grasp.util.LazyMap;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded set whose members expire after a fixed time. When it is full, the oldest is removed: in a set of what this
 * node does itself, which has a maximum number of members; in one of what peers do, the oldest of the source with the
 * largest share of the memory that all such sets of a node have together.
 */
public final class ExpiringSet<K> {
    /**
     * The memory of a member without text, in bytes, when each has a source of its own: {@code CacheMemoryTest}
     * measures it.
     */
    private static final int MEMBER_BYTES = 832;

    /** The same for a Session ID. */
    private static final int ID_BYTES = 576;

    private final Loop loop;
    private final long lifetimeNanos;
    private final int capacity;
    private final int memberBytes;
    private final @Nullable FairPlaces<Member<?>> shared;
    /** All have the same lifetime, so the first one expires first. */
    private final Map<K, Member<K>> members = new LazyMap<>();

    /** A set of what this node does. */
    public ExpiringSet(Loop loop, Duration lifetime, int capacity) {
        this(loop, lifetime, capacity, MEMBER_BYTES, null);
    }

    private ExpiringSet(
            Loop loop, Duration lifetime, int capacity, int memberBytes, @Nullable FairPlaces<Member<?>> shared) {
        this.memberBytes = memberBytes;
        this.loop = loop;
        this.lifetimeNanos = Nanos.of(lifetime);
        this.capacity = capacity;
        this.shared = shared;
    }

    /** A set of what peers do. */
    static <K> ExpiringSet<K> ofPeers(Loop loop, Duration lifetime, FairPlaces<Member<?>> shared) {
        return new ExpiringSet<>(loop, lifetime, Integer.MAX_VALUE, MEMBER_BYTES, shared);
    }

    /** A set of the Session IDs that peers use. */
    static ExpiringSet<SessionId> idsOfPeers(Loop loop, Duration lifetime, FairPlaces<Member<?>> shared) {
        return new ExpiringSet<>(loop, lifetime, Integer.MAX_VALUE, ID_BYTES, shared);
    }

    /** {@return the memory that the sets of what peers do have together} */
    static FairPlaces<Member<?>> places(Limits limits) {
        return new FairPlaces<>(limits.rememberedBytes(), WhenOwnShareIsUsed.REPLACE_OLDEST, Member::forget);
    }

    /** {@return whether the member was added} Adding an existing member does not extend its time. */
    public boolean add(K key) {
        return add(key, TrafficSource.ofThisNode(), 0);
    }

    /** {@return whether the member was added} Adding an existing member does not extend its time. */
    public boolean add(K key, TrafficSource source) {
        return add(key, source, 0);
    }

    /**
     * {@return whether the member was added} Adding an existing member does not extend its time.
     *
     * @param source what is charged for it
     * @param textBytes the memory of text in the member
     */
    public boolean add(K key, TrafficSource source, int textBytes) {
        long now = loop.nanoTime();
        Iterator<Member<K>> oldest = members.values().iterator();
        while (oldest.hasNext()) {
            Member<K> first = oldest.next();
            if (first.forgetAt - now > 0) {
                break;
            }
            oldest.remove();
            first.leave();
        }
        if (members.containsKey(key)) { // the usual case of a duplicate, which allocates nothing
            return false;
        }
        Member<K> member = new Member<>(this, key, now + lifetimeNanos);
        members.put(key, member);
        if (shared != null) {
            member.place = shared.take(source, member, memberBytes + textBytes);
            if (member.place == null) {
                members.remove(key); // it does not fit
            }
        } else if (members.size() > capacity) {
            Iterator<K> first = members.keySet().iterator();
            first.next();
            first.remove();
        }
        return true;
    }

    public boolean contains(K key) {
        Member<K> member = members.get(key);
        return member != null && member.forgetAt - loop.nanoTime() > 0;
    }

    /** A member of a set. */
    static final class Member<K> {
        private final ExpiringSet<K> set;
        private final K key;
        private final long forgetAt;
        private FairPlaces.@Nullable Place<Member<?>> place;

        private Member(ExpiringSet<K> set, K key, long forgetAt) {
            this.set = set;
            this.key = key;
            this.forgetAt = forgetAt;
        }

        /** Another source gets its place. */
        private void forget() {
            set.members.remove(key);
        }

        private void leave() {
            if (place != null) {
                place.leave();
            }
        }
    }
}
