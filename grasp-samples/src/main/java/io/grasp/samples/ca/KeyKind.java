package io.grasp.samples.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;

/** The keys that the authority makes: the smallest ones of RFC 8994 section 6.2.1. */
public enum KeyKind {
    /** Elliptic curve P-256. */
    EC("SHA256withECDSA"),
    /** RSA with 2048 bits. */
    RSA("SHA256withRSA");

    private static final int RSA_BITS = 2048;

    private final String signature;

    KeyKind(String signature) {
        this.signature = signature;
    }

    KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(name());
            if (this == EC) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(RSA_BITS);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK makes no " + name() + " keys", e);
        }
    }

    /** {@return the signature algorithm for a key} */
    static String signatureOf(PrivateKey key) {
        return (key.getAlgorithm().equals("RSA") ? RSA : EC).signature;
    }
}
