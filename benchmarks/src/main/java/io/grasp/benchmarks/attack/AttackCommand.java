package io.grasp.benchmarks.attack;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one attack. */
@Command(
        name = "attack",
        description = {
            "Attacks a node from this network namespace.",
            "Prints \"ready\" when the attack is at its full strength, and at the end the number of messages,"
                    + " connections or rounds."
        })
final class AttackCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "KIND", description = "The attack: ${COMPLETION-CANDIDATES}.")
    private Kind kind = Kind.FLOODS;

    @Mixin
    private AttackOptions options = new AttackOptions();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "The attack ends by itself after this time. Default: ${DEFAULT-VALUE}.")
    private int seconds = 60;

    AttackCommand() {}

    /** The attacks. */
    enum Kind {
        FLOODS,
        CACHES,
        MANY_OBJECTIVES,
        EXPIRE,
        DISCOVERIES,
        FORGED,
        UNICAST,
        PIPELINED,
        UNREAD,
        UNCLOSED,
        REQUESTS,
        COLLIDING,
        TEXT,
        MIXED,
        DIVERT,
        SILENT,
        WAITS,
        ENDLESS,
        HALF_REQUESTS
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Progress progress = new Progress(out, Duration.ofSeconds(seconds));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(out, progress), "attack-end"));
        attack().run(progress);
        return 0;
    }

    private Attack attack() {
        MulticastAttacks multicasts = new MulticastAttacks(options);
        ConnectionAttacks connections = new ConnectionAttacks(options);
        return switch (kind) {
            case FLOODS -> multicasts::floods;
            case CACHES -> multicasts::caches;
            case MANY_OBJECTIVES -> multicasts::manyObjectives;
            case EXPIRE -> multicasts::expire;
            case DISCOVERIES -> multicasts::discoveries;
            case FORGED -> multicasts::forged;
            case UNICAST -> multicasts::unicast;
            case PIPELINED -> connections::pipelined;
            case UNREAD -> connections::unread;
            case UNCLOSED -> connections::unclosed;
            case REQUESTS -> connections::requests;
            case COLLIDING -> multicasts::colliding;
            case MIXED -> multicasts::mixed;
            case TEXT -> multicasts::text;
            case DIVERT -> multicasts::divert;
            case SILENT -> connections::silent;
            case WAITS -> connections::waits;
            case ENDLESS -> connections::endless;
            case HALF_REQUESTS -> connections::halfRequests;
        };
    }

    private static void end(PrintWriter out, Progress progress) {
        out.println("sent=" + progress.counted());
        out.flush();
    }
}
