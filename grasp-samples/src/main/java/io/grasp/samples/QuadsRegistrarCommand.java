package io.grasp.samples;

import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.quads.QuadsRegistrar;
import io.grasp.samples.text.Output;
import io.grasp.substrate.netty.quads.QuadsKey;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.scheduler.Schedulers;

/** Runs the registrar of a QUADS domain. */
@Command(
        name = "quads-registrar",
        description = {
            "Gives the QUADS key to pledges that know a password, as graspy's quadski.py, until it is stopped.",
            "It runs in the clear, beside the encrypted nodes."
        })
final class QuadsRegistrarCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Option(
            names = "--keys",
            required = true,
            paramLabel = "FILE",
            description = "The key to give out, in a file of graspy such as quadskMaster.py.")
    private Path keys = Path.of("");

    @Option(
            names = "--password-file",
            required = true,
            paramLabel = "FILE",
            description = "The password that pledges must know, in the first line; - prompts for it.")
    private Path password = Path.of("");

    QuadsRegistrarCommand() {}

    @Override
    public Integer call() {
        if (network.isEncrypted()) {
            throw network.wrong("Pledges have no key: the registrar cannot run with --quads-key");
        }
        QuadsKey key = network.read("--keys", keys, () -> QuadsKey.read(keys));
        byte[] secret = network.secret("--password-file", password);
        Output output = network.output();
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> new QuadsRegistrar(
                            key,
                            secret,
                            grasp.scheduler(),
                            Schedulers.boundedElastic(),
                            output::status,
                            request -> output.result(request, request.describe()))
                    .run(grasp, () -> output.ready("quads-registrar", "Ready: pledges can enrol"))));
            return 0;
        });
    }
}
