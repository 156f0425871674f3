package io.grasp.samples;

import io.grasp.samples.node.CommandOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long something is valid, in one of several units. */
final class LifetimeOptions extends CommandOptions {
    private static final int MAX_DAYS = 36_500;

    @Option(names = "--days", paramLabel = "N", description = "Valid for this many days.")
    private @Nullable Integer days;

    @Option(names = "--hours", paramLabel = "N", description = "Valid for this many hours.")
    private @Nullable Integer hours;

    @Option(names = "--minutes", paramLabel = "N", description = "Valid for this many minutes.")
    private @Nullable Integer minutes;

    LifetimeOptions() {}

    /** {@return what the user has chosen, or the default} */
    Duration orElse(Duration unchosen) {
        Duration chosen = null;
        int options = 0;
        if (days != null) {
            chosen = Duration.ofDays(days);
            options++;
        }
        if (hours != null) {
            chosen = Duration.ofHours(hours);
            options++;
        }
        if (minutes != null) {
            chosen = Duration.ofMinutes(minutes);
            options++;
        }
        if (chosen == null) {
            return unchosen;
        }
        if (options > 1) {
            throw wrong("--days, --hours and --minutes exclude each other");
        }
        if (chosen.compareTo(Duration.ofMinutes(1)) < 0 || chosen.compareTo(Duration.ofDays(MAX_DAYS)) > 0) {
            throw wrong("the lifetime must be 1 minute to " + MAX_DAYS + " days");
        }
        return chosen;
    }
}
