package io.grasp.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Paths to some trust anchors that were found valid, so that checking a peer again verifies no signature: peers are
 * checked once more when revocation data changes, all at one time. Time and revocation are no part of it.
 */
final class ValidPaths {
    /** In each of two generations. */
    private static final int MAX_PATHS = 512;

    private final List<X509Certificate> anchors;
    private volatile Map<List<X509Certificate>, PathCheck> recent = new ConcurrentHashMap<>();
    private volatile Map<List<X509Certificate>, PathCheck> earlier = Map.of();

    ValidPaths(List<X509Certificate> anchors) {
        this.anchors = anchors;
    }

    /** {@return the path of a chain, see {@link PathCheck#of}} */
    PathCheck of(List<X509Certificate> chain) throws MembershipException {
        PathCheck known = recent.get(chain);
        if (known != null) {
            return known;
        }
        known = earlier.get(chain);
        PathCheck path = known == null ? PathCheck.of(chain, anchors) : known;
        Map<List<X509Certificate>, PathCheck> generation = recent;
        if (generation.size() >= MAX_PATHS) {
            earlier = generation;
            generation = new ConcurrentHashMap<>();
            recent = generation;
        }
        generation.put(List.copyOf(chain), path);
        return path;
    }
}
