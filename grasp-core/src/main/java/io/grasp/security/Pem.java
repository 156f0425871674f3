package io.grasp.security;

import io.grasp.security.CredentialSource.UnusableCredentialsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads PEM (RFC 7468). Text between the blocks is ignored. */
final class Pem {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
    /** How the JDK names it. The algorithms of PBES1 are broken (RFC 8018 section 6.1 keeps them for old files). */
    private static final Pattern PBES2_WITH_AES = Pattern.compile("PBEWithHmacSHA\\d+(/\\d+)?AndAES_\\d+");

    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";

    private Pem() {}

    private static final class Block {
        final String label;
        private final String content;

        Block(String label, String content) {
            this.label = label;
            this.content = content;
        }

        /** {@return its content, which is not always Base64 alone: older forms have a header} */
        byte[] der(Path file) throws UnusableCredentialsException {
            try {
                return Base64.getDecoder().decode(WHITE_SPACE.matcher(content).replaceAll(""));
            } catch (IllegalArgumentException e) {
                throw new UnusableCredentialsException(
                        "the block BEGIN " + label + " in " + file + " is not Base64: write the file again");
            }
        }
    }

    /** {@return the certificates of a file, at least one} */
    static List<X509Certificate> certificates(Path file) throws UnusableCredentialsException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label.equals(CERTIFICATE)) {
                certificates.add(certificate(file, block.der(file)));
            }
        }
        if (certificates.isEmpty()) {
            throw new UnusableCredentialsException("the file " + file
                    + " has no certificate in PEM (BEGIN CERTIFICATE): convert it, for example with" + " openssl x509");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] der) throws UnusableCredentialsException {
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (in.available() > 0) {
                throw new CertificateException("more bytes than one certificate");
            }
            return certificate;
        } catch (CertificateException e) {
            throw new UnusableCredentialsException(
                    "a certificate in " + file + " cannot be read (" + e.getMessage() + "): write the file again");
        } catch (RuntimeException | StackOverflowError e) {
            // The JDK's parser throws both for some encodings.
            throw new UnusableCredentialsException(
                    "a certificate in " + file + " cannot be read (" + e + "): write the file again");
        }
    }

    /** {@return the key in a file} */
    static PrivateKey privateKey(Path file, @Nullable Supplier<char[]> password) throws UnusableCredentialsException {
        for (Block block : blocks(file)) {
            if (block.label.equals(KEY)) {
                return plainKey(file, block.der(file));
            }
            if (block.label.equals(ENCRYPTED_KEY)) {
                if (password == null) {
                    throw new UnusableCredentialsException(
                            "the key in " + file + " is encrypted, and no password was given: give one, or decrypt it");
                }
                return encryptedKey(file, block.der(file), password);
            }
            if (block.label.endsWith(KEY)) {
                throw new UnusableCredentialsException("the key in " + file + " is not in PKCS#8 but in the form \""
                        + block.label + "\": convert it with openssl pkcs8 -topk8");
            }
        }
        throw new UnusableCredentialsException(
                "the file " + file + " has no key in PEM (BEGIN PRIVATE KEY or BEGIN ENCRYPTED PRIVATE KEY)");
    }

    private static PrivateKey plainKey(Path file, byte[] der) throws UnusableCredentialsException {
        try {
            return decode(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            // Without the cause: it may hold parts of the key.
            throw new UnusableCredentialsException("the key in " + file + " is neither an RSA nor an EC key in PKCS#8");
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static PrivateKey decode(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(spec);
        } catch (GeneralSecurityException notEc) {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        }
    }

    private static PrivateKey encryptedKey(Path file, byte[] der, Supplier<char[]> supplier)
            throws UnusableCredentialsException {
        char[] password = CredentialFiles.password(supplier);
        PBEKeySpec keySpec = new PBEKeySpec(password);
        try {
            EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der);
            AlgorithmParameters parameters = encrypted.getAlgParameters();
            // With PBES2 the name of the algorithm is only in the text of the parameters.
            String name = encrypted.getAlgName();
            if (parameters != null && (name.equals("PBES2") || name.equals("1.2.840.113549.1.5.13"))) {
                name = parameters.toString();
            }
            if (!PBES2_WITH_AES.matcher(name).matches()) {
                throw new UnusableCredentialsException("the key in " + file + " is encrypted with "
                        + Subjects.printable(name) + ", not by PBES2 with AES: encrypt it again, with"
                        + " openssl pkcs8 -topk8");
            }
            SecretKey secret = SecretKeyFactory.getInstance(name).generateSecret(keySpec);
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, secret, parameters);
            return decode(encrypted.getKeySpec(cipher));
        } catch (GeneralSecurityException | IOException e) {
            if (!CredentialFiles.isUsable(password)) {
                throw new UnusableCredentialsException("the key in " + file + " cannot be decrypted: the password has"
                        + " other characters than printable ASCII (the end of a line, for example), which Java cannot"
                        + " use: encrypt the key again, with openssl pkcs8 -topk8 and another password");
            }
            throw new UnusableCredentialsException("the key in " + file
                    + " cannot be decrypted: the password is wrong, or the encryption is not one of PBES2 with AES");
        } finally {
            keySpec.clearPassword();
            Arrays.fill(password, '\0');
        }
    }

    private static List<Block> blocks(Path file) throws UnusableCredentialsException {
        byte[] content = CredentialFiles.read(file);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        Arrays.fill(content, (byte) 0);
        List<Block> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        int from = 0;
        while (begin.find(from)) {
            String label = begin.group(1);
            String end = "-----END " + label + "-----";
            int until = text.indexOf(end, begin.end());
            if (until < 0) {
                throw new UnusableCredentialsException("the file " + file + " is cut off after BEGIN " + label
                        + ": write it again, at best under" + " another name first, and rename it");
            }
            blocks.add(new Block(label, text.substring(begin.end(), until)));
            from = until + end.length();
        }
        return blocks;
    }
}
