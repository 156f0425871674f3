package io.grasp.security;

import io.grasp.security.CredentialSource.UnusableCredentialsException;
import io.grasp.util.FileErrorText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/** Reads the files of an identity, which are small. */
final class CredentialFiles {
    /** More than any chain or set of trust anchors needs. */
    private static final int MAX_BYTES = 1 << 20;

    private CredentialFiles() {}

    static byte[] read(Path file) throws UnusableCredentialsException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new UnusableCredentialsException("the file " + file + " does not exist: create it, or name another");
        } catch (AccessDeniedException e) {
            throw new UnusableCredentialsException("this process may not read " + file + ": change its owner or mode");
        } catch (IOException e) {
            throw new UnusableCredentialsException("the file " + file + " cannot be read: " + FileErrorText.reason(e));
        }
        if (content.length > MAX_BYTES) {
            throw new UnusableCredentialsException(
                    "the file " + file + " has more than " + MAX_BYTES + " bytes: it is not the one that is meant");
        }
        return content;
    }

    /** {@return a new password, which the caller overwrites} */
    static char[] password(Supplier<char[]> supplier) throws UnusableCredentialsException {
        char[] password;
        try {
            password = supplier.get();
        } catch (UncheckedIOException e) {
            throw new UnusableCredentialsException("the password cannot be read: " + e.getMessage());
        } catch (RuntimeException e) {
            throw new UnusableCredentialsException(
                    "the supplier of the password has failed: " + e.getClass().getName());
        }
        if (password == null) {
            throw new UnusableCredentialsException("the supplier of the password has none: give one");
        }
        return password;
    }

    /** {@return whether the JDK can use a password for encryption by PBES2} It takes printable ASCII only. */
    static boolean isUsable(char[] password) {
        for (char each : password) {
            if (each < ' ' || each > '~') {
                return false;
            }
        }
        return true;
    }

    /** {@return a hash of the files' contents, or of why they cannot be read} */
    static String hash(List<Path> files) {
        MessageDigest digest = sha256();
        for (Path file : files) {
            try {
                byte[] content = read(file);
                digest.update(sha256().digest(content));
            } catch (UnusableCredentialsException e) {
                digest.update(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JDK has it
        }
    }
}
