package io.grasp.security;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorException;

/**
 * The certificate and key of a member of a domain, made by a {@link TestAuthority}.
 *
 * @param chain the certificate, and the intermediate ones, without the trust anchor
 * @param key its key
 * @param anchor the certificate of the root authority
 */
public record TestMember(List<X509Certificate> chain, PrivateKey key, X509Certificate anchor) {
    public TestMember {
        chain = List.copyOf(chain);
    }

    /** {@return the certificate itself} */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Writes {@code chain.pem}, {@code key.pem} and {@code anchors.pem} into a directory, which is created. */
    public void writePem(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("chain.pem"), pem(chain));
        Files.writeString(directory.resolve("key.pem"), pem("PRIVATE KEY", key.getEncoded()));
        Files.writeString(directory.resolve("anchors.pem"), pem(List.of(anchor)));
    }

    /** {@return the key in PKCS#8, encrypted (PBES2 with AES-256)} */
    public String encryptedKey(String password) {
        try {
            byte[] encrypted = new JcaPKCS8Generator(
                            key,
                            new JceOpenSSLPKCS8EncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                                    .setProvider(new BouncyCastleProvider())
                                    .setPassword(password.toCharArray())
                                    .setIterationCount(2048)
                                    .build())
                    .generate()
                    .getContent();
            return pem("ENCRYPTED PRIVATE KEY", encrypted);
        } catch (IOException | OperatorException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a PKCS#12 store with the key, its chain and the trust anchor, all under this password. */
    public void writePkcs12(Path file, String password) throws IOException {
        writePkcs12(file, password, List.of(anchor));
    }

    /** As above, with these trusted certificates. */
    void writePkcs12(Path file, String password, List<X509Certificate> trusted) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("node", key, password.toCharArray(), chain.toArray(Certificate[]::new));
            for (X509Certificate each : trusted) {
                store.setCertificateEntry("anchor", each);
            }
            store.store(out, password.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return certificates as PEM, in this order} */
    public static String pem(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate each : certificates) {
            try {
                text.append(pem("CERTIFICATE", each.getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return text.toString();
    }

    static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /** {@return without the key} */
    @Override
    public String toString() {
        return "TestMember[" + certificate().getSubjectX500Principal() + "]";
    }
}
