package io.grasp.substrate.netty.overlay;

import io.grasp.model.AcpNodeName;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shares of links: all links to nodes with one name have one, also one after the other. Otherwise a member would
 * have several shares by pretending to be several nodes, and a new one by ending its link and making it again.
 */
final class LinkShares {
    /** So many members would have to come and go before one of them is forgotten. */
    private static final int MAX_GONE = 1_000;

    private final Map<String, Share> up = new LinkedHashMap<>();
    /** The shares of names without a link, the one that has had none for the longest time first. */
    private final Map<String, Integer> gone = new LinkedHashMap<>();

    private static final class Share {
        private final int key;
        private int links;

        Share(int key) {
            this.key = key;
        }
    }

    /**
     * {@return the share of a new link}
     *
     * @param index the index of the link
     */
    int begin(AcpNodeName name, int index) {
        Share share = up.computeIfAbsent(name.toString(), text -> {
            Integer before = gone.remove(text);
            return new Share(before == null ? index : before);
        });
        share.links++;
        return share.key;
    }

    /** A link has ended. */
    void end(AcpNodeName name) {
        up.computeIfPresent(name.toString(), (text, share) -> {
            share.links--;
            if (share.links > 0) {
                return share;
            }
            gone.put(text, share.key);
            return null;
        });
        if (gone.size() > MAX_GONE) {
            gone.remove(gone.keySet().iterator().next());
        }
    }
}
