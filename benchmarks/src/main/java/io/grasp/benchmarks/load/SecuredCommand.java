package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.grasp.SecuredNodes;
import io.grasp.benchmarks.load.process.Namespace;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures sessions between members of a domain. */
@Command(
        name = "secured",
        description = {
            "Measures sessions over TLS between members of a domain: with streams and without, next to bare Netty's in"
                    + " the clear; memory of peers and sessions; and sessions during a storm of handshakes.",
            "Takes about two and a half minutes. Exits with 1 if a budget was missed, except in a quick run."
        })
final class SecuredCommand implements Callable<Integer> {
    private static final String LINK = "lo";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--quick",
            description = "Run as briefly as possible, to check that everything works. The figures mean nothing.")
    private boolean quick;

    SecuredCommand() {}

    @Override
    public Integer call() throws Exception {
        if (!Namespace.isInside()) {
            return Commands.runAgainInNamespace(spec);
        }
        SecuredProfile profile = quick ? SecuredProfile.QUICK : SecuredProfile.USUAL;
        PrintWriter out = Commands.out(spec);
        Budgets budgets = new Budgets();
        Machine.describe(out);
        Path identities = Files.createTempDirectory("grasp-secured");
        try {
            SecuredNodes.issue(identities);
            new SecuredMeasurements(profile, out, budgets).run(LINK, identities);
            new SecuredStorm(profile, out, budgets).run(identities);
            new SecuredMemory(profile, out).run(LINK, identities);
        } finally {
            delete(identities);
        }
        budgets.print(out);
        out.flush();
        return quick || budgets.allKept() ? 0 : 1;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(directory);
    }
}
