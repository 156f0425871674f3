package io.grasp.samples;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ExitCode;

/** The exit codes of commands. */
final class ExitCodes {
    /** The peer or this program has declined the negotiation. */
    static final int DECLINED = 3;

    /** Results could not be written to standard output. */
    static final int OUTPUT_FAILED = 4;

    /** Interrupted from the keyboard: 128 + SIGINT. */
    static final int INTERRUPTED = 130;

    /** Nothing reads standard output any more: 128 + SIGPIPE. */
    static final int OUTPUT_CLOSED = 141;

    /** Stopped: 128 + SIGTERM. */
    static final int TERMINATED = 143;

    private static final int HUNG_UP = 129;

    private ExitCodes() {}

    /** {@return what each code means} */
    static Map<String, String> table() {
        Map<String, String> codes = new LinkedHashMap<>();
        put(codes, ExitCode.OK, "success");
        put(codes, ExitCode.SOFTWARE, "failure; the reason is on standard error");
        put(codes, ExitCode.USAGE, "wrong usage: an unknown command or option, or a wrong value");
        put(codes, DECLINED, "the negotiation was declined (negotiate)");
        put(codes, OUTPUT_FAILED, "standard output could not be written, as on a full disk");
        put(codes, HUNG_UP, "the terminal was closed (SIGHUP)");
        put(codes, INTERRUPTED, "interrupted from the keyboard (SIGINT)");
        put(codes, OUTPUT_CLOSED, "the reader of standard output has ended, as that of a pipe may");
        put(codes, TERMINATED, "stopped (SIGTERM)");
        return codes;
    }

    private static void put(Map<String, String> codes, int code, String meaning) {
        codes.put(Integer.toString(code), meaning);
    }
}
