package io.grasp.security;

import io.grasp.model.PeerRefusal;
import java.io.IOException;
import java.net.URI;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rule 3 of the membership check (RFC 8994 section 6.2.3): what is known about revoked certificates. Threads of its own
 * fetch revocation lists and ask OCSP responders that a certificate with a valid path names. A check does not wait for
 * them: as long as nothing is known, a certificate passes, and when it becomes known as revoked later, the change is
 * notified.
 */
final class Revocation implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int MAX_DOUBLINGS = 6;

    private final IdentityConfig config;
    private final Runnable changed;
    private final Map<Key, RevocationSource> sources = new ConcurrentHashMap<>();
    private final Set<HttpFetch> underWay = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor workers;

    /** A URL, with the certificate whose issuer's list or whose own status is there. */
    private record Key(URI url, String fingerprint) {}

    /**
     * Knows nothing yet.
     *
     * @param changed called by a thread of this object when another certificate has been revoked
     */
    Revocation(IdentityConfig config, Runnable changed) {
        this.config = config;
        this.changed = changed;
        AtomicInteger number = new AtomicInteger();
        workers = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "grasp-revocation-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        workers.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // after close
        workers.setRemoveOnCancelPolicy(true);
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
            X509Certificate certificate = path.path().get(i);
            for (RevocationSource source :
                    sources(certificate, path.issuer(i), i < stapled.size() ? stapled.get(i) : null)) {
                if (source.revokes(certificate)) {
                    throw revoked(certificate, source);
                }
            }
        }
    }

    private static MembershipException revoked(X509Certificate certificate, RevocationSource source) {
        String sentence = "the certificate of " + Subjects.of(certificate) + " has been revoked by its authority, says "
                + Subjects.printable(source.url().toString())
                + " (RFC 8994 section 6.2.3, rule 3): if that is a mistake, issue a new one";
        MembershipException failed = new MembershipException(PeerRefusal.REVOKED, sentence);
        failed.initCause(new CertPathValidatorException(sentence, null, null, -1, BasicReason.REVOKED));
        return failed;
    }

    private List<RevocationSource> sources(
            X509Certificate certificate, X509Certificate issuer, byte @Nullable [] stapled) {
        List<RevocationSource> found = new ArrayList<>();
        List<URI> lists = RevocationPointers.crls(certificate);
        if (!lists.isEmpty()) {
            String fingerprint = Identity.fingerprint(issuer);
            for (URI each : lists) {
                found.add(source(new Key(each, fingerprint), () -> new CrlSource(each, issuer)));
            }
        }
        List<URI> responders = RevocationPointers.ocspResponders(certificate);
        if (!responders.isEmpty()) {
            String fingerprint = Identity.fingerprint(certificate);
            for (URI each : responders) {
                RevocationSource source =
                        source(new Key(each, fingerprint), () -> new OcspSource(each, certificate, issuer));
                if (stapled != null && stapled.length > 0) {
                    acceptStapled(source, stapled);
                }
                found.add(source);
            }
        }
        return found;
    }

    private void acceptStapled(RevocationSource source, byte[] response) {
        try {
            if (source.accept(response, now()).isNew()) {
                workers.execute(changed);
            }
        } catch (RevocationDataException unusable) {
            // As if there were none: the responder is asked.
        }
    }

    private @Nullable Instant now() {
        return config.clockTrusted ? config.clock.instant() : null;
    }

    private RevocationSource source(Key key, Supplier<RevocationSource> creator) {
        RevocationSource source = sources.computeIfAbsent(key, first -> {
            RevocationSource created = creator.get();
            workers.execute(() -> fetch(created));
            return created;
        });
        source.lastUse = System.nanoTime();
        if (sources.size() > config.maxRevocationSources) {
            forgetOldest();
        }
        return source;
    }

    private void forgetOldest() {
        long now = System.nanoTime();
        sources.entrySet().stream()
                .max(Comparator.comparingLong(entry -> now - entry.getValue().lastUse))
                .ifPresent(oldest -> {
                    oldest.getValue().isForgotten = true;
                    sources.remove(oldest.getKey(), oldest.getValue());
                });
    }

    /** Fetches from a source, and again later. */
    private void fetch(RevocationSource source) {
        if (source.isForgotten) {
            return;
        }
        Duration wait = config.revocationRefresh;
        try {
            wait = fetchOnce(source);
        } finally {
            ScheduledFuture<?> unused = workers.schedule(() -> fetch(source), wait.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** {@return how long to wait until the next fetch} */
    private Duration fetchOnce(RevocationSource source) {
        HttpFetch request = new HttpFetch(source.url(), config.maxRevocationBytes, config.revocationTimeout);
        underWay.add(request);
        try {
            if (workers.isShutdown()) {
                return config.revocationRetry; // not to be used
            }
            RevocationSource.Outcome outcome = source.accept(source.fetch(request), now());
            if (outcome.isNew()) {
                changed.run();
            }
            return succeeded(source, outcome.nextUpdate());
        } catch (IOException e) {
            return failed(source, "could not be fetched: " + Subjects.printable(String.valueOf(e.getMessage())));
        } catch (RevocationDataException e) {
            return failed(source, "was not taken: " + e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            return failed(source, "could not be fetched: " + Subjects.printable(e.toString()));
        } finally {
            underWay.remove(request);
            request.close();
        }
    }

    private Duration succeeded(RevocationSource source, @Nullable Instant nextUpdate) {
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
        return untilNext.compareTo(config.revocationRefresh) < 0 ? untilNext : config.revocationRefresh;
    }

    private Duration failed(RevocationSource source, String what) {
        source.problem = "revocation data at " + Subjects.printable(source.url().toString()) + " " + what;
        return backoff(config.revocationRetry, source.failures.incrementAndGet());
    }

    /** {@return what is wrong with the places that revocation data comes from; sentences without an end} */
    List<String> problems() {
        return sources.values().stream()
                .flatMap(source -> Stream.ofNullable(source.problem))
                .sorted()
                .toList();
    }

    int failures() {
        return sources.values().stream()
                .mapToInt(source -> source.failures.get())
                .max()
                .orElse(0);
    }

    int size() {
        return sources.size();
    }

    /** Fetches from all sources now, and waits for them; for tests. */
    void fetchAllNow() throws InterruptedException, ExecutionException {
        List<Future<?>> running = new ArrayList<>();
        for (RevocationSource each : sources.values()) {
            running.add(workers.submit(() -> fetchOnce(each)));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
        underWay.forEach(HttpFetch::close);
    }
}
