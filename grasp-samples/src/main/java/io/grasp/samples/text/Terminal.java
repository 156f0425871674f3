package io.grasp.samples.text;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Which of the standard streams is a terminal. */
public final class Terminal {
    /** The width of what is not a terminal: its lines are not wrapped. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 40;
    private static final long LONGEST_QUERY_MILLIS = 1000;

    private Terminal() {}

    /** {@return whether standard input is a terminal} */
    public static boolean isInput() {
        return is(device(0));
    }

    /** {@return the characters of standard input, by the character set of the locale, or by UTF-8 instead of ASCII} */
    public static Reader inputReader() {
        String name = System.getProperty("native.encoding", "UTF-8");
        Charset charset = Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
        // Unlike the charset, a decoder reports wrong bytes.
        return new InputStreamReader(
                System.in, (charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset).newDecoder());
    }

    /** {@return the width of standard output, {@link #UNBOUNDED} if it is not a terminal} */
    static int columns() {
        Path device = device(1);
        return is(device) ? columns(device) : UNBOUNDED;
    }

    private static boolean is(Path device) {
        return device.startsWith("/dev/pts") || device.toString().matches("/dev/(tty|console).*");
    }

    /** {@return the file of a standard stream; an empty path where that is not known} */
    private static Path device(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
        } catch (IOException | UnsupportedOperationException e) {
            return Path.of("");
        }
    }

    private static int columns(Path device) {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(device.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (stty.waitFor(LONGEST_QUERY_MILLIS, TimeUnit.MILLISECONDS)) {
                String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
                int columns = Integer.parseInt(size.substring(size.indexOf(' ') + 1));
                return columns == 0 ? USUAL_COLUMNS : Math.max(LEAST_COLUMNS, columns);
            }
            stty.destroy();
        } catch (IOException | NumberFormatException unknown) {
            // as wide as most
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return USUAL_COLUMNS;
    }
}
