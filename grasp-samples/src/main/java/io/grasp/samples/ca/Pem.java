package io.grasp.samples.ca;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and keys as PEM texts. Encryption uses Bouncy Castle's provider, because its classes ask for a padding
 * by a name that the JDK's does not have; it is not registered with the JVM.
 */
final class Pem {
    private static final int ITERATIONS = 100_000;

    private Pem() {}

    static byte[] certificate(X509Certificate certificate) {
        return text(certificate);
    }

    /**
     * {@return whether every node can read a key that this password encrypts} A node reads keys with its JDK, and that
     * of Java 17 takes printable ASCII only.
     */
    static boolean isUsable(char[] password) {
        for (char each : password) {
            if (each < ' ' || each > '~') {
                return false;
            }
        }
        return true;
    }

    /** {@return a key in PKCS#8, encrypted with AES-256 if there is a password} */
    static byte[] key(PrivateKey key, char @Nullable [] password) {
        try {
            return text(new JcaPKCS8Generator(key, password == null ? null : encryptor(password)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OutputEncryptor encryptor(char[] password) {
        try {
            return new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setPRF(PKCS8Generator.PRF_HMACSHA256)
                    .setIterationCount(ITERATIONS)
                    .setPassword(password)
                    .setProvider(new BouncyCastleProvider())
                    .build();
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] text(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a certificate; errors name the file. */
    static X509Certificate readCertificate(Path file, byte[] text) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(text));
        } catch (CertificateException e) {
            throw new AuthorityException(file + " is not a certificate in PEM", e);
        }
    }

    /** Reads a key in PKCS#8; errors name the file. */
    static PrivateKey readKey(Path file, byte[] text, char @Nullable [] password) {
        try (PEMParser parser = new PEMParser(new StringReader(new String(text, StandardCharsets.US_ASCII)))) {
            Object found = parser.readObject();
            if (found instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
                found = decrypt(file, encrypted, password);
            }
            if (found instanceof PrivateKeyInfo key) {
                return new JcaPEMKeyConverter().getPrivateKey(key);
            }
        } catch (IOException e) {
            throw new AuthorityException(file + " is not a key in PEM", e);
        }
        throw new AuthorityException(file + " is not a key in PKCS#8");
    }

    private static PrivateKeyInfo decrypt(
            Path file, PKCS8EncryptedPrivateKeyInfo encrypted, char @Nullable [] password) {
        if (password == null) {
            throw new InvalidRequestException(file + " is encrypted: pass --ca-password-file");
        }
        try {
            return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(password));
        } catch (PKCSException | OperatorCreationException e) {
            throw new InvalidRequestException("--ca-password-file: the password does not open " + file, e);
        }
    }
}
