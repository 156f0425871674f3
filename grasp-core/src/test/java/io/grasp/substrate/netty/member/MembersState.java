package io.grasp.substrate.netty.member;

import java.util.ArrayList;
import java.util.List;

/** Opens the state of the connections of a node to tests of other packages. All methods are called on the loop. */
public final class MembersState {
    private MembersState() {}

    /** {@return how many places are known} */
    public static int places(Members members) {
        return members.places();
    }

    /** {@return how many members, connections and sessions there are} */
    public static int size(Members members) {
        return members.size();
    }

    /** {@return how many handshakes that peers have begun are under way} */
    public static int handshakesOfPeers(Members members) {
        return members.handshakesOfPeers();
    }

    /** {@return how many neighbors there are only because they want to be} */
    public static long accepted(Members members) {
        return members.members().stream()
                .filter(each -> each.isNeighbor() && !each.isWanted())
                .count();
    }

    /** {@return how many members are wanted as neighbors} */
    public static long wanted(Members members) {
        return members.members().stream().filter(Member::isWanted).count();
    }

    /** Resets one of the connections with link messages, chosen by a number, if there is any. */
    public static void reset(Members members, int choice) {
        List<MemberConnection> all = connections(members);
        if (!all.isEmpty()) {
            all.get(choice % all.size()).channel().abort();
        }
    }

    /** Resets all of them. */
    public static void resetAll(Members members) {
        connections(members).forEach(each -> each.channel().abort());
    }

    private static List<MemberConnection> connections(Members members) {
        List<MemberConnection> all = new ArrayList<>();
        members.members().forEach(each -> all.addAll(each.connections()));
        return all;
    }

    /** {@return what is known, in words} */
    public static String describe(Members members) {
        StringBuilder text = new StringBuilder(members.toString());
        for (Member each : members.members()) {
            text.append("\n    ")
                    .append(each)
                    .append(" instance ")
                    .append(each.instance(), 0, 6)
                    .append(each.isNeighbor() ? " LINK" : " no link")
                    .append(each.isWanted() ? " wanted" : "")
                    .append(each.acceptance() == Acceptance.YES ? " accepted" : "")
                    .append(" waiting ")
                    .append(each.waiting().size());
            for (MemberConnection connection : each.connections()) {
                text.append("\n        ")
                        .append(connection.channel().isClient() ? "to " : "from ")
                        .append(connection.channel().remote())
                        .append(connection == each.carrier() ? " carrier" : "")
                        .append(connection.isUsable() ? "" : " retiring")
                        .append(connection.isEnding() ? " ending" : "")
                        .append(connection.isUnused() ? " unused" : "")
                        .append(", flags of the peer ")
                        .append(connection.flagsOfPeer());
            }
        }
        return text.toString();
    }
}
