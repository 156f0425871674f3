package io.grasp.security;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Credentials in PEM files.
 *
 * @param chain the file of the certificates
 * @param key the file of the key
 * @param password the key's password; {@code null} if it is not encrypted
 * @param anchors the files of the trust anchors
 */
record PemSource(Path chain, Path key, @Nullable Supplier<char[]> password, List<Path> anchors)
        implements CredentialSource {
    @Override
    public Credentials load() throws UnusableCredentialsException {
        List<X509Certificate> certificates = Pem.certificates(chain);
        PrivateKey privateKey = Pem.privateKey(key, password);
        return new Credentials(certificates, privateKey, anchors(anchors));
    }

    static List<X509Certificate> anchors(List<Path> files) throws UnusableCredentialsException {
        List<X509Certificate> anchors = new ArrayList<>();
        for (Path file : files) {
            for (X509Certificate each : Pem.certificates(file)) {
                if (!anchors.contains(each)) {
                    anchors.add(each);
                }
            }
        }
        if (anchors.isEmpty()) {
            throw new UnusableCredentialsException(
                    "no trust anchor is configured: name a PEM file with the certificate of the domain's authority");
        }
        return anchors;
    }

    @Override
    public String contentHash() {
        List<Path> files = new ArrayList<>(List.of(chain, key));
        files.addAll(anchors);
        return CredentialFiles.hash(files);
    }

    /** {@return without what the supplier's text may say} */
    @Override
    public String toString() {
        return "PemSource[chain=" + chain + ", key=" + key + ", anchors=" + anchors + "]";
    }
}
