package io.grasp.samples.control.client;

import io.grasp.samples.text.Documents;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the status of a running node. */
@Command(
        name = "status",
        description = {
            "Prints how a running node is: version, protection, certificate, addresses and counts; problems first.",
            "With --json, it prints what GET /v1/status of the control API returns (" + Documents.DIRECTORY
                    + "docs/control.md)."
        })
public final class StatusCommand implements Callable<Integer> {
    @Mixin
    private ClientOptions options = new ClientOptions();

    StatusCommand() {}

    @Override
    public Integer call() {
        return options.with((client, output) -> {
            if (output.isJson()) {
                output.result(client.get("status"), "");
            } else {
                StatusReport.of(client).lines().forEach(output::say);
            }
        });
    }
}
