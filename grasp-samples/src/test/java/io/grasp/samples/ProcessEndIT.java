package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the process of a command ends that does not end by itself, and which exit code it has then. */
@Timeout(60)
class ProcessEndIT {
    private static final String[] DAEMON = {"daemon", "--link", "lo", "--assume-secure", "--json"};

    /** Runs the command in a network of its own, whose loopback interface carries floods. */
    private static final String LOOPBACK_NETWORK = "unshare --map-root-user --net sh -c '"
            + "ip link set lo up && ip -6 route add local ff02::13 dev lo && exec \"$@\"' grasp \"$@\"";

    private final Processes processes = new Processes();

    @BeforeEach
    void onLinux() {
        assumeTrue(Files.exists(Path.of("/proc/self/cmdline")), "this is not Linux");
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    /** The processes run at the same time, which is faster. */
    @Test
    void eachSignalAndEachFailureOfStandardOutputHasItsExitCode() {
        RunningProcess quiet = processes.script("\"$@\" | head -1; exit ${PIPESTATUS[0]}", DAEMON);
        RunningProcess named = processes.script(
                "fifo=$(mktemp -u); mkfifo $fifo; { head -1 < $fifo; rm $fifo; } & exec \"$@\" > $fifo", DAEMON);
        RunningProcess chatty = processes.script(
                LOOPBACK_NETWORK + " | head -1; exit ${PIPESTATUS[0]}",
                "flood",
                "X",
                "1",
                "--every",
                "100",
                "--link",
                "lo",
                "--assume-secure");
        RunningProcess full = processes.script("\"$@\" > /dev/full", "demo");
        RunningProcess noTerminal = processes.script("exec setsid \"$@\" < /dev/null", "demo");
        RunningProcess hungUp = processes.script("exec \"$@\"", DAEMON);
        RunningProcess interrupted = processes.script("exec \"$@\"", DAEMON);
        RunningProcess terminated = processes.script("exec \"$@\"", DAEMON);

        end(hungUp, "HUP", 129);
        end(interrupted, "INT", 130);
        end(terminated, "TERM", 143);
        assertEnds(quiet, 141);
        assertThat(quiet.output()).singleElement().asString().contains("\"up\"");
        assertEnds(named, 141);
        assertThat(named.output()).singleElement().asString().contains("\"up\"");
        assertEnds(chatty, 141);
        assertThat(chatty.output()).hasSize(1);
        assertThat(full.exit()).as(full.toString()).isEqualTo(4);
        assertThat(full.errors()).containsExactly("grasp: cannot write to standard output: No space left on device");
        assertThat(noTerminal.exit()).as(noTerminal.toString()).isZero();
        assertThat(noTerminal.errors()).isEmpty();
    }

    private static void end(RunningProcess process, String signal, int code) {
        process.line("\"up\"");
        process.signal(signal);
        assertEnds(process, code);
    }

    /** Only the warning of {@code --assume-secure} is printed, and no error; a busy machine may close late. */
    private static void assertEnds(RunningProcess process, int code) {
        assertThat(process.exit()).as(process.toString()).isEqualTo(code);
        assertThat(process.errors())
                .as(process.toString())
                .filteredOn(line -> line.startsWith("grasp: ") && !line.contains("still closing"))
                .hasSize(1);
    }

    /** Closing would end after three seconds; then the code would be that of the first signal. */
    @Test
    void anInterruptEndsAtOnceAProcessThatIsStillClosing() {
        RunningProcess slow = processes.program(List.of(), SlowClose.class);
        slow.line("\"up\"");

        slow.signal("TERM");
        slow.awaitError("still closing; Ctrl-C ends it at once");
        assertThat(slow.hasEnded()).isFalse();
        slow.signal("INT");

        assertThat(slow.exit()).as(slow.toString()).isEqualTo(130);
    }

    @Test
    void argumentsAreUtf8WhereTheLocaleHasOnlyAscii() {
        String[] decode = {"decode", "--json", "é€😀"};
        RunningProcess taken = processes.script("LC_ALL=C exec \"$@\"", decode);
        RunningProcess refused = processes.script("LC_ALL=C exec \"$@\" $'caf\\xe9'", decode);
        RunningProcess words = processes.script("LC_ALL=C exec \"$@\"", "décode");

        assertThat(taken.exit()).isEqualTo(1);
        assertThat(taken.output()).singleElement().asString().contains("'\\u00E9'");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.output()).isEmpty();
        assertThat(refused.errors())
                .singleElement()
                .asString()
                .startsWith("grasp: argument 4 has characters that are not in the character set of the locale, ")
                .endsWith("; write it in UTF-8, or set LC_ALL to a locale such as C.UTF-8");
        assertThat(words.exit()).isEqualTo(2);
        assertThat(words.errors()).startsWith("grasp: Unknown command: 'd\\u00e9code'", "Did you mean 'decode'?");
    }
}
