package io.grasp.security;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link Identity}: where its certificate, key and trust anchors come from, and how they are kept up
 * to date. Immutable: each {@code with...} returns a changed copy.
 *
 * <p>A supplier of a password is called each time the key is read, and the array that it returns is overwritten after
 * use: it must return a new one each time. If it fails, the earlier key stays in use, and it is called again after
 * {@link #withReloadInterval}; the message of an {@link java.io.UncheckedIOException} is reported, so it must not
 * contain the password.
 */
public final class IdentityConfig {
    private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
    private static final Duration MAX_INTERVAL = Duration.ofDays(7);
    private static final Duration MAX_WAIT = Duration.ofMinutes(10);

    // Set only on a fresh copy, before it is returned.
    private final Origin origin;
    List<Path> anchorFiles = List.of();

    @Nullable
    Supplier<char[]> keyPassword;

    Clock clock = Clock.systemUTC();
    boolean clockTrusted = true;
    Duration reloadInterval = Duration.ofSeconds(10);
    Duration revocationRefresh = Duration.ofMinutes(5);
    Duration revocationTimeout = Duration.ofSeconds(10);
    Duration revocationWait = Duration.ofSeconds(2);
    /** RFC 8994 section 6.7. */
    Duration revocationRetry = Duration.ofSeconds(10);

    int maxRevocationBytes = 1 << 20;
    int maxRevocationSources = 256;
    /** The maximum number of revocations that are kept of sources that are not remembered any more. */
    int maxKeptRevocations = 1 << 16;

    HostLookups.Resolver resolver = InetAddress::getAllByName;

    /** What a configuration was made from. */
    private sealed interface Origin {}

    private record PemOrigin(Path chain, Path key) implements Origin {}

    private record Pkcs12Origin(Path store, Supplier<char[]> password) implements Origin {}

    private record ObjectOrigin(Credentials credentials) implements Origin {}

    private IdentityConfig(Origin origin) {
        this.origin = origin;
    }

    private IdentityConfig(IdentityConfig original) {
        origin = original.origin;
        anchorFiles = original.anchorFiles;
        keyPassword = original.keyPassword;
        clock = original.clock;
        clockTrusted = original.clockTrusted;
        reloadInterval = original.reloadInterval;
        revocationRefresh = original.revocationRefresh;
        revocationTimeout = original.revocationTimeout;
        revocationWait = original.revocationWait;
        revocationRetry = original.revocationRetry;
        maxRevocationBytes = original.maxRevocationBytes;
        maxRevocationSources = original.maxRevocationSources;
        maxKeptRevocations = original.maxKeptRevocations;
        resolver = original.resolver;
    }

    /**
     * {@return an identity from PEM files}
     *
     * @param chain the node's certificate, followed by the intermediate ones
     * @param key the key in PKCS#8, which may be encrypted, see {@link #withKeyPassword}
     * @param anchors the trust anchors, one or several certificates in each file
     */
    public static IdentityConfig pem(Path chain, Path key, Path... anchors) {
        IdentityConfig config = new IdentityConfig(
                new PemOrigin(Objects.requireNonNull(chain, "chain"), Objects.requireNonNull(key, "key")));
        return config.withAnchors(anchors);
    }

    /**
     * {@return an identity from a PKCS#12 store} It holds one key with its chain. Its trusted certificates are the
     * trust anchors; if it has none, the self-signed certificate at the end of the chain is. {@link #withAnchors} adds
     * others.
     *
     * @param store the file
     * @param password supplies the password of the store and of its key
     */
    public static IdentityConfig pkcs12(Path store, Supplier<char[]> password) {
        return new IdentityConfig(
                new Pkcs12Origin(Objects.requireNonNull(store, "store"), Objects.requireNonNull(password, "password")));
    }

    /**
     * {@return an identity from given objects, which do not change}
     *
     * @param chain the node's certificate, followed by the intermediate ones
     * @param key its key
     * @param anchors the certificates of the trust anchors
     */
    public static IdentityConfig of(List<X509Certificate> chain, PrivateKey key, Collection<X509Certificate> anchors) {
        if (chain.isEmpty() || anchors.isEmpty()) {
            throw new IllegalArgumentException("a certificate and a trust anchor are needed");
        }
        return new IdentityConfig(
                new ObjectOrigin(new Credentials(chain, Objects.requireNonNull(key, "key"), List.copyOf(anchors))));
    }

    /**
     * {@return these settings with files of trust anchors, in PEM} For a PKCS#12 store they are added to those of the
     * store.
     *
     * @param anchors the files, one or several certificates in each
     * @throws IllegalStateException if the identity is made from given objects
     */
    public IdentityConfig withAnchors(Path... anchors) {
        if (origin instanceof ObjectOrigin) {
            throw new IllegalStateException("an identity from given objects reads no files");
        }
        List<Path> files = List.of(anchors);
        return changed(copy -> copy.anchorFiles = files);
    }

    /**
     * {@return these settings with the password of an encrypted PEM key}
     *
     * @param password supplies it
     */
    public IdentityConfig withKeyPassword(Supplier<char[]> password) {
        Supplier<char[]> valid = Objects.requireNonNull(password, "password");
        return changed(copy -> copy.keyPassword = valid);
    }

    /**
     * {@return these settings with another clock, by which certificates are valid or have expired} Default: the
     * system's.
     *
     * @param clock the clock
     */
    public IdentityConfig withClock(Clock clock) {
        Clock valid = Objects.requireNonNull(clock, "clock");
        return changed(copy -> copy.clock = valid);
    }

    /**
     * {@return these settings for a node that does not know the time yet} Validity times are not checked (RFC 8994
     * section 6.2.3.1). The RFC allows that only until the node has learned the time.
     */
    public IdentityConfig withUntrustedClock() {
        return changed(copy -> copy.clockTrusted = false);
    }

    /**
     * {@return these settings with another time between two looks at the files} Default: 10 s.
     *
     * @param interval the time, 100 ms to 7 days
     */
    public IdentityConfig withReloadInterval(Duration interval) {
        Duration valid = between(interval, MIN_INTERVAL, MAX_INTERVAL, "reload interval");
        return changed(copy -> copy.reloadInterval = valid);
    }

    /**
     * {@return these settings with another time after which a revocation list or an OCSP response is fetched again}
     * Default: 5 minutes. It is also the longest time, but for that of the transfer, for which a revoked peer is not
     * noticed while its authority's server can be reached. A list that ends earlier is fetched again when it ends.
     *
     * <p>After a failure a server is asked again after 10 s, then after twice that and so on (RFC 8994 section 6.7), at
     * most after this time or 10 s, whichever is longer; from where nothing has ever been fetched, at most after 640 s.
     *
     * @param interval the time, 100 ms to 7 days
     */
    public IdentityConfig withRevocationRefresh(Duration interval) {
        Duration valid = between(interval, MIN_INTERVAL, MAX_INTERVAL, "revocation refresh");
        return changed(copy -> copy.revocationRefresh = valid);
    }

    /**
     * {@return these settings with another time for which a new connection waits until it is known whether the peer's
     * certificates have been revoked} Default: 2 s. It waits only for the first answer from each place that the
     * certificates name. If there is none in this time, or a fetch fails, the peer is taken as a member until more is
     * known (RFC 8994 section 6.2.3, rule 3).
     *
     * @param time the time, at most 10 minutes; zero if connections do not wait
     */
    public IdentityConfig withRevocationWait(Duration time) {
        Duration valid = between(time, Duration.ZERO, MAX_WAIT, "revocation wait");
        return changed(copy -> copy.revocationWait = valid);
    }

    /**
     * {@return these settings with another maximum time of one fetch of revocation data} Default: 10 s. It includes the
     * time for resolving the server's name.
     *
     * @param timeout the time, 100 ms to 10 minutes
     */
    public IdentityConfig withRevocationTimeout(Duration timeout) {
        Duration valid = between(timeout, MIN_INTERVAL, MAX_WAIT, "revocation timeout");
        return changed(copy -> copy.revocationTimeout = valid);
    }

    /** {@return these settings with another time until the first retry of a fetch that has failed; for tests} */
    IdentityConfig withRevocationRetry(Duration delay) {
        return changed(copy -> copy.revocationRetry = delay);
    }

    /**
     * {@return these settings with another maximum size of a revocation list or OCSP response} Default: 1 MiB.
     *
     * @param bytes the size
     */
    public IdentityConfig withMaxRevocationBytes(int bytes) {
        int valid = positive(bytes, "maximum of revocation bytes");
        return changed(copy -> copy.maxRevocationBytes = valid);
    }

    /**
     * {@return these settings with another maximum number of URLs of revocation lists that are remembered, and of
     * certificates whose OCSP status is} Default: 256. Only URLs in certificates that an authority of this node has
     * issued count. Beyond it, the one not used for longest is not fetched any more until it is used again, which
     * {@link io.grasp.model.IdentityStatus#problems} reports if it is in use; what it revokes remains revoked.
     *
     * @param sources the number
     */
    public IdentityConfig withMaxRevocationSources(int sources) {
        int valid = positive(sources, "maximum of revocation sources");
        return changed(copy -> copy.maxRevocationSources = valid);
    }

    /** {@return these settings with another number of revocations that are kept; for tests} */
    IdentityConfig withMaxKeptRevocations(int revocations) {
        return changed(copy -> copy.maxKeptRevocations = revocations);
    }

    /** {@return these settings with another resolver of the host names of servers; for tests} */
    IdentityConfig withResolver(HostLookups.Resolver other) {
        return changed(copy -> copy.resolver = other);
    }

    private IdentityConfig changed(Consumer<IdentityConfig> change) {
        IdentityConfig copy = new IdentityConfig(this);
        change.accept(copy);
        return copy;
    }

    private static Duration between(Duration value, Duration least, Duration most, String name) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + " is not " + least.toMillis() + " to " + most.toMillis() + " ms: " + value);
        }
        return value;
    }

    private static int positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is not positive: " + value);
        }
        return value;
    }

    CredentialSource source() {
        if (origin instanceof PemOrigin pem) {
            return new PemSource(pem.chain(), pem.key(), keyPassword, anchorFiles);
        }
        if (origin instanceof Pkcs12Origin pkcs12) {
            return new Pkcs12Source(pkcs12.store(), pkcs12.password(), anchorFiles);
        }
        return new GivenSource(((ObjectOrigin) origin).credentials());
    }

    private record GivenSource(Credentials credentials) implements CredentialSource {
        @Override
        public Credentials load() {
            return credentials;
        }

        @Override
        public @Nullable String contentHash() {
            return null;
        }
    }

    /** {@return where the identity comes from, without any secret} */
    @Override
    public String toString() {
        if (origin instanceof PemOrigin pem) {
            return "IdentityConfig[chain=" + pem.chain() + ", key=" + pem.key() + ", anchors=" + anchorFiles + "]";
        }
        if (origin instanceof Pkcs12Origin pkcs12) {
            return "IdentityConfig[store=" + pkcs12.store() + ", anchors=" + anchorFiles + "]";
        }
        return "IdentityConfig[" + ((ObjectOrigin) origin).credentials() + "]";
    }
}
