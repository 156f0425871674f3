package io.grasp.security;

import io.grasp.model.PeerRefusal;
import io.grasp.security.RevocationGaps.Kind;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rule 3 of the membership check (RFC 8994 section 6.2.3): what is known about revoked certificates. Threads of its own
 * fetch revocation lists and ask OCSP responders that a certificate with a valid path names. A check does not wait for
 * them: as long as nothing is known, a certificate passes, and when it becomes known as revoked later, the change is
 * notified. The caller may have the first answers awaited before.
 */
final class Revocation implements AutoCloseable {
    private static final int MAX_DOUBLINGS = 6;
    /** The maximum number of sources of which is remembered that they were forgotten. */
    private static final int MAX_FORGOTTEN = 1 << 16;
    /** The maximum number of sources whose problems are reported. */
    private static final int MAX_PROBLEMS = 8;
    /** A source used within this time is in use: open connections are checked again each minute. */
    private static final Duration IN_USE = Duration.ofMinutes(2);

    private final IdentityConfig config;
    private final Runnable changed;
    private final Map<Key, Polling> pollings = new ConcurrentHashMap<>();
    /** Those that are not fetched any more but have revoked certificates. */
    private final Map<Key, RevocationSource> kept = new ConcurrentHashMap<>();
    /** Those whose revocations were forgotten because too many were kept, until their data is fetched again. */
    private final Set<Key> forgotten = ConcurrentHashMap.newKeySet();
    /** Whether more were forgotten than are remembered by name. */
    private volatile boolean hasForgottenMore;

    private final RevocationGaps gaps = new RevocationGaps(System::nanoTime);

    private final Set<HttpFetch> underWay = ConcurrentHashMap.newKeySet();
    // Apart, so that many certificates whose responders are slow do not delay lists.
    private final FetchThreads crlThreads = new FetchThreads("grasp-revocation-lists");
    private final FetchThreads ocspThreads = new FetchThreads("grasp-revocation-ocsp");
    private final HostLookups lookups;
    private volatile boolean closed;

    /** A URL, with the hash of the authority whose list or of the certificate whose status is there. */
    private record Key(URI url, String hash) {}

    /**
     * Knows nothing yet.
     *
     * @param changed called when another certificate has been revoked; it must not block
     */
    Revocation(IdentityConfig config, Runnable changed) {
        this.config = config;
        this.changed = changed;
        this.lookups = new HostLookups(config.resolver, config.maxRevocationSources);
    }

    /** {@return how long to wait after fetches in a row that have failed (RFC 8994 section 6.7)} */
    static Duration backoff(Duration first, int failures) {
        return first.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    }

    /**
     * Requires that no certificate of a path is known as revoked.
     *
     * @param stapled the OCSP responses that came with the path
     * @throws MembershipException if one is
     */
    void require(PathCheck path, List<byte[]> stapled) throws MembershipException {
        for (int i = 0; i < path.path().size(); i++) {
            List<Polling> unused = ask(path.path().get(i), path.issuer(i), i < stapled.size() ? stapled.get(i) : null);
        }
        requireNotKnown(path);
    }

    /**
     * Asks about the certificates of paths, and notifies when each place that they name has answered once, or has
     * failed to.
     *
     * @param answered called once, on this thread or on one of this object's; it must not block
     * @return gives up waiting, and nothing waits for these places any more
     */
    Runnable whenAnswered(List<PathCheck> paths, Runnable answered) {
        List<Polling> waiting = new ArrayList<>();
        for (PathCheck path : paths) {
            for (int i = 0; i < path.path().size(); i++) {
                ask(path.path().get(i), path.issuer(i), null).forEach(waiting::add);
            }
        }
        AtomicInteger left = new AtomicInteger(waiting.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                answered.run();
            }
        };
        waiting.forEach(each -> each.whenAnswered(one));
        if (closed) { // nothing answers any more
            waiting.forEach(Polling::answered);
        }
        one.run();
        return () -> waiting.forEach(Polling::answered);
    }

    /**
     * As {@link #require}, by what is known already: it begins no fetch, so that also a path that has expired may be
     * asked about.
     */
    void requireNotKnown(PathCheck path) throws MembershipException {
        for (int i = 0; i < path.path().size(); i++) {
            X509Certificate certificate = path.path().get(i);
            X509Certificate issuer = path.issuer(i);
            Optional<RevocationSource> revoking = Stream.concat(sources(), kept.values().stream())
                    .filter(source -> source.revokes(certificate, issuer))
                    .findFirst();
            if (revoking.isPresent()) {
                throw revoked(certificate, revoking.get());
            }
        }
    }

    private static MembershipException revoked(X509Certificate certificate, RevocationSource source) {
        String sentence = "the certificate of " + Subjects.of(certificate) + " " + source.verdict() + ", says "
                + Subjects.printable(source.url().toString())
                + " (RFC 8994 section 6.2.3, rule 3): if that is a mistake, issue a new one";
        MembershipException failed = new MembershipException(PeerRefusal.REVOKED, sentence);
        failed.initCause(new CertPathValidatorException(sentence, null, null, -1, BasicReason.REVOKED));
        return failed;
    }

    /**
     * Fetches revocation data from where the certificate says, now and again and again, unless it does so already.
     *
     * @return the places
     */
    private List<Polling> ask(X509Certificate certificate, X509Certificate issuer, byte @Nullable [] stapled) {
        List<Polling> all = new ArrayList<>();
        RevocationPointers pointers = RevocationPointers.of(certificate);
        if (pointers.gap() != null) {
            gaps.found(pointers.gap(), Subjects.of(certificate));
        }
        List<URI> lists = pointers.lists();
        if (!lists.isEmpty()) {
            String authority = authority(issuer);
            for (URI each : lists) {
                all.add(polling(new Key(each, authority), crlThreads, () -> new CrlSource(each, issuer)));
            }
        }
        List<URI> responders = pointers.responders();
        if (!responders.isEmpty()) {
            String fingerprint = Identity.fingerprint(certificate);
            for (URI each : responders) {
                Polling polling = polling(
                        new Key(each, fingerprint), ocspThreads, () -> new OcspSource(each, certificate, issuer));
                all.add(polling);
                if (stapled != null && stapled.length > 0) {
                    acceptStapled(polling, stapled);
                }
            }
        }
        return all;
    }

    /** An authority may have several certificates for its key; only some may permit it to sign lists. */
    private static String authority(X509Certificate certificate) {
        MessageDigest digest = CredentialFiles.sha256();
        digest.update(certificate.getSubjectX500Principal().getEncoded());
        digest.update(certificate.getPublicKey().getEncoded());
        digest.update((byte) (CrlSource.maySignLists(certificate) ? 1 : 0));
        return HexFormat.of().formatHex(digest.digest());
    }

    private void acceptStapled(Polling polling, byte[] response) {
        try {
            Instant unused = polling.accept(response);
        } catch (RevocationDataException unusable) {
            // As if there were none: the responder is asked.
        }
    }

    private @Nullable Instant now() {
        return config.clockTrusted ? config.clock.instant() : null;
    }

    private Polling polling(Key key, FetchThreads threads, Supplier<RevocationSource> creator) {
        Polling polling = pollings.computeIfAbsent(key, first -> {
            RevocationSource known = kept.remove(first);
            Polling created = new Polling(first, known == null ? creator.get() : known, threads);
            threads.execute(first.url(), created);
            return created;
        });
        polling.source.lastUse = System.nanoTime();
        if (pollings.size() > config.maxRevocationSources) {
            endOldest();
        }
        return polling;
    }

    /** Ends the fetches from the source that has not been used for longest, and keeps what it has revoked. */
    private void endOldest() {
        oldest(pollings, polling -> polling.source)
                .ifPresent(oldest -> pollings.computeIfPresent(oldest, (key, polling) -> {
                    if (polling.source.revocations() > 0) {
                        kept.put(key, polling.source);
                    }
                    if (System.nanoTime() - polling.source.lastUse < IN_USE.toNanos()) {
                        gaps.found(Kind.TOO_MANY_SOURCES, String.valueOf(config.maxRevocationSources));
                    }
                    polling.end();
                    return null;
                }));
        forgetExcess();
    }

    private void forgetExcess() {
        while (kept.values().stream().mapToLong(RevocationSource::revocations).sum() > config.maxKeptRevocations) {
            oldest(kept, source -> source)
                    .ifPresent(oldest -> kept.computeIfPresent(oldest, (key, source) -> {
                        if (forgotten.size() < MAX_FORGOTTEN) {
                            forgotten.add(key);
                        } else {
                            hasForgottenMore = true;
                        }
                        return null;
                    }));
        }
    }

    private static <V> Optional<Key> oldest(Map<Key, V> among, Function<V, RevocationSource> source) {
        long now = System.nanoTime();
        return among.entrySet().stream()
                .max(Comparator.comparingLong(entry -> now - source.apply(entry.getValue()).lastUse))
                .map(Map.Entry::getKey);
    }

    /** Fetches from a source again and again, until it is ended. */
    private final class Polling implements Runnable {
        private final Key key;
        final RevocationSource source;
        private final FetchThreads threads;
        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private volatile boolean isAnswered;
        private volatile boolean isEnded;
        private volatile @Nullable ScheduledFuture<?> next;

        Polling(Key key, RevocationSource source, FetchThreads threads) {
            this.key = key;
            this.source = source;
            this.threads = threads;
        }

        @Override
        public void run() {
            Duration wait = config.revocationRefresh;
            try {
                if (!isEnded) {
                    wait = fetch();
                }
            } finally {
                next = threads.schedule(source.url(), this, wait);
                if (isEnded) {
                    end();
                }
            }
        }

        /** {@return how long to wait until the next fetch} */
        Duration fetch() {
            HttpFetch request =
                    new HttpFetch(source.url(), lookups, config.maxRevocationBytes, config.revocationTimeout);
            underWay.add(request);
            try {
                if (threads.isClosed()) {
                    return config.revocationRetry; // not to be used
                }
                return succeeded(source, accept(source.fetch(request)));
            } catch (IOException e) {
                return failed(source, "could not be fetched: " + Subjects.printable(String.valueOf(e.getMessage())));
            } catch (RevocationDataException e) {
                return failed(source, "was not taken: " + e.getMessage());
            } catch (RuntimeException | StackOverflowError e) {
                return failed(source, "could not be fetched: " + Subjects.printable(e.toString()));
            } finally {
                underWay.remove(request);
                request.close();
                answered();
            }
        }

        void whenAnswered(Runnable task) {
            waiting.add(task);
            if (isAnswered) {
                answered();
            }
        }

        /** The first fetch has ended, or takes too long, or there will be none. */
        void answered() {
            isAnswered = true;
            for (Runnable each = waiting.poll(); each != null; each = waiting.poll()) {
                each.run();
            }
        }

        /** {@return when newer data will be there; {@code null} if it does not say} */
        @Nullable
        Instant accept(byte[] received) throws RevocationDataException {
            RevocationSource.Outcome outcome = source.accept(received, now());
            pollings.computeIfPresent(key, (same, present) -> {
                if (present == this) { // otherwise what it knows may be forgotten at this moment
                    forgotten.remove(key);
                }
                return present;
            });
            if (outcome.isNew()) {
                changed.run();
            }
            answered();
            return outcome.nextUpdate();
        }

        void end() {
            isEnded = true;
            answered();
            ScheduledFuture<?> scheduled = next;
            if (scheduled != null) {
                scheduled.cancel(false);
            }
            threads.remove(source.url(), this);
        }
    }

    /** {@return how long to wait until the next fetch} */
    Duration succeeded(RevocationSource source, @Nullable Instant nextUpdate) {
        source.hasBeenFetched = true;
        Instant now = now();
        if (now != null && nextUpdate != null && nextUpdate.isBefore(now)) {
            return failed(source, "is out of date since " + nextUpdate + ": the authority must publish a new one");
        }
        source.failures.set(0);
        source.problem = null;
        if (now == null || nextUpdate == null) {
            return config.revocationRefresh;
        }
        Duration untilNext = Duration.between(now, nextUpdate).plusSeconds(1);
        return min(untilNext, config.revocationRefresh);
    }

    /**
     * {@return how long to wait until the next fetch} A source that has worked is asked again soon enough to notice a
     * revocation in time once it works again.
     */
    Duration failed(RevocationSource source, String what) {
        RevocationSource.Problem known = source.problem;
        source.problem = new RevocationSource.Problem(
                "revocation data at " + Subjects.printable(source.url().toString()) + " " + what
                        + "; until then it is not known what that authority has revoked since",
                known == null ? System.nanoTime() : known.since());
        Duration pause = backoff(config.revocationRetry, source.failures.incrementAndGet());
        return source.hasBeenFetched ? min(pause, max(config.revocationRefresh, config.revocationRetry)) : pause;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private Stream<RevocationSource> sources() {
        return pollings.values().stream().map(polling -> polling.source);
    }

    /**
     * {@return why it may not be known that a certificate has been revoked; sentences, the gravest first, of those
     * about sources the oldest first} Beyond a maximum, sources are not named.
     */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (hasForgottenMore || !forgotten.isEmpty()) {
            problems.add("certificates name more than " + config.maxRevocationSources + " sources of revocation data,"
                    + " and some that had revoked certificates were forgotten; these are accepted until the data has"
                    + " been fetched again: the settings of the identity can permit more sources");
        }
        problems.addAll(gaps.sentences());
        long now = System.nanoTime();
        List<String> failing = sources()
                .flatMap(source -> Stream.ofNullable(source.problem))
                .sorted(Comparator.comparingLong((RevocationSource.Problem each) -> each.since() - now)
                        .thenComparing(RevocationSource.Problem::sentence))
                .map(RevocationSource.Problem::sentence)
                .distinct()
                .toList();
        if (failing.size() <= MAX_PROBLEMS) {
            problems.addAll(failing);
        } else {
            problems.addAll(failing.subList(0, MAX_PROBLEMS));
            problems.add("the same holds for more sources of revocation data, which are not named here");
        }
        return problems;
    }

    int failures() {
        return sources().mapToInt(source -> source.failures.get()).max().orElse(0);
    }

    int size() {
        return pollings.size();
    }

    /** Fetches from all sources once more, after what is under way, and waits for them; for tests. */
    void fetchAllNow() throws InterruptedException, ExecutionException {
        List<Future<?>> running = new ArrayList<>();
        for (Polling each : pollings.values()) {
            FutureTask<Duration> task = new FutureTask<>(each::fetch);
            each.threads.execute(each.source.url(), task);
            running.add(task);
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @Override
    public void close() {
        closed = true;
        crlThreads.close();
        ocspThreads.close();
        lookups.close();
        underWay.forEach(HttpFetch::close);
        pollings.values().forEach(Polling::answered);
    }
}
