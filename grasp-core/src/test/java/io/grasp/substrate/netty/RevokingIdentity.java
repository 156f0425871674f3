package io.grasp.substrate.netty;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.security.Identity;
import io.grasp.security.MembershipException;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TlsRole;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLEngine;

/**
 * An identity whose first peer is revoked when it has just been found good: listeners have been called before the
 * result of the check is there.
 */
final class RevokingIdentity implements NodeIdentity {
    private final Identity real;
    private final NettyLoop loop;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile String revoked;

    RevokingIdentity(Identity real, NettyLoop loop) {
        this.real = real;
        this.loop = loop;
    }

    void awaitRevoked() {
        Await.until("the revocation", () -> revoked != null);
    }

    @Override
    public PeerIdentity check(List<X509Certificate> chain) throws MembershipException {
        PeerIdentity peer = real.check(chain);
        String name = peer.nodeName().toString();
        if (name.equals(revoked)) {
            throw new MembershipException(PeerRefusal.REVOKED, "revoked by a test");
        }
        if (revoked == null) {
            revoked = name;
            listeners.forEach(Runnable::run);
            CompletableFuture<Boolean> turn = new CompletableFuture<>();
            loop.execute(() -> turn.complete(true));
            turn.join();
        }
        return peer;
    }

    @Override
    public IdentityStatus status() {
        return real.status();
    }

    @Override
    public AutoCloseable onChange(Runnable changed) {
        listeners.add(changed);
        return () -> listeners.remove(changed);
    }

    @Override
    public SSLEngine newEngine(TlsRole role, List<String> protocols) {
        return real.newEngine(role, protocols);
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
