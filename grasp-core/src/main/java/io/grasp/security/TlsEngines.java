package io.grasp.security;

import java.net.Socket;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.DrbgParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS engines by RFC 8994 section 6.1. Each has an {@code SSLContext} of its own. So it has no session to resume,
 * and none of its sessions can be resumed by a peer, whatever the JDK's system properties say; and it keeps one
 * certificate with its key while files are replaced. A context costs about one percent of a handshake.
 */
final class TlsEngines {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] SUITES = {
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    };
    private static final int STRENGTH_BITS = 256;

    private final SecureRandom random = random();
    private final TrustManager[] trustManagers;

    /** Blocks until the operating system has given random bits. */
    TlsEngines(MembershipCheck check) {
        trustManagers = new TrustManager[] {check};
    }

    /**
     * {@return a generator that does not block, because it reads from the operating system only once} The default one
     * reads a file again and again, also when an engine is made.
     */
    private static SecureRandom random() {
        SecureRandom random;
        try {
            random = SecureRandom.getInstance(
                    "DRBG", DrbgParameters.instantiation(STRENGTH_BITS, DrbgParameters.Capability.RESEED_ONLY, null));
        } catch (NoSuchAlgorithmException e) {
            random = new SecureRandom();
        }
        random.nextInt();
        return random;
    }

    SSLEngine create(TlsRole role, List<String> protocols, Credentials credentials) {
        SSLEngine engine = context(credentials).createSSLEngine();
        engine.setUseClientMode(role == TlsRole.CLIENT);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(SUITES);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNeedClientAuth(role == TlsRole.SERVER);
        parameters.setEndpointIdentificationAlgorithm(null); // names and addresses are no part of the check
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        parameters.setAlgorithmConstraints(new OneHandshake(engine));
        engine.setSSLParameters(parameters);
        return engine;
    }

    private SSLContext context(Credentials credentials) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OwnKey(credentials)}, trustManagers, random);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    /**
     * Refuses renegotiation, which TLS 1.2 has: JSSE asks the constraints when a handshake begins, and after the first
     * one they permit nothing. Also refuses signatures in the handshake with hashes that are weaker than those of
     * certificates, and key agreement in finite fields, by which a stranger would cost this node a hundred times as
     * much as by elliptic curves (RFC 8994 section 6.1 asks for these alone).
     */
    private static final class OneHandshake implements AlgorithmConstraints {
        private static final Set<String> WEAK = Set.of("SHA1", "SHA224", "MD5");

        private final SSLEngine engine;

        OneHandshake(SSLEngine engine) {
            this.engine = engine;
        }

        private boolean permits(String algorithm) {
            if (engine.getSession().getProtocol().equals("TLSv1.2")) {
                return false;
            }
            String upper = algorithm.toUpperCase(Locale.ROOT);
            if (upper.startsWith("FFDHE") || upper.equals("DIFFIEHELLMAN") || upper.equals("DH")) {
                return false;
            }
            return WEAK.stream().noneMatch(weak -> upper.startsWith(weak + "WITH"));
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, @Nullable AlgorithmParameters parameters) {
            return permits(algorithm);
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return permits(key.getAlgorithm());
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, Key key, @Nullable AlgorithmParameters parameters) {
            return permits(algorithm);
        }
    }

    /** The node's only certificate, whatever the peer would prefer. */
    private static final class OwnKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "node";

        private final Credentials credentials;

        OwnKey(Credentials credentials) {
            this.credentials = credentials;
        }

        private @Nullable String choose(String... keyTypes) {
            for (String each : keyTypes) {
                if (each.equals(credentials.certificate().getPublicKey().getAlgorithm())) {
                    return ALIAS;
                }
            }
            return null;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return choose(keyTypes);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return choose(keyType);
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return choose(keyTypes);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return choose(keyType);
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return alias.equals(ALIAS) ? credentials.toSend() : null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return alias.equals(ALIAS) ? credentials.key() : null;
        }

        /** {@return without the key} */
        @Override
        public String toString() {
            return "OwnKey[" + credentials + "]";
        }
    }
}
