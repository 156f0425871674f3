package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.cbor.CborItem;
import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.asa.ExtensionExample;
import io.grasp.samples.text.Output;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Runs the sample of an extension. */
@Command(name = "extensions", description = "Shows a message type and an option of its own, on a simulated network.")
final class ExtensionsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object per line: the messages sent, and comments.")
    private boolean json;

    ExtensionsCommand() {}

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("not a command");
        }
        Output output = new Output(spec.commandLine().getOut(), json);
        SimNode left = network.node("left");
        SimNode right = network.node("right");
        network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5), left, right);
        Grasp one = start(left, "Ann", output);
        Grasp two = start(right, "Bob", output);
        Disposable answering = new ExtensionExample(
                        "Bob", line -> output.result(new NodeLine("Bob", line), "Bob  " + line))
                .answer(two)
                .subscribe();
        loop.runReady();
        await(new ExtensionExample("Ann", line -> output.result(new NodeLine("Ann", line), "Ann  " + line)).greet(one));
        loop.advance(Duration.ofSeconds(1));
        answering.dispose();
        await(one.closeAsync());
        await(two.closeAsync());
        return 0;
    }

    private Grasp start(SimNode node, String who, Output output) {
        GraspConfig config = GraspConfig.defaults()
                .withSubstrate(() -> node)
                .withRandom(() -> new Random(who.hashCode()))
                .withObserver(new GraspObserver() {
                    @Override
                    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                        String printed =
                                CborItem.wrap(encoded, 0, encoded.length).diagnostic();
                        output.result(new Sent(who, printed), who + "  sends " + printed);
                    }
                });
        Grasp started = await(Grasp.start(config));
        if (started == null) {
            throw new IllegalStateException("no node");
        }
        return started;
    }

    private <T> @Nullable T await(Mono<T> work) {
        var result = work.toFuture();
        if (!loop.runUntil(result::isDone, PATIENCE)) {
            throw new IllegalStateException("the example did not end within " + PATIENCE);
        }
        return result.join();
    }

    private record NodeLine(String node, String says) {}

    private record Sent(String node, String sends) {}
}
