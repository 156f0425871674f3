package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * M_FLOOD (RFC 8990 section 2.8.11): at least one objective, each with its tag.
 *
 * @param session identifies the flood, together with the initiator
 * @param initiator the node that originated it
 * @param ttlMillis how long the objectives are valid, 0 to 4294967295; 0 is indefinite
 * @param preceding in a received flood, elements before the first objective that are not an exact pair of an objective
 *     and its tag
 * @param objectives the pairs in order; in a received flood, empty if no pair is exact but at least one objective can
 *     be read
 * @param extras elements that are not such pairs, for example options of later documents, in any place after the first
 *     exact pair. The RFC defines none; they are sent after the objectives
 */
public record Flood(
        SessionId session,
        InetAddress initiator,
        long ttlMillis,
        List<CborItem> preceding,
        List<TaggedObjective> objectives,
        List<CborItem> extras)
        implements GraspMessage {
    public Flood {
        Uint32.check(ttlMillis, "ttl");
        preceding = List.copyOf(preceding);
        objectives = List.copyOf(objectives);
        extras = List.copyOf(extras);
    }

    /** A message with elements after its objectives that RFC 8990 does not define. */
    public Flood(
            SessionId session,
            InetAddress initiator,
            long ttlMillis,
            List<TaggedObjective> objectives,
            List<CborItem> extras) {
        this(session, initiator, ttlMillis, List.of(), objectives, extras);
    }

    /** A message without unknown elements. */
    public Flood(SessionId session, InetAddress initiator, long ttlMillis, List<TaggedObjective> objectives) {
        this(session, initiator, ttlMillis, objectives, List.of());
    }

    /**
     * The first objective that can be read, even if its tag cannot. Its loop count is the flood's loop count, the only
     * one that a relay decrements (RFC 8990 section 2.5.6.2).
     *
     * @return the objective
     */
    public Objective first() {
        Objective first = MessageBody.firstObjective(preceding);
        return first == null ? objectives.get(0).objective() : first;
    }

    @Override
    public Objective objective() {
        return first();
    }

    /**
     * This flood as a relay sends it.
     *
     * @param loopCount the loop count of the {@linkplain #first first objective}, 0 to 255
     * @return the changed message
     */
    public Flood withLoopCount(int loopCount) {
        if (MessageBody.firstObjective(preceding) != null) {
            List<CborItem> changed = LoopCount.inFirstPair(preceding, loopCount);
            return new Flood(session, initiator, ttlMillis, changed, objectives, extras);
        }
        List<TaggedObjective> changed = new ArrayList<>(objectives);
        changed.set(0, changed.get(0).withLoopCount(loopCount));
        return new Flood(session, initiator, ttlMillis, preceding, changed, extras);
    }

    /** {@return the names of all objectives that can be read, also of those whose tags cannot} */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        preceding.forEach(element -> addName(element, names));
        objectives.forEach(tagged -> names.add(tagged.objective().name()));
        extras.forEach(element -> addName(element, names));
        return names;
    }

    private static void addName(CborItem element, Set<String> names) {
        Objective objective = MessageBody.objectiveOfPair(element);
        if (objective != null) {
            names.add(objective.name());
        }
    }

    /**
     * This flood without some of its objectives, and without elements that are not objectives: they may be about the
     * whole flood. The loop count stays.
     *
     * @param left the names of the objectives to leave out
     * @return the rest; {@code null} if no objective remains
     */
    public @Nullable Flood without(Set<String> left) {
        List<CborItem> before = pairsWithout(preceding, left);
        List<TaggedObjective> exact = objectives.stream()
                .filter(tagged -> !left.contains(tagged.objective().name()))
                .toList();
        return exact.isEmpty() && MessageBody.firstObjective(before) == null
                ? null
                : new Flood(session, initiator, ttlMillis, before, exact, pairsWithout(extras, left))
                        .withLoopCount(first().loopCount());
    }

    private static List<CborItem> pairsWithout(List<CborItem> elements, Set<String> left) {
        return elements.stream()
                .filter(element -> {
                    Objective objective = MessageBody.objectiveOfPair(element);
                    return objective != null && !left.contains(objective.name());
                })
                .toList();
    }

    @Override
    public int type() {
        return MessageType.M_FLOOD;
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
