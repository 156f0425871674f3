package io.grasp.security;

import io.grasp.model.AcpNodeName;
import io.grasp.model.IdentityStatus;
import io.grasp.model.IdentityStatus.Expiry;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.security.CredentialSource.UnusableCredentialsException;
import io.grasp.security.IdentityFinding.Check;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A node's certificate, key and trust anchors from files or objects, kept up to date. A thread of its own reads files
 * that have changed and notices when the certificate expires; {@link #close} ends it.
 *
 * <p>New files are taken only together and if they are consistent; until then the earlier ones stay in use, and
 * {@link #status} says what is wrong with the new ones.
 */
public final class Identity implements NodeIdentity {
    /** No certificate of an ACP is older than RFC 8994. */
    private static final Instant EARLIEST = Instant.parse("2021-05-20T00:00:00Z");

    private static final int MAX_CHAIN = 10;
    private static final long MIN_WAIT_MILLIS = 20;

    private final IdentityConfig config;
    private final CredentialSource source;
    private final TlsEngines engines = new TlsEngines(new MembershipCheck(this));
    private final List<Registration> registrations = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor worker;
    private final Revocation revocation;

    /** When the first certificate of a peer that was checked expires. */
    private final AtomicReference<Instant> peerExpiry = new AtomicReference<>(Instant.MAX);

    private volatile OwnCheck own;
    /** What is wrong with files that were not taken. */
    private volatile @Nullable String reloadProblem;

    private final SteadyFindings ownFindings = new SteadyFindings();
    private final SteadyFindings newFindings = new SteadyFindings();

    // Used by the worker only, after the constructor.
    private @Nullable String contentHash;
    private Notified notified;

    /** One registration of a listener: the same listener may have several. */
    private static final class Registration {
        final Runnable listener;

        Registration(Runnable listener) {
            this.listener = listener;
        }
    }

    /** What listeners have been notified of. */
    private record Notified(Credentials credentials, IdentityStatus status) {}

    private Identity(IdentityConfig config, CredentialSource source, @Nullable String contentHash, OwnCheck own) {
        this.config = config;
        this.source = source;
        this.contentHash = contentHash;
        this.own = own;
        worker = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "grasp-identity");
            thread.setDaemon(true);
            return thread;
        });
        worker.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // after close
        revocation = new Revocation(config, () -> worker.execute(this::revocationChanged));
        notified = present();
    }

    /**
     * Reads and checks an identity. It blocks while files are read, so it must not be called on a loop; a reactive
     * caller runs it on {@code Schedulers.boundedElastic()}.
     *
     * <p>An identity whose certificate has expired, for example, is opened but is not {@linkplain IdentityStatus#good
     * good}, see {@link #findings}: the node reports noSecurity, until new files heal it.
     *
     * @param config the settings
     * @return the identity, which the caller must close
     * @throws IdentityException if certificate, key or trust anchors are not there or cannot be read
     */
    public static Identity open(IdentityConfig config) throws IdentityException {
        CredentialSource source = config.source();
        String hash = source.contentHash();
        OwnCheck own;
        try {
            own = load(source);
        } catch (UnusableCredentialsException e) {
            List<IdentityFinding> findings = new ArrayList<>();
            if (config.clockTrusted) {
                clockFinding(config.clock.instant(), findings);
            }
            findings.add(new IdentityFinding(Check.MATERIAL, Objects.requireNonNull(e.getMessage())));
            throw new IdentityException(findings);
        }
        Identity identity = new Identity(config, source, hash, own);
        identity.schedule();
        return identity;
    }

    private static OwnCheck load(CredentialSource source) throws UnusableCredentialsException {
        try {
            return OwnCheck.of(source.load());
        } catch (RuntimeException | StackOverflowError thrown) {
            // Without its text, which may hold parts of the key.
            throw new UnusableCredentialsException("certificate, key and trust anchors cannot be read ("
                    + thrown.getClass().getName() + "): write the files again");
        }
    }

    private static void clockFinding(Instant now, List<IdentityFinding> findings) {
        if (now.isBefore(EARLIEST)) {
            findings.add(new IdentityFinding(
                    Check.CLOCK, "this node's clock says " + now + ", which is long ago: set the clock"));
        }
    }

    /** {@inheritDoc} Nothing if it is good. */
    @Override
    public List<IdentityFinding> findings() {
        return findings(own);
    }

    private List<IdentityFinding> findings(OwnCheck present) {
        Instant now = config.clock.instant();
        return ownFindings.of(findings(present, pathInUse(present, now), now), now);
    }

    private List<IdentityFinding> findings(OwnCheck present, @Nullable PathCheck path, Instant now) {
        List<IdentityFinding> findings = new ArrayList<>(present.findings());
        if (config.clockTrusted) {
            clockFinding(now, findings);
            if (path != null) {
                try {
                    path.requireValidAt(now);
                } catch (MembershipException e) {
                    findings.add(new IdentityFinding(Check.VALIDITY, String.valueOf(e.getMessage())));
                }
            }
        }
        if (path != null) {
            try {
                revocation.require(path, List.of());
            } catch (MembershipException e) {
                findings.add(new IdentityFinding(Check.REVOCATION, String.valueOf(e.getMessage())));
            }
        }
        findings.sort(Comparator.comparing(IdentityFinding::check));
        return List.copyOf(findings);
    }

    /**
     * {@return the path to a trust anchor by which this node is a member: of those that are valid now and not known to
     * be revoked, the one that is valid for longest, if there is any; {@code null} without a path}
     */
    private @Nullable PathCheck pathInUse(OwnCheck present, Instant now) {
        PathCheck longest = null;
        for (PathCheck each : present.ownPaths()) {
            try {
                if (config.clockTrusted) {
                    each.requireValidAt(now);
                }
                revocation.require(each, List.of());
                if (longest == null || each.notAfter().isAfter(longest.notAfter())) {
                    longest = each;
                }
            } catch (MembershipException doesNotCount) {
                // another one may
            }
        }
        return longest == null ? present.path(now) : longest;
    }

    @Override
    public IdentityStatus status() {
        OwnCheck present = own;
        Instant now = config.clock.instant();
        PathCheck path = pathInUse(present, now);
        List<IdentityFinding> findings = ownFindings.of(findings(present, path, now), now);
        Expiry expiry = expiry(present, path, now);
        List<String> problems = new ArrayList<>();
        if (!findings.isEmpty()) {
            problems.add(findings.get(0).sentence()); // the others may follow from it
        } else if (path != null && (expiry == Expiry.RENEW || expiry == Expiry.SOON)) {
            problems.add(path.expiryWarning(expiry == Expiry.SOON ? ", after less than a tenth of its lifetime" : ""));
        }
        String problem = reloadProblem;
        if (problem != null) {
            problems.add("the files have changed but were not taken, and the earlier ones stay in use: " + problem);
        }
        problems.addAll(revocation.problems());
        return new IdentityStatus(
                findings.isEmpty(),
                problem != null,
                problems,
                present.nodeName(),
                fingerprint(present.credentials().certificate()),
                present.notBefore(path),
                present.notAfter(path),
                expiry);
    }

    private static Expiry expiry(OwnCheck present, @Nullable PathCheck path, Instant now) {
        Duration lifetime = Duration.between(present.notBefore(path), present.notAfter(path));
        Duration left = Duration.between(now, present.notAfter(path));
        if (left.isNegative()) {
            return Expiry.EXPIRED;
        }
        if (left.compareTo(lifetime.dividedBy(10)) <= 0) {
            return Expiry.SOON;
        }
        return left.compareTo(lifetime.dividedBy(2)) <= 0 ? Expiry.RENEW : Expiry.FAR;
    }

    private Notified present() {
        return new Notified(own.credentials(), status());
    }

    @Override
    public AutoCloseable onChange(Runnable changed) {
        Registration registration = new Registration(Objects.requireNonNull(changed, "changed"));
        registrations.add(registration);
        return () -> registrations.remove(registration);
    }

    @Override
    public SSLEngine newEngine(TlsRole role, List<String> protocols) {
        OwnCheck present = own;
        List<IdentityFinding> findings = findings(present);
        if (!findings.isEmpty()) {
            throw new IllegalStateException(findings.get(0).sentence());
        }
        return engines.create(role, protocols, present.credentials());
    }

    @Override
    public PeerIdentity check(List<X509Certificate> chain) throws MembershipException {
        return check(chain, List.of());
    }

    /**
     * {@return what a peer's certificate says}
     *
     * @param stapled the OCSP responses that came with the certificates, in their order; empty arrays for those without
     */
    PeerIdentity check(List<X509Certificate> chain, List<byte[]> stapled) throws MembershipException {
        if (chain.isEmpty()) {
            throw new MembershipException(
                    PeerRefusal.NO_CERTIFICATE,
                    "the peer has shown no certificate: it needs one of this node's domain");
        }
        X509Certificate certificate = chain.get(0);
        if (chain.size() > MAX_CHAIN) {
            throw new MembershipException(
                    PeerRefusal.UNTRUSTED,
                    "the chain of " + Subjects.of(certificate) + " has more than " + MAX_CHAIN + " certificates");
        }
        OwnCheck present = own;
        requireOneOf(present.paths().of(chain), stapled);
        AcpNodeName name = NodeNames.read(certificate);
        AcpNodeName ownName = present.nodeName();
        if (ownName == null || !name.domain().equals(ownName.domain())) {
            throw new MembershipException(
                    PeerRefusal.OTHER_DOMAIN,
                    "the node " + Subjects.of(certificate) + " is a member of the domain " + name.domain()
                            + ", and this node of "
                            + (ownName == null ? "none" : ownName.domain())
                            + " (RFC 8994 section 6.2.3, rule 4): if both belong together, issue one of the"
                            + " certificates again");
        }
        return new PeerIdentity(name, fingerprint(certificate));
    }

    /** An authority that has changed its key may have a certificate that no longer counts. */
    private void requireOneOf(List<PathCheck> paths, List<byte[]> stapled) throws MembershipException {
        MembershipException first = null;
        for (PathCheck path : paths) {
            try {
                if (config.clockTrusted) {
                    requireValid(path);
                }
                revocation.require(path, stapled);
                if (config.clockTrusted) {
                    peerExpiry.accumulateAndGet(path.notAfter(), (one, other) -> one.isBefore(other) ? one : other);
                }
                return;
            } catch (MembershipException e) {
                first = first == null || e.reason() == PeerRefusal.REVOKED ? e : first;
            }
        }
        throw Objects.requireNonNull(first, "no path");
    }

    private void requireValid(PathCheck path) throws MembershipException {
        try {
            path.requireValidAt(config.clock.instant());
        } catch (MembershipException invalid) {
            revocation.requireNotKnown(path); // which is graver
            throw invalid;
        }
    }

    @Override
    public void whenRevocationIsKnown(List<X509Certificate> chain, Runnable known) {
        AtomicBoolean notified = new AtomicBoolean();
        Runnable once = () -> {
            if (notified.compareAndSet(false, true)) {
                known.run();
            }
        };
        Runnable giveUp = once;
        try {
            giveUp = revocation.whenAnswered(
                    config.revocationWait.isZero() ? List.of() : own.paths().of(chain), once);
        } catch (MembershipException refused) {
            once.run();
        }
        if (!notified.get()) {
            ScheduledFuture<?> unused =
                    worker.schedule(giveUp, config.revocationWait.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public Duration remaining(List<X509Certificate> chain) {
        try {
            Duration longest = Duration.ZERO;
            for (PathCheck path : own.paths().of(chain)) {
                if (isKnownAsRevoked(path)) {
                    continue;
                }
                Instant now = config.clockTrusted ? config.clock.instant() : path.notBefore();
                Duration left = Duration.between(now, path.notAfter());
                longest = left.compareTo(longest) > 0 ? left : longest;
            }
            return longest;
        } catch (MembershipException noPath) {
            return Duration.ZERO;
        }
    }

    private boolean isKnownAsRevoked(PathCheck path) {
        try {
            revocation.requireNotKnown(path);
            return false;
        } catch (MembershipException revoked) {
            return true;
        }
    }

    @Override
    public X509Certificate certificate() {
        return own.credentials().certificate();
    }

    static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(CredentialFiles.sha256().digest(certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e); // it was decoded
        }
    }

    List<X509Certificate> anchors() {
        return own.credentials().anchors();
    }

    /** Fetches all revocation data now, and waits for it and for listeners; for tests. */
    void fetchRevocationNow() throws InterruptedException, ExecutionException {
        revocation.fetchAllNow();
        lookNow();
    }

    /** {@return from how many revocation lists and OCSP responders data is fetched} */
    int revocationSources() {
        return revocation.size();
    }

    /** {@return the most fetches in a row that have failed at one source; for tests} */
    int revocationFailures() {
        return revocation.failures();
    }

    private void schedule() {
        schedule(untilNextLook());
    }

    private void schedule(long millis) {
        ScheduledFuture<?> unused = worker.schedule(this::run, millis, TimeUnit.MILLISECONDS);
    }

    /** Looks, and looks again later whatever is thrown. */
    private void run() {
        long wait = config.reloadInterval.toMillis();
        try {
            look();
            wait = untilNextLook();
        } catch (RuntimeException | Error thrown) {
            report(thrown);
        } finally {
            schedule(wait);
        }
    }

    private static void report(Throwable thrown) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }

    /** Time until files are looked at again, or until time itself changes the status. */
    long untilNextLook() {
        OwnCheck present = own;
        Instant now = config.clock.instant();
        PathCheck path = pathInUse(present, now);
        Duration lifetime = Duration.between(present.notBefore(path), present.notAfter(path));
        long wait = config.reloadInterval.toMillis();
        for (Instant each : List.of(
                present.notBefore(path),
                present.notAfter(path).minus(lifetime.dividedBy(2)),
                present.notAfter(path).minus(lifetime.dividedBy(10)),
                present.notAfter(path),
                peerExpiry.get())) {
            if (each.isAfter(now) && each.isBefore(now.plusMillis(wait))) {
                wait = Duration.between(now, each).toMillis() + 1;
            }
        }
        return Math.max(wait, MIN_WAIT_MILLIS);
    }

    /** Has the worker look at the files and the clock now, and waits for it. */
    void lookNow() throws InterruptedException, ExecutionException {
        worker.submit(this::look).get();
    }

    @Override
    public void reload(Consumer<IdentityStatus> done) {
        worker.execute(() -> {
            try {
                look();
            } finally {
                done.accept(status());
            }
        });
    }

    /** Reads files that have changed, and notifies of any change. */
    private void look() {
        reload();
        Notified present = present();
        if (hasPeerExpired() || !present.equals(notified)) {
            notified = present;
            notifyListeners();
        }
    }

    /** Listeners check all peers again then, which shows when the next of them expires. */
    private boolean hasPeerExpired() {
        Instant first = peerExpiry.get();
        return config.clock.instant().isAfter(first) && peerExpiry.compareAndSet(first, Instant.MAX);
    }

    private void reload() {
        String hash = source.contentHash();
        if (hash == null || hash.equals(contentHash) && reloadProblem == null) {
            return;
        }
        try {
            OwnCheck loaded = load(source);
            if (!hash.equals(source.contentHash())) {
                return; // a file was replaced meanwhile
            }
            contentHash = hash;
            take(loaded);
        } catch (UnusableCredentialsException e) {
            contentHash = hash;
            reloadProblem = e.getMessage();
        }
    }

    /** Takes new credentials, unless that would make a good identity a bad one. */
    private void take(OwnCheck loaded) {
        Instant now = config.clock.instant();
        List<IdentityFinding> findings = newFindings.of(findings(loaded, pathInUse(loaded, now), now), now);
        if (!findings.isEmpty() && findings(own).isEmpty()) {
            reloadProblem = findings.get(0).sentence();
        } else {
            own = loaded;
            reloadProblem = null;
        }
    }

    private void revocationChanged() {
        try {
            notified = present();
        } finally {
            notifyListeners();
        }
    }

    private void notifyListeners() {
        for (Registration each : registrations) {
            try {
                each.listener.run();
            } catch (RuntimeException | Error thrown) {
                report(thrown);
            }
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
        revocation.close();
    }

    /** {@return the node's name and state, without any secret} */
    @Override
    public String toString() {
        IdentityStatus present = status();
        return "Identity[" + present.nodeName() + (present.good() ? "" : ", not usable") + "]";
    }
}
