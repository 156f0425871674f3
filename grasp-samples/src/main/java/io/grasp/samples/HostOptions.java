package io.grasp.samples;

import io.grasp.config.AsaLimits;
import io.grasp.host.HostConfig;
import io.grasp.samples.node.CommandOptions;
import io.grasp.samples.node.NetworkOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for how a host runs ASAs, and how much each of them may use. */
final class HostOptions extends CommandOptions {
    private static final HostConfig DEFAULTS = HostConfig.DEFAULTS;
    private static final int SHORTEST_PERIOD_MILLIS = 10;

    @Option(
            names = "--first-pause",
            paramLabel = "MS",
            description = "The upper bound of the random pause before an ASA that has failed is started again. It"
                    + " doubles with each failure. Default: ${DEFAULT-VALUE}.")
    private long firstPause = DEFAULTS.firstPause().toMillis();

    @Option(
            names = "--longest-pause",
            paramLabel = "MS",
            description = "The highest upper bound of that pause. An ASA that has been operational for this time begins"
                    + " with --first-pause again. Default: ${DEFAULT-VALUE}.")
    private long longestPause = DEFAULTS.longestPause().toMillis();

    @Option(
            names = "--restarts",
            paramLabel = "N",
            description = "How often an ASA is started again after failures in a row. Default: no limit.")
    private @Nullable Integer restarts;

    @Option(
            names = "--ready-within",
            paramLabel = "MS",
            description = "The time from its start within which an ASA must be ready. Default: ${DEFAULT-VALUE}.")
    private long readyWithin = DEFAULTS.readyWithin().toMillis();

    @Option(
            names = "--drain-within",
            paramLabel = "MS",
            description = "The time that an ASA has to finish what is in progress before it is stopped, and that all of"
                    + " them have when the command is stopped. Default: ${DEFAULT-VALUE}.")
    private long drainWithin = DEFAULTS.drainWithin().toMillis();

    @Option(
            names = "--blocked-after",
            paramLabel = "MS",
            description = "The time after which a function of an ASA that has not returned is blocked: the ASA is"
                    + " deregistered, and started again when its thread has ended. Default: ${DEFAULT-VALUE}.")
    private long blockedAfter = DEFAULTS.blockedAfter().toMillis();

    @Option(
            names = "--check-period",
            paramLabel = "MS",
            description = "How often each ASA checks itself. Default: ${DEFAULT-VALUE}.")
    private long checkPeriod = DEFAULTS.checkPeriod().toMillis();

    @Option(names = "--asas", paramLabel = "N", description = "The maximum number of ASAs. Default: ${DEFAULT-VALUE}.")
    private int asas = DEFAULTS.asas();

    @Option(
            names = "--asa-tasks",
            paramLabel = "N",
            description = "The maximum number of tasks that wait for the thread of an ASA, with its delays. An ASA with"
                    + " more is overloaded: it is deregistered and started again. Default: ${DEFAULT-VALUE}.")
    private int tasks = DEFAULTS.tasks();

    @Option(
            names = "--asa-sessions",
            paramLabel = "N",
            description = "The maximum number of sessions of an ASA. Default: ${DEFAULT-VALUE}.")
    private int sessions = DEFAULTS.asaLimits().sessions();

    @Option(
            names = "--asa-objectives",
            paramLabel = "N",
            description = "The maximum number of objectives of an ASA. Default: ${DEFAULT-VALUE}.")
    private int objectives = DEFAULTS.asaLimits().objectives();

    HostOptions() {}

    /** {@return the settings, without storage} */
    HostConfig config(NetworkOptions network) {
        Duration first = network.millis("--first-pause", firstPause, 1);
        Duration longest = network.millis("--longest-pause", longestPause, 1);
        if (longest.compareTo(first) < 0) {
            throw wrong("--longest-pause must not be below --first-pause");
        }
        HostConfig config = DEFAULTS.withPauses(first, longest)
                .withReadyWithin(network.millis("--ready-within", readyWithin, 1))
                .withDrainWithin(network.millis("--drain-within", drainWithin, 1))
                .withBlockedAfter(network.millis("--blocked-after", blockedAfter, SHORTEST_PERIOD_MILLIS))
                .withCheckPeriod(network.millis("--check-period", checkPeriod, SHORTEST_PERIOD_MILLIS))
                .withAsas(number("--asas", asas, 1))
                .withTasks(number("--asa-tasks", tasks, 1))
                .withAsaLimits(new AsaLimits(
                        number("--asa-objectives", objectives, 1), number("--asa-sessions", sessions, 1)));
        return restarts == null ? config : config.withRestarts(number("--restarts", restarts, 0));
    }

    private int number(String option, int value, int least) {
        if (value < least) {
            throw wrong(option + " must be at least " + least);
        }
        return value;
    }
}
