package io.grasp.samples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of the program. The JVM decodes them by the character set of the locale, and replaces what that one
 * lacks: in the locale C, all that is not ASCII. They are then read again, as UTF-8.
 */
final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final String REPLACED = "\uFFFD";

    private Arguments() {}

    /**
     * {@return the arguments as the user has written them}
     *
     * @param decoded the arguments as the JVM has decoded them
     * @throws IllegalArgumentException if one of them cannot be decoded; says which one, and what to do
     */
    static String[] exact(String... decoded) {
        if (Arrays.stream(decoded).noneMatch(argument -> argument.contains(REPLACED))) {
            return decoded;
        }
        List<byte[]> all = commandLine();
        int first = all.size() - decoded.length;
        String[] exact = new String[decoded.length];
        for (int i = 0; i < decoded.length; i++) {
            exact[i] = decoded[i].contains(REPLACED) && first > 0 ? utf8(all.get(first + i), i) : decoded[i];
            if (!ascii(exact[i]).equals(ascii(decoded[i])) || first <= 0) {
                throw unreadable(i);
            }
        }
        return exact;
    }

    private static String utf8(byte[] argument, int index) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(argument))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable(index);
        }
    }

    private static String ascii(String argument) {
        return argument.replaceAll("\\P{ASCII}", "");
    }

    private static IllegalArgumentException unreadable(int index) {
        return new IllegalArgumentException("argument " + (index + 1) + " has characters that are not in the character"
                + " set of the locale, " + System.getProperty("native.encoding", "which is not known")
                + "; write it in UTF-8, or set LC_ALL to a locale such as C.UTF-8");
    }

    /** {@return all arguments of the process, none where that is not known} */
    private static List<byte[]> commandLine() {
        try {
            byte[] bytes = Files.readAllBytes(COMMAND_LINE);
            List<byte[]> arguments = new ArrayList<>();
            int begin = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == 0) {
                    arguments.add(Arrays.copyOfRange(bytes, begin, i));
                    begin = i + 1;
                }
            }
            return arguments;
        } catch (IOException e) {
            return List.of();
        }
    }
}
