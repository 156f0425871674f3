package io.grasp.security;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Certificate, key and trust anchors that belong together.
 *
 * @param chain the node's certificate and intermediate ones; not empty
 * @param key the key
 * @param anchors the certificates of the trust anchors; not empty
 */
record Credentials(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> anchors) {
    Credentials {
        chain = List.copyOf(chain);
        anchors = List.copyOf(anchors);
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    /** {@return the certificates to send: without trust anchors (RFC 8994 section 6.2.4)} */
    X509Certificate[] toSend() {
        return chain.stream()
                .filter(each -> each.equals(certificate()) || !anchors.contains(each))
                .toArray(X509Certificate[]::new);
    }

    /** {@return without the key} */
    @Override
    public String toString() {
        return "Credentials[" + Subjects.of(certificate()) + "]";
    }
}
