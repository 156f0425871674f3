package io.grasp.substrate.netty.quads;

import java.security.GeneralSecurityException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/**
 * Encrypts messages with a {@link QuadsKey}, and decrypts them: AES-256-CBC with PKCS #7 padding, each message from the
 * same initialization vector. Not thread-safe.
 */
public final class QuadsCipher {
    /** The length of a block of AES, in bytes. */
    static final int BLOCK = 16;

    private final SecretKey key;
    private final IvParameterSpec iv;
    private final Cipher encryption;
    private final Cipher decryption;
    /** Decrypts blocks without chaining, which streams do themselves: a message ends where its plain text does. */
    private final Cipher blocks;

    /**
     * A cipher. The first one of a process loads the provider, which blocks.
     *
     * @param key the key of the domain
     */
    @SuppressWarnings("InsecureCryptoUsage") // the blocks are chained here
    public QuadsCipher(QuadsKey key) {
        this.key = key.aes();
        this.iv = new IvParameterSpec(key.iv());
        try {
            this.encryption = Cipher.getInstance("AES/CBC/PKCS5Padding");
            this.decryption = Cipher.getInstance("AES/CBC/PKCS5Padding");
            this.blocks = Cipher.getInstance("AES/ECB/NoPadding");
            encryption.init(Cipher.ENCRYPT_MODE, this.key, iv);
            decryption.init(Cipher.DECRYPT_MODE, this.key, iv);
            blocks.init(Cipher.DECRYPT_MODE, this.key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM lacks AES-256-CBC", e);
        }
    }

    /**
     * The length of an encrypted message.
     *
     * @param plainBytes the length of the message, in bytes
     * @return the length of its ciphertext, in bytes
     */
    public static int encryptedBytes(int plainBytes) {
        return (plainBytes / BLOCK + 1) * BLOCK;
    }

    /**
     * The longest message that fits into a number of encrypted bytes.
     *
     * @param encryptedBytes the room, at least one block of 16 bytes
     * @return the length of the message, in bytes
     */
    public static int plainBytes(int encryptedBytes) {
        return encryptedBytes / BLOCK * BLOCK - 1;
    }

    /**
     * Encrypts a message.
     *
     * @param message the message
     * @return its ciphertext
     */
    public byte[] encrypt(byte[] message) {
        try {
            return encryption.doFinal(message); // and returns to the initialization vector
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encryption with padding cannot fail", e);
        }
    }

    /**
     * Decrypts a message that came in one piece, such as a datagram.
     *
     * @param received its ciphertext
     * @return the message; with another key it is noise in one case of 256, as there is no integrity
     * @throws QuadsException if it is not encrypted, or with another key
     */
    public byte[] decrypt(byte[] received) throws QuadsException {
        if (received.length == 0) {
            throw new QuadsException("the message is empty");
        }
        try {
            return decryption.doFinal(received);
        } catch (BadPaddingException | IllegalBlockSizeException e) {
            restart();
            throw new QuadsException("the message is not encrypted with this QUADS key");
        }
    }

    private void restart() {
        try {
            decryption.init(Cipher.DECRYPT_MODE, key, iv);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("it has been initialized before", e);
        }
    }

    /** {@return a reader of a new stream} */
    public QuadsReader newReader() {
        return new QuadsReader(this);
    }

    byte[] iv() {
        return iv.getIV();
    }

    /** Decrypts whole blocks without chaining. */
    byte[] decryptBlocks(byte[] bytes, int length) {
        byte[] plain = blocks.update(bytes, 0, length);
        return plain == null ? new byte[0] : plain;
    }
}
