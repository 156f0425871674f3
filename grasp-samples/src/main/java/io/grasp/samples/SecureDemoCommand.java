package io.grasp.samples;

import io.grasp.samples.text.Documents;
import io.grasp.samples.text.Output;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the demonstration of a protected domain. */
@Command(
        name = "secure-demo",
        description = {
            "Nodes on this host protect themselves by TLS with certificates of a temporary authority.",
            "Three flood and negotiate, a stranger is refused, and a member is revoked."
        })
final class SecureDemoCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object per line: each step.")
    private boolean json;

    SecureDemoCommand() {}

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("not a command");
        }
        Output output = new Output(spec.commandLine().getOut(), json);
        output.say(
                "Nodes on this host, each with one TLS port at the loopback address; no multicast. Times are seconds.");
        new SecureDemo(output, output::record).run();
        output.say("Members worked, the stranger and the revoked one did not get in." + " " + Documents.DIRECTORY
                + "docs/first-protected-domain.md does the same on three hosts.");
        return 0;
    }
}
