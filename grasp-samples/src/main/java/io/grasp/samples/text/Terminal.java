package io.grasp.samples.text;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which of the standard streams is a terminal, and what it is like. */
public final class Terminal {
    /** The width of what is not a terminal: its lines are not wrapped. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_ROWS = 24;
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

    /**
     * The size of a terminal in characters.
     *
     * @param columns its width
     * @param rows its height
     */
    public record Size(int columns, int rows) {}

    /** {@return whether standard output is a terminal} */
    public static boolean isOutput() {
        return is(device(1));
    }

    /** {@return the present size of the terminal that standard output is; a usual one if it is not known} */
    public static Size size() {
        String[] size = stty(device(1), "size").split(" ", -1);
        try {
            int rows = Integer.parseInt(size[0]);
            int columns = Integer.parseInt(size[size.length - 1]);
            return new Size(columns == 0 ? USUAL_COLUMNS : columns, rows == 0 ? USUAL_ROWS : rows);
        } catch (NumberFormatException unknown) {
            return new Size(USUAL_COLUMNS, USUAL_ROWS);
        }
    }

    /**
     * Has each key reach {@link System#in} when it is pressed, and not be printed, if standard input is a terminal. An
     * interrupt from the keyboard still ends the process.
     *
     * @return restores the terminal; it may be run several times
     */
    public static Runnable readKeys() {
        Path device = device(0);
        String before = is(device) ? stty(device, "-g") : "";
        if (before.isEmpty()) {
            return () -> {};
        }
        stty(device, "-icanon", "-echo", "min", "1", "time", "0");
        return () -> stty(device, before);
    }

    /** {@return the width of standard output, {@link #UNBOUNDED} if it is not a terminal} */
    static int columns() {
        return isOutput() ? Math.max(LEAST_COLUMNS, size().columns()) : UNBOUNDED;
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

    /** {@return what stty prints, empty if it fails} It is there wherever a terminal of Unix is. */
    private static String stty(Path device, String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process stty = new ProcessBuilder(command)
                    .redirectInput(device.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (stty.waitFor(LONGEST_QUERY_MILLIS, TimeUnit.MILLISECONDS)) {
                return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            }
            stty.destroy();
        } catch (IOException e) {
            // there is no stty, or no such terminal
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "";
    }
}
