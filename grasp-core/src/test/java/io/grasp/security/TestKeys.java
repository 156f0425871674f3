package io.grasp.security;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The kinds of keys that {@link TestAuthority} uses. RSA keys take long to make, so that one of each use is kept. */
public enum TestKeys {
    /** Too weak for RFC 8994. The JDK makes no such keys. */
    EC_P224("EC", "secp224r1", 224),
    EC_P256("EC", "secp256r1", 256),
    EC_P384("EC", "secp384r1", 384),
    EC_P521("EC", "secp521r1", 521),
    /** Too weak for RFC 8994. */
    RSA_1024("RSA", "", 1024),
    RSA_2048("RSA", "", 2048),
    RSA_3072("RSA", "", 3072);

    private final String algorithm;
    private final String curve;
    private final int bits;
    private final Map<String, KeyPair> kept = new ConcurrentHashMap<>();

    TestKeys(String algorithm, String curve, int bits) {
        this.algorithm = algorithm;
        this.curve = curve;
        this.bits = bits;
    }

    String algorithm() {
        return algorithm;
    }

    /** {@return a key pair: a new one if it is an EC key, otherwise the one for this use} */
    KeyPair generate(String use) {
        return algorithm.equals("RSA") ? kept.computeIfAbsent(use, first -> generate()) : generate();
    }

    private KeyPair generate() {
        try {
            if (algorithm.equals("RSA")) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
                generator.initialize(bits);
                return generator.generateKeyPair();
            }
            KeyPairGenerator generator = this == EC_P224
                    ? KeyPairGenerator.getInstance(algorithm, new BouncyCastleProvider())
                    : KeyPairGenerator.getInstance(algorithm);
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
