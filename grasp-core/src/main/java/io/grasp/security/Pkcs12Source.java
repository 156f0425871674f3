package io.grasp.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Credentials in a PKCS#12 store.
 *
 * @param store the file
 * @param password supplies its password
 * @param anchorFiles PEM files of further trust anchors
 */
record Pkcs12Source(Path store, Supplier<char[]> password, List<Path> anchorFiles) implements CredentialSource {
    @Override
    public Credentials load() throws UnusableCredentialsException {
        byte[] content = CredentialFiles.read(store);
        char[] secret = CredentialFiles.password(password);
        try {
            KeyStore opened = KeyStore.getInstance("PKCS12");
            opened.load(new ByteArrayInputStream(content), secret);
            return credentials(opened, secret);
        } catch (IOException | GeneralSecurityException e) {
            if (!CredentialFiles.isUsable(secret)) {
                throw new UnusableCredentialsException("the store " + store + " cannot be opened: the password has"
                        + " other characters than printable ASCII (the end of a line, for example), which"
                        + " Java cannot use: make the store again with another password");
            }
            throw new UnusableCredentialsException(
                    "the store " + store + " cannot be opened: the password is wrong, or it is not a PKCS#12 store");
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private Credentials credentials(KeyStore opened, char[] secret)
            throws GeneralSecurityException, UnusableCredentialsException {
        Set<X509Certificate> anchors = new LinkedHashSet<>();
        List<X509Certificate> chain = new ArrayList<>();
        PrivateKey key = null;
        for (String alias : Collections.list(opened.aliases())) {
            if (opened.isCertificateEntry(alias)) {
                if (opened.getCertificate(alias) instanceof X509Certificate anchor) {
                    anchors.add(anchor);
                }
            } else if (key != null) {
                throw new UnusableCredentialsException(
                        "the store " + store + " has more than one key: make one with the node's key only");
            } else if (opened.getKey(alias, secret) instanceof PrivateKey found) {
                key = found;
                Certificate[] certificates = opened.getCertificateChain(alias);
                for (Certificate each : certificates == null ? new Certificate[0] : certificates) {
                    chain.add((X509Certificate) each);
                }
            }
        }
        if (key == null || chain.isEmpty()) {
            throw new UnusableCredentialsException(
                    "the store " + store + " has no key with a certificate: make one with openssl pkcs12 -export");
        }
        X509Certificate last = chain.get(chain.size() - 1);
        if (anchors.isEmpty() && last.getSubjectX500Principal().equals(last.getIssuerX500Principal())) {
            anchors.add(last);
        }
        if (!anchorFiles.isEmpty()) {
            anchors.addAll(PemSource.anchors(anchorFiles));
        }
        if (anchors.isEmpty()) {
            throw new UnusableCredentialsException(
                    "the store " + store + " has no trust anchor: add the certificate of the domain's authority to it,"
                            + " or name a PEM file");
        }
        return new Credentials(chain, key, List.copyOf(anchors));
    }

    @Override
    public String contentHash() {
        List<Path> files = new ArrayList<>(List.of(store));
        files.addAll(anchorFiles);
        return CredentialFiles.hash(files);
    }

    /** {@return without what the supplier's text may say} */
    @Override
    public String toString() {
        return "Pkcs12Source[store=" + store + ", anchors=" + anchorFiles + "]";
    }
}
