package io.grasp.security;

import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A place where revocation data is fetched again and again, and what is known from there. */
abstract class RevocationSource {
    private final URI url;

    /** When it was last asked for, by {@code System.nanoTime}. */
    volatile long lastUse = System.nanoTime();
    /** Why the last fetch has failed; {@code null} if it has not. */
    volatile @Nullable Problem problem;
    /** Whether a fetch has ever brought data that could be used. */
    volatile boolean hasBeenFetched;
    /** The fetches in a row that have failed. */
    final AtomicInteger failures = new AtomicInteger();

    /**
     * Why fetches fail.
     *
     * @param sentence what was wrong the last time
     * @param since when the first of those in a row has failed, by {@code System.nanoTime}
     */
    record Problem(String sentence, long since) {}

    RevocationSource(URI url) {
        this.url = url;
    }

    URI url() {
        return url;
    }

    /**
     * What data has brought.
     *
     * @param isNew whether it revokes other certificates than before
     * @param nextUpdate when newer data will be there; {@code null} if it does not say
     */
    record Outcome(boolean isNew, @Nullable Instant nextUpdate) {}

    /** {@return whether a certificate is known to be revoked by its authority, or not to be one of its authority's} */
    abstract boolean revokes(X509Certificate certificate, X509Certificate issuer);

    /** {@return what is wrong with a certificate that it revokes, for people} */
    String verdict() {
        return "has been revoked by its authority";
    }

    /** {@return how many certificates are known to be revoked} */
    abstract int revocations();

    /** Fetches the data; blocks. */
    abstract byte[] fetch(HttpFetch request) throws IOException;

    /**
     * Takes fetched data.
     *
     * @param now the time; {@code null} if it is not known
     * @throws RevocationDataException if it cannot be used
     */
    final Outcome accept(byte[] received, @Nullable Instant now) throws RevocationDataException {
        try {
            return take(received, now);
        } catch (RuntimeException | StackOverflowError thrown) {
            // The JDK's parsers throw both for some encodings, before any signature is verified.
            throw new RevocationDataException("it cannot be read: " + Subjects.printable(thrown.toString()));
        }
    }

    /** As {@link #accept}, but encodings that are not valid may also make it throw what the JDK throws. */
    abstract Outcome take(byte[] received, @Nullable Instant now) throws RevocationDataException;
}
