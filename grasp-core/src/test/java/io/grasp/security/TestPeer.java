package io.grasp.security;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A TLS peer that trusts everything and shows any certificate or none, by plain JSSE: it may resume and renegotiate. */
public final class TestPeer {
    private final SSLContext context;
    private final AtomicInteger checks = new AtomicInteger();
    private volatile Runnable onCheck = () -> {};

    private TestPeer(KeyManager[] keys) {
        try {
            context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new TrustAll()}, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return a peer with this certificate, of whatever kind} */
    public static TestPeer with(TestMember member) {
        return new TestPeer(new KeyManager[] {new OneKey(member.chain(), member.key())});
    }

    /** {@return a peer without a certificate} */
    public static TestPeer withoutCertificate() {
        return new TestPeer(new KeyManager[0]);
    }

    /** Makes it do something when it is shown a certificate. */
    public TestPeer onCheck(Runnable action) {
        onCheck = action;
        return this;
    }

    /** Makes it throw an error when it is shown a certificate. */
    public TestPeer throwing(Error thrown) {
        return onCheck(() -> {
            throw thrown;
        });
    }

    /** {@return a connection to a server, which may not have judged this peer yet} */
    public SSLSocket connect(InetSocketAddress server) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        try {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"grasp"});
            socket.setSSLParameters(parameters);
            socket.connect(server);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Does the handshake of a client, by TLS 1.3.
     *
     * @param plain a connection to a server, which the TLS socket closes too
     * @param protocol the name of the protocol above TLS
     */
    public SSLSocket over(Socket plain, String protocol) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "", plain.getPort(), true);
        socket.setSSLParameters(configured(socket.getSSLParameters(), protocol));
        socket.startHandshake();
        return socket;
    }

    /**
     * {@return a server by TLS 1.3 at a free port, which demands a certificate}
     *
     * @param protocol the name of the protocol above TLS
     */
    public SSLServerSocket listen(InetAddress address, String protocol) throws IOException {
        SSLServerSocket socket =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50, address);
        SSLParameters parameters = configured(socket.getSSLParameters(), protocol);
        parameters.setNeedClientAuth(true);
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static SSLParameters configured(SSLParameters parameters, String protocol) {
        parameters.setApplicationProtocols(new String[] {protocol});
        parameters.setProtocols(new String[] {"TLSv1.3"});
        return parameters;
    }

    /** {@return an engine that makes full handshakes only, if it is a client's} */
    public SSLEngine newEngine(TlsRole role, String... tlsVersions) {
        return configured(context.createSSLEngine(), role, tlsVersions);
    }

    /** {@return an engine of a client, which resumes its last session if the server permits it} */
    public SSLEngine newResumingEngine(String... tlsVersions) {
        return configured(context.createSSLEngine("peer.example.com", 7017), TlsRole.CLIENT, tlsVersions);
    }

    private static SSLEngine configured(SSLEngine engine, TlsRole role, String... tlsVersions) {
        engine.setUseClientMode(role == TlsRole.CLIENT);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"grasp"});
        parameters.setProtocols(tlsVersions);
        parameters.setNeedClientAuth(role == TlsRole.SERVER);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private void check() {
        checks.incrementAndGet();
        onCheck.run();
    }

    /** {@return how often it was shown a certificate: in each handshake that is not abbreviated} */
    public int checks() {
        return checks.get();
    }

    private static final class OneKey extends X509ExtendedKeyManager {
        private final List<X509Certificate> chain;
        private final PrivateKey key;

        OneKey(List<X509Certificate> chain, PrivateKey key) {
            this.chain = chain;
            this.key = key;
        }

        private @Nullable String choose(String... types) {
            return List.of(types).contains(chain.get(0).getPublicKey().getAlgorithm()) ? "peer" : null;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return choose(types);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
            return choose(type);
        }

        @Override
        public @Nullable String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return choose(types);
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return choose(type);
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"peer"};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[] {"peer"};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    private final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            check();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            check();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
            check();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            check();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            check();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            check();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
