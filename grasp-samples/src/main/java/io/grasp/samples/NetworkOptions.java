package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.engine.GraspObserver;
import io.grasp.model.ObjectiveValue;
import io.grasp.substrate.netty.NettyConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What every command on a real network takes. */
final class NetworkOptions {
    private static final String REFUSAL =
            "Nothing is known to protect the network: GRASP needs an ACP or equal protection (RFC 8990 section 2.5.1)."
                    + " If yours has it, pass --assume-secure";

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--link",
            paramLabel = "NAME",
            description = "Use this interface; may be repeated. Without it, all suitable ones are used.")
    private List<String> links = List.of();

    @Option(names = "--assume-secure", description = "Something outside this program protects the links.")
    private boolean assumeSecure;

    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    NetworkOptions() {}

    Output output() {
        return new Output(spec().commandLine().getOut(), json);
    }

    /** Starts a node, does something with it, and closes it, also when the process is told to stop. */
    <T> @Nullable T withNode(Function<Grasp, Mono<T>> work) {
        return withNode(GraspObserver.NONE, work);
    }

    /** Starts a node with an observer, does something with it, and closes it. */
    <T> @Nullable T withNode(GraspObserver observer, Function<Grasp, Mono<T>> work) {
        requireProtection();
        NettyConfig network = NettyConfig.defaults().withAssumeSecure(true);
        if (!links.isEmpty()) {
            network = network.withLinks(links.toArray(String[]::new));
        }
        GraspConfig config = GraspConfig.defaults().withNetwork(network).withObserver(observer);
        Sinks.Empty<T> stop = Sinks.empty();
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop, closed), "grasp-stop"));
        try {
            return Mono.usingWhen(
                            Grasp.start(config),
                            grasp -> work.apply(grasp).takeUntilOther(stop.asMono()),
                            Grasp::closeAsync)
                    .block();
        } finally {
            closed.countDown();
        }
    }

    private static void stop(Sinks.Empty<?> stop, CountDownLatch closed) {
        stop.tryEmitError(new CancellationException("stopped"));
        try {
            closed.await(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireProtection() {
        if (!assumeSecure) {
            throw new IllegalStateException(REFUSAL);
        }
        spec().commandLine().getErr().println("grasp: warning: links are assumed to be protected, as --assume-secure says");
    }

    /** Reads a value given as JSON. */
    ObjectiveValue value(String json) {
        ObjectiveValue value = JsonValues.read(json);
        if (value == null) {
            throw wrong("Not JSON: " + json);
        }
        return value;
    }

    /** A wrong value of a parameter. */
    ParameterException wrong(String what) {
        return new ParameterException(spec().commandLine(), what);
    }

    private CommandSpec spec() {
        if (command == null) {
            throw new IllegalStateException("not a mixin of a command");
        }
        return command;
    }
}
