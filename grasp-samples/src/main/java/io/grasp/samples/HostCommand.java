package io.grasp.samples;

import io.grasp.host.AsaHost;
import io.grasp.host.HostConfig;
import io.grasp.host.HostDirectory;
import io.grasp.host.HostEvent;
import io.grasp.host.HostEvent.ParameterSet;
import io.grasp.host.HostEvent.Reported;
import io.grasp.host.HostEvent.StateChanged;
import io.grasp.host.HostMeters;
import io.grasp.host.HostedAsa;
import io.grasp.host.InstalledAsa;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.control.ServedNode;
import io.grasp.samples.node.Ending;
import io.grasp.samples.node.LineLimit;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.prefix.manager.HostedPrefixManager;
import io.grasp.samples.prefix.manager.PrefixManager;
import io.grasp.samples.prefix.manager.PrefixMeters;
import io.grasp.samples.text.Output;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

/** Runs the ASAs of a directory. */
@Command(
        name = "host",
        description = {
            "Runs the ASAs of a directory, and keeps them running, until it is stopped.",
            "The file asas.txt in it has a line for each ASA, of a jar in the directory or of this program (Briggs,"
                    + " Gray, greeter, prefix-manager, service-announcer, file-server): NAME or NAME@VERSION, then"
                    + " settings as PARAMETER=VALUE; -NAME does not run."
                    + " Changes of the file and of the jars are noticed; a new version takes over without a gap,"
                    + " unless its manifest says that two versions cannot run at the same time."
        })
final class HostCommand implements Callable<Integer> {
    /** How many lines each ASA has in a minute, beside its states. */
    private static final int MAX_LINES_OF_ASA = 60;

    private static final int MAX_LINES = 600;

    /** How long the ASAs may take to stop when they have finished. */
    private static final Duration STOPPING = Duration.ofSeconds(5);

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Parameters(index = "0", paramLabel = "DIR", description = "The directory.")
    private Path directory = Path.of("");

    @Option(
            names = "--storage",
            paramLabel = "DIR",
            description = "Where ASAs keep what must survive, each in a directory of its own. Default: state in DIR.")
    private @Nullable Path storage;

    @Option(
            names = "--reload",
            paramLabel = "MS",
            description = "How often to look for changes, in milliseconds. Default: ${DEFAULT-VALUE}.")
    private long reloadMillis = 2000;

    @Mixin
    private HostOptions options = new HostOptions();

    HostCommand() {}

    @Override
    public Integer call() {
        if (!Files.isDirectory(directory)) {
            throw network.wrong("there is no directory " + directory);
        }
        Duration reload = network.millis("--reload", reloadMillis, 10);
        HostConfig config = options.config(network).withStorage(storage == null ? directory.resolve("state") : storage);
        AtomicReference<@Nullable AsaHost> running = new AtomicReference<>();
        network.endWith(
                new Ending(grasp -> end(running.get()), config.drainWithin().plus(STOPPING)));
        HostMeters meters = new HostMeters();
        network.withMeters(meters);
        PrefixMeters prefixes = new PrefixMeters();
        network.withMeters(prefixes);
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> {
                AsaHost host = AsaHost.on(grasp, config);
                running.set(host);
                meters.watch(host);
                served.hosting(host);
                return run(host, reload, ofProgram(served, prefixes));
            }));
            return 0;
        });
    }

    /** Lets the ASAs finish what is in progress. */
    private static Mono<Void> end(@Nullable AsaHost host) {
        return host == null ? Mono.empty() : host.closeAsync();
    }

    private Mono<Void> run(AsaHost host, Duration reload, List<InstalledAsa> ofProgram) {
        Output output = network.output();
        LineLimit lines = new LineLimit(System::nanoTime, MAX_LINES_OF_ASA, MAX_LINES);
        host.events()
                .filter(event -> event instanceof StateChanged
                        || lines.permits(event.name(), omitted -> print(omitted(omitted), output)))
                .subscribe(event -> print(event, output)); // also while they end
        HostDirectory asas = HostDirectory.of(host, directory, HostCommand.class.getClassLoader(), ofProgram);
        return asas.load()
                .doOnSuccess(
                        begun -> output.ready("host", "Ready: the ASAs of " + directory + " run until it is stopped"))
                .then(asas.watch(reload));
    }

    /** {@return the ASAs of the program; clients and meters have the prefix manager when it runs} */
    private static List<InstalledAsa> ofProgram(ServedNode served, PrefixMeters meters) {
        Supplier<HostedAsa> prefixManager = () -> new HostedPrefixManager(
                manager -> {
                    meters.watch(manager.map(PrefixManager::pool));
                    served.prefixes(manager);
                },
                meters);
        return ServiceLoader.load(HostedAsa.class, HostCommand.class.getClassLoader()).stream()
                .map(asa -> InstalledAsa.of(asa.type() == HostedPrefixManager.class ? prefixManager : asa))
                .toList();
    }

    private static HostEvent omitted(long lines) {
        return new HostEvent.Problem("host", lines + " lines of the minute before were left out");
    }

    private static void print(HostEvent event, Output output) {
        HostOutput result = new HostOutput("problem", event.name(), null, null, event.sentence());
        if (event instanceof StateChanged change) {
            result = new HostOutput(
                    "state",
                    change.name(),
                    change.version(),
                    change.state().name().toLowerCase(Locale.ROOT),
                    change.detail());
        } else if (event instanceof ParameterSet set) {
            result = new HostOutput(
                    "parameter", set.name(), null, null, set.parameter() + " is " + set.value() + ", " + set.detail());
        } else if (event instanceof Reported reported) {
            result = new HostOutput("report", reported.name(), null, null, reported.text());
        }
        output.result(result, event.sentence());
    }

    private record HostOutput(
            String event,
            String name,
            @Nullable String version,
            @Nullable String state,
            String detail) {}
}
