package io.grasp.security;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerIdentity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;

/**
 * A node's certificate, key and trust anchors as they are now, and the membership check of its peers by them (RFC 8994
 * section 6.2.3). Substrates that authenticate peers use it. It may be shared by several nodes. All methods may be
 * called on any thread, and none blocks: files are read and revocation lists are fetched on other threads.
 */
public interface NodeIdentity extends AutoCloseable {
    /** {@return whether peers can be authenticated now, by this node's clock} */
    IdentityStatus status();

    /** {@return what is wrong with the identity now, in the order of the checks; by default it is not known} */
    default List<IdentityFinding> findings() {
        return List.of();
    }

    /**
     * Reads the certificate, key and trust anchors again now, on another thread, if they are in files.
     *
     * @param done gets the state afterwards, on an unspecified thread; it must not block. Not called if this identity
     *     is closed meanwhile
     */
    default void reload(Consumer<IdentityStatus> done) {
        done.accept(status());
    }

    /**
     * Adds a listener for changes: of the status, of the certificate, key or trust anchors, and of what is known about
     * revocation. It is also called when a certificate of a peer that was checked has expired. Afterwards open
     * connections should be checked again, see {@link #check}.
     *
     * @param changed called on an unspecified thread; it must not block
     * @return removes the listener
     */
    AutoCloseable onChange(Runnable changed);

    /**
     * Creates the TLS engine of one connection, with the present certificate. The engine authenticates both sides, does
     * the membership check, and offers only what RFC 8994 section 6.1 permits. Its handshake is never an abbreviated
     * one, which would skip the check. Its delegated tasks sign, verify and check: they belong on another thread than
     * the loop.
     *
     * @param role the part of this node
     * @param protocols the ALPN names to offer or to accept, the preferred one first
     * @return the engine
     * @throws IllegalStateException if the identity is not {@linkplain IdentityStatus#good good}
     */
    SSLEngine newEngine(TlsRole role, List<String> protocols);

    /**
     * Checks a peer's certificates by the present trust anchors, time and revocation lists: rules 2 to 4 of the
     * membership check. Checking the same certificates again is cheap. It does not prove that the peer has the key,
     * which is done in the handshake. Of a certificate that has expired and is known to be revoked it reports the
     * latter.
     *
     * @param chain the peer's certificates, its own first, as in a handshake
     * @return what the peer's certificate says
     * @throws MembershipException if the peer is not a member
     */
    PeerIdentity check(List<X509Certificate> chain) throws MembershipException;

    /**
     * Asks whether a peer's certificates have been revoked, and notifies when the answers are there (rule 3 of the
     * membership check), or when it has taken too long. A {@link #check} afterwards goes by them. Without a check the
     * peer would be a member until the first answer comes.
     *
     * @param chain the peer's certificates, its own first, as in a handshake
     * @param known called once, on this thread or on another one, also if this identity is closed; it must not block
     */
    default void whenRevocationIsKnown(List<X509Certificate> chain, Runnable known) {
        known.run();
    }

    /**
     * How long a peer remains a member without a new certificate.
     *
     * @param chain the peer's certificates, its own first, as in a handshake
     * @return the time until the first certificate of their path expires, by this node's clock; zero if they are not
     *     valid now
     */
    Duration remaining(List<X509Certificate> chain);

    /** {@return this node's certificate, which new handshakes show} */
    X509Certificate certificate();

    /** Stops watching files and fetching revocation lists. Engines that exist remain usable. */
    @Override
    void close();
}
