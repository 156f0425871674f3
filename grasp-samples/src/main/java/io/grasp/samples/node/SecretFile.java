package io.grasp.samples.node;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Passwords. They are never parameters of a command, which other users of the host can see. */
public final class SecretFile {
    private static final Path STANDARD_INPUT = Path.of("-");
    private static final int MAX_BYTES = 4096;

    private SecretFile() {}

    /**
     * Reads a password: the first line of a file in UTF-8. For the file {@code -} the user is prompted for it or, if
     * there is no console, it is the first line of standard input.
     *
     * @param prompt what the user is asked for
     * @return the password, not empty
     * @throws IOException if there is none
     */
    @SuppressWarnings("SystemConsoleNull") // JDK 22 to 24: a console that reads standard input
    public static char[] read(Path file, String prompt) throws IOException {
        char[] password;
        if (isStandardInput(file)) {
            Console console = System.console();
            password = console == null ? firstLine(System.in) : console.readPassword("%s: ", prompt);
        } else {
            try (InputStream in = Files.newInputStream(file)) {
                password = firstLine(in);
            }
        }
        if (password == null || password.length == 0) {
            throw new IOException("its first line is empty");
        }
        return password;
    }

    /** {@return whether the name stands for standard input} */
    static boolean isStandardInput(Path file) {
        return file.equals(STANDARD_INPUT);
    }

    private static char[] firstLine(InputStream in) throws IOException {
        byte[] line = new byte[MAX_BYTES];
        int length = 0;
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (length == MAX_BYTES) {
                throw new IOException("its first line has more than " + MAX_BYTES + " bytes");
            }
            line[length++] = (byte) next;
        }
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length));
            char[] password = new char[text.remaining()];
            text.get(password);
            return password;
        } catch (CharacterCodingException e) {
            throw new IOException("its first line is not UTF-8", e);
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }
}
