package io.grasp.security;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Why the revocation of some certificates in use is not looked for: one sentence for each kind of reason, as long as
 * it is found again. It is, because the certificates of open connections, and the own one, are checked again each
 * minute.
 */
final class RevocationGaps {
    /** A gap that has not been found again for this time has ended. */
    private static final Duration LASTS = Duration.ofMinutes(10);

    private static final String REMEDY =
            ", so that it is not known whether it has been revoked: its authority must name"
                    + " http URLs in the certificates that it issues";

    /** The kinds, the gravest first. */
    enum Kind {
        /** More sources are in use than are fetched from. */
        TOO_MANY_SOURCES("the certificates in use name more than %s sources of revocation data, which are not all"
                + " fetched again, so that a member may have been revoked without this node noticing it: the"
                + " settings of the identity can permit more"),
        /** An extension that cannot be read. */
        MALFORMED("the certificate of %s says where its revocation is published in an extension that is malformed"
                + REMEDY),
        /** URLs that are not HTTP, or names that are no URLs. */
        OTHER_PROTOCOL("the certificate of %s names no http URL where its revocation is published, only others (https"
                + " or ldap, for example)" + REMEDY),
        /** HTTP URLs that have no usable host, or are malformed. */
        INVALID_URL("the certificate of %s names only URLs where its revocation is published that are malformed or have"
                + " no usable host" + REMEDY),
        /** Distribution points of lists that say less than is needed. */
        PARTIAL_LISTS("the certificate of %s names only revocation lists for some reasons, of another issuer, or"
                + " without a URL" + REMEDY);

        private final String format;

        Kind(String format) {
            this.format = format;
        }
    }

    private final LongSupplier nanoTime;
    private final Map<Kind, Gap> gaps = new ConcurrentHashMap<>();

    private record Gap(String sentence, long lastFound) {}

    RevocationGaps(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Remembers a gap, unless another one of the same kind lasts.
     *
     * @param at the certificate, as a sentence names it, or the number of sources
     */
    void found(Kind kind, String at) {
        String sentence = kind.format.formatted(at);
        long now = nanoTime.getAsLong();
        gaps.compute(
                kind,
                (same, known) -> known == null || hasEnded(known, now) || known.sentence.equals(sentence)
                        ? new Gap(sentence, now)
                        : known);
    }

    private static boolean hasEnded(Gap gap, long now) {
        return now - gap.lastFound > LASTS.toNanos();
    }

    /** {@return the sentences about the gaps that last} */
    List<String> sentences() {
        long now = nanoTime.getAsLong();
        return gaps.entrySet().stream()
                .filter(each -> !hasEnded(each.getValue(), now))
                .sorted(Map.Entry.comparingByKey())
                .map(each -> each.getValue().sentence)
                .toList();
    }
}
