package io.grasp.substrate.netty.quads;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import reactor.core.scheduler.Schedulers;

/**
 * The shared secret of a QUADS domain: an AES-256 key, and the initialization vector with which every message begins.
 * Immutable. No text form of it contains the secrets.
 */
public final class QuadsKey {
    /** The length of the key, in bytes. */
    public static final int KEY_BYTES = 32;

    /** The length of the initialization vector, in bytes. */
    public static final int IV_BYTES = 16;

    /** A file with a key has two short lines and perhaps comments. */
    private static final int MAX_FILE_BYTES = 16 << 10;

    private static final byte[] SALT = HexFormat.of().parseHex("f474526a2e74accee189f1fbc1c34ceb");
    private static final int ROUNDS = 100_000;

    private static final String HMAC = "HmacSHA256";
    private static final byte[] FINGERPRINT_TEXT = "GRASP QUADS key fingerprint".getBytes(StandardCharsets.US_ASCII);

    /** The initialization vector is a part of the derived key that begins at one of this many bytes. */
    private static final int IV_STARTS = 10;

    private final byte[] key;
    private final byte[] iv;
    private final String fingerprint;

    private QuadsKey(byte[] key, byte[] iv) {
        this.key = key;
        this.iv = iv;
        this.fingerprint = fingerprint(key, iv);
    }

    /**
     * A given key.
     *
     * @param key 32 bytes
     * @param iv 16 bytes
     * @return the key
     * @throws IllegalArgumentException if either has another length
     */
    public static QuadsKey of(byte[] key, byte[] iv) {
        if (key.length != KEY_BYTES || iv.length != IV_BYTES) {
            throw new IllegalArgumentException(
                    "a QUADS key has " + KEY_BYTES + " bytes and an initialization vector of " + IV_BYTES + ", not "
                            + key.length + " and " + iv.length);
        }
        return new QuadsKey(key.clone(), iv.clone());
    }

    /**
     * Derives a key as graspy does: PBKDF2 with HMAC-SHA256, a fixed salt and 100,000 rounds. It takes up to 0.2 s of
     * processor time.
     *
     * @param password the password of the domain, not empty; the caller may overwrite it afterwards
     * @return the key
     * @throws IllegalArgumentException if the password is empty, which in graspy means no encryption
     * @throws IllegalStateException on a thread that must not block, such as the loop of a node
     */
    public static QuadsKey fromPassword(char[] password) {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException("deriving a QUADS key would block this thread: "
                    + Thread.currentThread().getName());
        }
        if (password.length == 0) {
            throw new IllegalArgumentException("the QUADS password is empty");
        }
        PBEKeySpec secret = new PBEKeySpec(password, SALT, ROUNDS, KEY_BYTES * Byte.SIZE);
        try {
            byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(secret)
                    .getEncoded();
            int start = Byte.toUnsignedInt(key[0]) % IV_STARTS;
            return new QuadsKey(key, Arrays.copyOfRange(key, start, start + IV_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM lacks PBKDF2WithHmacSHA256", e);
        } finally {
            secret.clearPassword();
        }
    }

    /**
     * Reads a key file of graspy, {@code quadsk.py}: two Python assignments of bytes, {@code key} and {@code iv}. Empty
     * lines and comments may stand between them. Blocks.
     *
     * @param file the file
     * @return the key
     * @throws QuadsException if it is not such a file; the message names the line but does not quote it
     * @throws IOException if it cannot be read
     */
    public static QuadsKey read(Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MAX_FILE_BYTES + 1);
        }
        if (content.length > MAX_FILE_BYTES) {
            throw new QuadsException(file + " is not a QUADS key file: it has more than " + MAX_FILE_BYTES + " bytes");
        }
        return KeyFile.parse(new String(content, StandardCharsets.UTF_8), String.valueOf(file));
    }

    /**
     * Writes a new key file of graspy, which only the owner of the process can read. Blocks.
     *
     * @param file the file
     * @throws FileAlreadyExistsException if the file exists: it is never replaced
     * @throws IOException if it cannot be written; then there is no file
     */
    public void write(Path file) throws IOException {
        FileAttribute<?>[] ownerOnly =
                file.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        Files.createFile(file, ownerOnly);
        try {
            Files.writeString(file, KeyFile.print(this));
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** {@return a copy of the key, 32 bytes, for passing it on to a new member of the domain} */
    public byte[] key() {
        return key.clone();
    }

    /** {@return a copy of the initialization vector, 16 bytes} */
    public byte[] iv() {
        return iv.clone();
    }

    /**
     * {@return a short text by which operators see whether two nodes have the same key, such as {@code 5c1f-90ab}} It
     * is the beginning of an HMAC, with the key, of a fixed text and the initialization vector, so that the key cannot
     * be computed from it. Passwords can be tried against it, as against any encrypted message: the derivation has a
     * fixed salt, so that one table of passwords and their keys serves for all domains. Show it to operators only.
     */
    public String fingerprint() {
        return fingerprint;
    }

    /** It must not cost the time of a derivation: the loop of a node asks for it. */
    private static String fingerprint(byte[] key, byte[] iv) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            mac.update(FINGERPRINT_TEXT);
            byte[] digest = mac.doFinal(iv);
            HexFormat hex = HexFormat.of();
            return hex.formatHex(digest, 0, 2) + "-" + hex.formatHex(digest, 2, 4);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM lacks " + HMAC, e);
        }
    }

    SecretKey aes() {
        return new SecretKeySpec(key, "AES");
    }

    /** {@return a text without the secrets} */
    @Override
    public String toString() {
        return "QuadsKey";
    }
}
