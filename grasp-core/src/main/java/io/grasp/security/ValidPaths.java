package io.grasp.security;

import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Paths to some trust anchors that were found valid, so that checking a peer again verifies no signature: peers are
 * checked once more when revocation data changes, all at one time. Time and revocation are no part of it.
 *
 * <p>Of a chain only a hash is kept: a member may send certificates that do not belong to its path.
 */
final class ValidPaths {
    /** In each of two generations. */
    private static final int MAX_PATHS = 512;
    /** The encoded certificates of the paths, in each of two generations. */
    private static final int MAX_BYTES = 1 << 20;

    private final List<X509Certificate> anchors;
    private final int maxBytes;
    private volatile Generation recent = new Generation();
    private volatile Generation earlier = new Generation();

    private static final class Generation {
        /** By the hash of the chain. */
        final Map<String, List<PathCheck>> paths = new ConcurrentHashMap<>();

        final AtomicLong bytes = new AtomicLong();
    }

    ValidPaths(List<X509Certificate> anchors) {
        this(anchors, MAX_BYTES);
    }

    ValidPaths(List<X509Certificate> anchors, int maxBytes) {
        this.anchors = anchors;
        this.maxBytes = maxBytes;
    }

    /** {@return the paths of a chain, see {@link PathCheck#of}} */
    List<PathCheck> of(List<X509Certificate> chain) throws MembershipException {
        String hash = hash(chain);
        List<PathCheck> known = recent.paths.get(hash);
        if (known != null) {
            return known;
        }
        known = earlier.paths.get(hash);
        List<PathCheck> paths = known == null ? PathCheck.of(chain, anchors) : known;
        keep(hash, paths);
        return paths;
    }

    private void keep(String hash, List<PathCheck> paths) {
        long size = 0;
        for (PathCheck path : paths) {
            for (X509Certificate each : path.path()) {
                size += encoded(each).length;
            }
        }
        if (size > maxBytes) {
            return;
        }
        Generation generation = recent;
        if (generation.paths.size() >= MAX_PATHS || generation.bytes.get() + size > maxBytes) {
            earlier = generation;
            generation = new Generation();
            recent = generation;
        }
        if (generation.paths.put(hash, paths) == null) {
            generation.bytes.addAndGet(size);
        }
    }

    private static String hash(List<X509Certificate> chain) {
        MessageDigest digest = CredentialFiles.sha256();
        for (X509Certificate each : chain) {
            digest.update(encoded(each)); // DER says where it ends
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e); // it was decoded
        }
    }

    /** {@return the size of the encoded certificates that are kept; for tests} */
    long bytes() {
        return recent.bytes.get() + earlier.bytes.get();
    }
}
