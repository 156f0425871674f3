package io.grasp.samples.quads;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** RSA with OAEP as graspy uses it: SHA-256 for the hash and for MGF1, no label. */
final class Rsa {
    static final int BITS = 2048;
    private static final int MAX_BITS = 8192;
    private static final int MAX_PEM_BYTES = 2048;
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";

    /** The name of the transformation alone would mean MGF1 with SHA-1. */
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private Rsa() {}

    static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(new RSAKeyGenParameterSpec(BITS, RSAKeyGenParameterSpec.F4));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM lacks RSA", e);
        }
    }

    /** {@return a SubjectPublicKeyInfo in PEM} */
    static byte[] pem(PublicKey key) {
        String content = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return (BEGIN + "\n" + content + "\n" + END + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** @throws GeneralSecurityException if it is not an RSA key of a usual length */
    static PublicKey read(byte[] pem) throws GeneralSecurityException {
        String text = new String(pem, StandardCharsets.US_ASCII).strip();
        if (pem.length > MAX_PEM_BYTES || !text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw new InvalidKeySpecException("not a public key in PEM");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(text.substring(BEGIN.length(), text.length() - END.length()));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("not a public key in PEM", e);
        }
        RSAPublicKey key = (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
        int bits = key.getModulus().bitLength();
        if (bits < BITS || bits > MAX_BITS) {
            throw new InvalidKeySpecException("an RSA key of " + bits + " bits");
        }
        return key;
    }

    static byte[] encrypt(PublicKey key, byte[] plain) throws GeneralSecurityException {
        return cipher(Cipher.ENCRYPT_MODE, key).doFinal(plain);
    }

    static byte[] decrypt(PrivateKey key, byte[] encrypted) throws GeneralSecurityException {
        return cipher(Cipher.DECRYPT_MODE, key).doFinal(encrypted);
    }

    private static Cipher cipher(int mode, Key key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
        cipher.init(mode, key, OAEP);
        return cipher;
    }
}
