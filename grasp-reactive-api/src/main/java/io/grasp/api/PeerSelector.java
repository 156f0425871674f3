package io.grasp.api;

import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import java.util.Comparator;
import java.util.List;

/**
 * Selects and orders discovered peers: the next one is tried only if the one before cannot be reached. See
 * {@link RequestOptions#withPeerSelector}.
 *
 * <p>Anyone can answer a discovery, with locators that lead nowhere. So that one responder does not use up the attempts
 * of others, the selected peers are tried in turns: first one of each link, and on a link one of each responder before
 * a second one. The selector decides which are tried at all, which is the first, and the order of those of a responder.
 */
@FunctionalInterface
public interface PeerSelector {
    /**
     * The default order: peers that answered directly, before peers known through a divert; then by address:
     * link-local, unique local, global, IPv4, name; otherwise in the order in which they were found. URIs and transport
     * protocols other than TCP are skipped.
     */
    PeerSelector DEFAULT = found -> found.stream()
            .filter(peer -> peer.locator().isForSessions())
            .sorted(Comparator.comparing(AsaLocator::diverted).thenComparing(peer -> rank(peer.locator())))
            .toList();

    /**
     * Selects peers, first of the known ones, then of all after a discovery. Called on the node's loop, so it must not
     * block.
     *
     * @param found the peers in the order in which they were found, at least one
     * @return the peers to try, the best first; empty to try none. Links and responders take turns in this order.
     */
    List<AsaLocator> select(List<AsaLocator> found);

    private static int rank(Locator locator) {
        if (locator instanceof Locator.Ipv6 ipv6) {
            if (ipv6.address().isLinkLocalAddress()) {
                return 0;
            }
            return (ipv6.address().getAddress()[0] & 0xFE) == 0xFC ? 1 : 2; // a ULA begins with fc00::/7
        }
        return locator instanceof Locator.Ipv4 ? 3 : 4;
    }
}
