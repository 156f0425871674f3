package io.grasp.substrate.netty;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.security.Identity;
import io.grasp.security.MembershipException;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TestPeer;
import io.grasp.security.TlsRole;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;

/** An identity that a test changes: it becomes bad, or its peers are revoked. */
final class SwitchedIdentity implements NodeIdentity {
    private volatile Identity real;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final Set<X509Certificate> revokedCertificates = ConcurrentHashMap.newKeySet();
    private volatile boolean good = true;
    private volatile List<String> warnings = List.of();
    private volatile TestPeer engines;
    private volatile Error error;
    private volatile RuntimeException engineFailure;
    private volatile RuntimeException askFailure;

    /** What waits for an answer about revocation; {@code null} if there always is one. */
    private volatile Queue<Runnable> waiting;

    /** How often an engine could not be created. */
    final AtomicInteger engineFailures = new AtomicInteger();

    SwitchedIdentity(Identity real) {
        this.real = real;
    }

    SwitchedIdentity good(boolean value) {
        good = value;
        listeners.forEach(Runnable::run);
        return this;
    }

    /** The node has another certificate from now on; the caller closes the former identity. */
    void renew(Identity other) {
        real = other;
        listeners.forEach(Runnable::run);
    }

    /** Notifies of warnings; none is their end. */
    void warn(List<String> sentences) {
        warnings = sentences;
        listeners.forEach(Runnable::run);
    }

    void revoke(String nodeName) {
        revoked.add(nodeName);
        listeners.forEach(Runnable::run);
    }

    /** Listeners are not called. */
    void revokeSilently(String nodeName) {
        revoked.add(nodeName);
    }

    void revoke(X509Certificate certificate) {
        revokedCertificates.add(certificate);
        listeners.forEach(Runnable::run);
    }

    /** Lets TLS be done by a peer of a test, with its own checks. */
    SwitchedIdentity engines(TestPeer peer) {
        engines = peer;
        return this;
    }

    /** Makes the check after the handshake throw an error. */
    SwitchedIdentity throwing(Error thrown) {
        error = thrown;
        return this;
    }

    /** Lets no engine be created, though the identity is good. */
    SwitchedIdentity withoutEngines(RuntimeException failure) {
        engineFailure = failure;
        return this;
    }

    /** It is not known whether peers are revoked until {@link #answer}. */
    SwitchedIdentity withoutAnswers() {
        waiting = new ConcurrentLinkedQueue<>();
        return this;
    }

    void failingToAsk(RuntimeException failure) {
        askFailure = failure;
    }

    boolean isAsked() {
        return !waiting.isEmpty();
    }

    void answer() {
        for (Runnable each = waiting.poll(); each != null; each = waiting.poll()) {
            each.run();
        }
    }

    @Override
    public void whenRevocationIsKnown(List<X509Certificate> chain, Runnable known) {
        if (askFailure != null) {
            throw askFailure;
        } else if (waiting == null) {
            known.run();
        } else {
            waiting.add(known);
        }
    }

    int listeners() {
        return listeners.size();
    }

    @Override
    public IdentityStatus status() {
        IdentityStatus now = real.status();
        return new IdentityStatus(
                good,
                now.stale(),
                good ? warnings : List.of("switched off by a test"),
                now.nodeName(),
                now.fingerprint(),
                now.notBefore(),
                now.notAfter(),
                now.expiry());
    }

    @Override
    public AutoCloseable onChange(Runnable changed) {
        listeners.add(changed);
        return () -> listeners.remove(changed);
    }

    @Override
    public SSLEngine newEngine(TlsRole role, List<String> protocols) {
        if (!good) {
            throw new IllegalStateException("switched off by a test");
        }
        RuntimeException failure = engineFailure;
        if (failure != null) {
            engineFailures.incrementAndGet();
            throw failure;
        }
        TestPeer peer = engines;
        return peer != null ? peer.newEngine(role, "TLSv1.3") : real.newEngine(role, protocols);
    }

    @Override
    public PeerIdentity check(List<X509Certificate> chain) throws MembershipException {
        Error thrown = error;
        if (thrown != null) {
            throw thrown;
        }
        PeerIdentity peer = real.check(chain);
        if (revoked.contains(peer.nodeName().toString()) || revokedCertificates.contains(chain.get(0))) {
            throw new MembershipException(PeerRefusal.REVOKED, "revoked by a test");
        }
        return peer;
    }

    @Override
    public Duration remaining(List<X509Certificate> chain) {
        return real.remaining(chain);
    }

    @Override
    public X509Certificate certificate() {
        return real.certificate();
    }

    @Override
    public void close() {
        real.close();
    }
}
