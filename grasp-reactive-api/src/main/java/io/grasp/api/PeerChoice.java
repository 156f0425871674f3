package io.grasp.api;

import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Which of the peers that a discovery found are asked, and in which order: the next one is asked only if the one before
 * cannot be reached. See {@link Asa#withPeerChoice}.
 */
@FunctionalInterface
public interface PeerChoice {
    /**
     * Whom a node asks that nobody told otherwise: who answered for itself before who was told of by others, then by
     * address, a link-local one before a ULA, a global one, an IPv4 address and a name, and otherwise the one found
     * first. URIs and other transport protocols than TCP are left out.
     */
    PeerChoice STANDARD = found -> found.stream()
            .filter(peer -> Objects.equals(peer.locator().protocol(), Locator.TCP))
            .filter(peer -> !(peer.locator() instanceof Locator.Uri))
            .sorted(Comparator.comparing(AsaLocator::diverted).thenComparing(peer -> rank(peer.locator())))
            .toList();

    /**
     * Chooses. Called on the node's loop, so it must not block.
     *
     * @param found the peers in the order in which they were found, at least one
     * @return whom to ask, the best first; empty for nobody
     */
    List<AsaLocator> choose(List<AsaLocator> found);

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
