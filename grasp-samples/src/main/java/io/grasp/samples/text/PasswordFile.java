package io.grasp.samples.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A password in a file: its first line, in UTF-8. */
public final class PasswordFile {
    private static final int MAX_BYTES = 4096;

    private PasswordFile() {}

    /**
     * {@return the password, {@code null} if there is no file}
     *
     * @param option the option that names the file, for errors
     * @throws IllegalArgumentException if the file cannot be read, or its first line is empty
     */
    public static char @Nullable [] read(String option, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        byte[] content = content(option, file);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            char[] all = text.array();
            int end = 0;
            while (end < text.limit() && all[end] != '\n' && all[end] != '\r') {
                end++;
            }
            char[] password = Arrays.copyOf(all, end);
            Arrays.fill(all, '\0');
            if (end == 0) {
                throw new IllegalArgumentException(option + ": the first line of " + file + " is empty");
            }
            return password;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(option + ": " + file + " is not text in UTF-8", e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static byte[] content(String option, Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(option + ": " + file + " has more than " + MAX_BYTES + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(option + ": cannot read " + file, e);
        }
    }
}
