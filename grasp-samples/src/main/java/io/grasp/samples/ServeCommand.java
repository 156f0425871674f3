package io.grasp.samples;

import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.ObjectiveName;
import io.grasp.samples.text.Output;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/** Answers synchronization requests. */
@Command(name = "serve", description = "Serves the value of a synchronization objective, until it is stopped.")
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            converter = ObjectiveName.class,
            description = "The objective's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "JSON", description = "Its value.")
    private String json = "";

    ServeCommand() {}

    @Override
    public Integer call() {
        ObjectiveValue value = network.value(json);
        Objective objective = Objective.synchronizable(name);
        Output output = network.output();
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> grasp.registerAsa("serve")
                    .flatMap(asa -> asa.register(objective)
                            .doOnSuccess(ready -> output.ready("serve", "Serving " + name + " = " + value))
                            .then(asa.listenSynchronize(objective, Flux.just(value))))));
            return 0;
        });
    }
}
