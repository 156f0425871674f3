package io.grasp.substrate.netty.member;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections when there is a new one, and chooses the one that gives way if there are too many. Those with one
 * name are limited; of all, those that peers have opened or that have been replaced. Those that this node has opened
 * are limited by its sessions and links; the unused ones give way to others. Of one name, those without a session that
 * are not the link go first, whichever side has opened them.
 *
 * <p>Of the connections of one member, one that replaces another does not count: otherwise a peer that has as many as
 * it may have would lose one, with its sessions, by each renewal. Nor does the newest one give way if it replaces
 * another: its member is about to lose that.
 */
final class ConnectionCount {
    private final MemberConnection newest;
    /** Those that are not ending, the oldest first. */
    private final List<MemberConnection> all = new ArrayList<>();

    /** The same, by the names of the peers. */
    private final Map<String, List<MemberConnection>> byName = new TreeMap<>();

    ConnectionCount(Collection<MemberConnection> connections, MemberConnection newest) {
        this.newest = newest;
        for (MemberConnection each : connections) {
            if (!each.isEnding()) {
                all.add(each);
                byName.computeIfAbsent(each.peerName(), name -> new ArrayList<>())
                        .add(each);
            }
        }
    }

    /**
     * {@return the connection that gives way, perhaps the newest itself; {@code null} if there are not too many, or if
     * none can}
     *
     * @param maximum the maximum of all
     * @param maximumOfName the maximum of those whose peers have one name
     */
    @Nullable
    MemberConnection givesWay(int maximum, int maximumOfName) {
        List<MemberConnection> own = byName.getOrDefault(newest.peerName(), List.of());
        if (own.size() - replacing(own) > maximumOfName) {
            MemberConnection found = oldestUnusedOrOfPeer(own);
            return found != null ? found : newestOr(first(own, each -> each != newest), own);
        }
        int ofPeers = 0;
        int counted = 0;
        for (List<MemberConnection> each : byName.values()) {
            ofPeers += ofPeer(each);
            counted += each.size() - replacing(each);
        }
        MemberConnection unused = counted > maximum ? first(all, this::isOpenedInVain) : null;
        return unused != null || ofPeers <= maximum ? unused : ofMost(own);
    }

    /** {@return the oldest one of the name with the most; if none has two, one that is not used} */
    private @Nullable MemberConnection ofMost(List<MemberConnection> own) {
        List<MemberConnection> most = own;
        for (List<MemberConnection> each : byName.values()) {
            if (ofPeer(each) > ofPeer(most)) {
                most = each;
            }
        }
        Predicate<MemberConnection> unused =
                each -> each != newest && !each.channel().isClient() && each.isUnused();
        MemberConnection found = ofPeer(most) > 1 ? oldestUnusedOrOfPeer(most) : first(all, unused);
        return found != null ? found : newestOr(null, own);
    }

    /** {@return the oldest one of a name that is not used; if there is none, the oldest one of the peer} */
    private @Nullable MemberConnection oldestUnusedOrOfPeer(List<MemberConnection> ofName) {
        MemberConnection unused = first(ofName, this::isUnused);
        return unused != null ? unused : first(ofName, each -> each != newest && isOfPeer(each));
    }

    /** {@return the newest one if the peer has opened it and it replaces none; otherwise another one} */
    private @Nullable MemberConnection newestOr(@Nullable MemberConnection other, List<MemberConnection> own) {
        boolean replaces = own.stream().anyMatch(each -> each != newest && mayBeReplaced(each));
        return isOfPeer(newest) && !replaces ? newest : other;
    }

    /** {@return whether the newest one is of the same member as another of its name, or may be, before its hello} */
    private boolean mayBeReplaced(MemberConnection other) {
        return other.member() != null && (newest.member() == null || newest.member() == other.member());
    }

    private static @Nullable MemberConnection first(List<MemberConnection> of, Predicate<MemberConnection> wanted) {
        return of.stream().filter(wanted).findFirst().orElse(null);
    }

    /** {@return whether a peer has opened it, or it has been replaced} */
    private static boolean isOfPeer(MemberConnection connection) {
        return !connection.channel().isClient() || !connection.isUsable();
    }

    private boolean isOpenedInVain(MemberConnection connection) {
        return !isOfPeer(connection) && isUnused(connection);
    }

    /** {@return whether it is known not to be used} The newest one is about to be. */
    private boolean isUnused(MemberConnection connection) {
        return connection != newest && connection.member() != null && connection.isUnused();
    }

    private static int ofPeer(List<MemberConnection> ofName) {
        int counted = (int) ofName.stream().filter(ConnectionCount::isOfPeer).count();
        return Math.max(0, counted - replacing(ofName));
    }

    /**
     * {@return how many members have a connection that replaces another} It may be one whose peer has not yet said
     * which node it is.
     */
    private static int replacing(List<MemberConnection> ofName) {
        Map<Member, Integer> known = new HashMap<>();
        int unknown = 0;
        for (MemberConnection each : ofName) {
            Member member = each.member();
            if (member == null) {
                unknown++;
            } else {
                known.merge(member, 1, Integer::sum);
            }
        }
        int several = (int) known.values().stream().filter(number -> number > 1).count();
        return several + Math.min(unknown, known.size() - several);
    }
}
