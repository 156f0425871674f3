package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The options -v, -vv and --trace. */
class LogOptionsTest {
    private static final String TIME = "\\d\\d:\\d\\d:\\d\\d[.]\\d{3} ";

    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    private Cli.Run discover(String... options) {
        town.briggs(town.node(), 1, line -> {}, round -> {});
        List<String> args = new ArrayList<>(List.of("discover", "EX3", "--assume-secure"));
        args.addAll(List.of(options));
        Cli.Run run = Cli.runIn(town, args.toArray(String[]::new));
        assertThat(run.code()).isZero();
        return run;
    }

    @Test
    void nothingIsLoggedUnlessAskedFor() {
        assertThat(discover().err()).hasSize(1);
    }

    @Test
    void verboseLogsTheNodeAndNotItsSessions() {
        List<String> err = discover("-v").err();

        assertThat(err).anyMatch(line -> line.matches(TIME + "INFO  node     started at port \\d+ as .*"));
        assertThat(err).anyMatch(line -> line.matches(TIME + "INFO  node     closed"));
        assertThat(err).noneMatch(line -> line.contains(" session ") || line.contains("M_DISCOVERY"));
    }

    @Test
    void moreVerboseLogsSessions() {
        assertThat(discover("-vv").err())
                .anyMatch(line -> line.matches(
                        TIME + "DEBUG session  discovery of EX3 as initiator, session \\d+ ended: completed"));
    }

    @Test
    void traceLogsMessagesAndLeavesJsonAlone() {
        Cli.Run run = discover("--trace", "--json");

        assertThat(run.json()).hasSize(1);
        assertThat(run.err()).hasSize(4);
        assertThat(run.err().get(1))
                .matches(TIME
                        + "TRACE message  => M_DISCOVERY \\[1, \\d+, h'[0-9a-f]{32}', \\[\"EX3\", .*]] on link lan");
        assertThat(run.err().get(3)).matches(TIME + "TRACE message  <- M_RESPONSE \\[2, .*]] from \\[.*]:\\d+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "briggs",
                "gray",
                "daemon",
                "discover",
                "synchronize",
                "serve",
                "flood",
                "get-flood",
                "negotiate",
                "chat",
                "quads-registrar",
                "quads-enroll"
            })
    void everyNetworkCommandHasTheOptions(String command) {
        CommandLine found = Main.commandLine().getSubcommands().get(command);
        assertThat(found.getCommandSpec().optionsMap()).containsKeys("-v", "--verbose", "--trace");
    }
}
