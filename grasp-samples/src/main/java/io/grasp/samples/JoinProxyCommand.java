package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.Dull;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.LineLimit;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.onboarding.CircuitEnd;
import io.grasp.samples.onboarding.CircuitLimits;
import io.grasp.samples.onboarding.JoinObjectives;
import io.grasp.samples.onboarding.JoinProxy;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.Output;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NettySubstrate;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Runs a join proxy. */
@Command(
        name = "join-proxy",
        description = {
            "Lets new devices on a link reach a registrar (RFC 8995 section 4), until it is stopped.",
            "It learns registrars by floods of AN_join_registrar in the protected network, and floods AN_Proxy by DULL"
                    + " while it knows one. It carries the TCP connections of new devices, and does not end their TLS."
                    + " In a minute it prints up to 200 of them, and 10 for each address; the number of the others is"
                    + " printed later."
        })
final class JoinProxyCommand implements Callable<Integer> {
    private static final int MAX_LINES_OF_PLEDGE = 10;
    private static final int MAX_LINES = 200;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Option(
            names = "--dull",
            required = true,
            paramLabel = "NAME",
            description = "The interface of the new devices, which is not protected; may be repeated.")
    private List<String> dull = List.of();

    @Option(
            names = "--pledge-port",
            paramLabel = "PORT",
            description = "Accept new devices at this TCP port. Default: 0, any free one.")
    private int port;

    @Option(
            names = "--every",
            paramLabel = "MS",
            description = "Milliseconds between two floods of AN_Proxy. Default: ${DEFAULT-VALUE}.")
    private long everyMillis = JoinProxy.PERIOD.toMillis();

    @Option(
            names = "--max-circuits",
            paramLabel = "N",
            description = "Connections of new devices at one time, on each interface. Default: ${DEFAULT-VALUE}.")
    private int circuits = CircuitLimits.DEFAULTS.circuits();

    @Option(
            names = "--max-per-device",
            paramLabel = "N",
            description = "The maximum number of them from one address. Default: ${DEFAULT-VALUE}.")
    private int circuitsPerPledge = CircuitLimits.DEFAULTS.circuitsPerPledge();

    @Option(
            names = "--max-bytes",
            paramLabel = "BYTES",
            description = "Bytes that one connection may carry. Default: ${DEFAULT-VALUE}.")
    private long maxBytes = CircuitLimits.DEFAULTS.maxBytes();

    @Option(
            names = "--idle",
            paramLabel = "MS",
            description = "Milliseconds for which a connection may carry nothing. Default: ${DEFAULT-VALUE}.")
    private long idleMillis = CircuitLimits.DEFAULTS.idle().toMillis();

    @Option(
            names = "--time-limit",
            paramLabel = "MS",
            description = "Milliseconds for which a connection may exist. Default: ${DEFAULT-VALUE}.")
    private long longestMillis = CircuitLimits.DEFAULTS.longest().toMillis();

    @Option(names = "--graspy", description = "Also flood AN_proxy, as graspy spells it, for its Pledji.")
    private boolean graspy;

    JoinProxyCommand() {}

    @Override
    public Integer call() {
        JoinProxy.Settings settings = settings();
        for (String link : dull) {
            if (network.isAcpInterface(link)) {
                throw network.wrong("--dull " + link + " is an interface of --acp-interface, on which DULL must not run"
                        + " (RFC 8994 section 6.4)");
            }
        }
        Output output = network.output();
        LineLimit lines = new LineLimit(System::nanoTime, MAX_LINES_OF_PLEDGE, MAX_LINES);
        return control.serving(network, served -> {
            network.withNode(served.with(member -> proxies(member, settings, output, lines)));
            return 0;
        });
    }

    private JoinProxy.Settings settings() {
        if (port < 0 || port > Locator.MAX_PORT) {
            throw network.wrong("--pledge-port must be 0 to " + Locator.MAX_PORT);
        }
        if (circuits < 1 || circuitsPerPledge < 1 || maxBytes < 1) {
            throw network.wrong("--max-circuits, --max-per-device and --max-bytes must be at least 1");
        }
        CircuitLimits limits = CircuitLimits.DEFAULTS
                .withCircuits(circuits)
                .withCircuitsPerPledge(circuitsPerPledge)
                .withMaxBytes(maxBytes)
                .withIdle(network.millis("--idle", idleMillis, 1))
                .withLongest(network.millis("--time-limit", longestMillis, 1));
        return new JoinProxy.Settings(port, network.millis("--every", everyMillis, 1), limits, graspy);
    }

    private Mono<Void> proxies(Grasp member, JoinProxy.Settings settings, Output output, LineLimit lines) {
        List<String> links = dull.stream().distinct().toList();
        Set<String> waiting = ConcurrentHashMap.newKeySet();
        waiting.addAll(links);
        return Flux.fromIterable(links)
                .flatMap(
                        link -> proxy(member, link, settings, output, lines, () -> {
                            if (waiting.remove(link) && waiting.isEmpty()) {
                                output.ready("join-proxy", "Ready: new devices can connect while a registrar is known");
                            }
                        }),
                        links.size())
                .then();
    }

    /** Runs it on a loop of its own: what any node on its link sends must not delay the protected node. */
    private Mono<Void> proxy(
            Grasp member, String link, JoinProxy.Settings settings, Output output, LineLimit lines, Runnable ready) {
        Mono<NettyLoop> loops = Mono.fromSupplier(NettyLoop::create).subscribeOn(Schedulers.boundedElastic());
        return Mono.usingWhen(
                loops,
                loop -> Mono.usingWhen(
                        Grasp.start(config(loop, link))
                                .subscribeOn(Schedulers.boundedElastic())
                                .onErrorMap(GraspException.class, Failures::ofStart),
                        instance -> {
                            network.audit(instance);
                            return new JoinProxy(
                                            member,
                                            instance,
                                            loop,
                                            settings,
                                            output::status,
                                            end -> print(end, link, output, lines))
                                    .run(place -> {
                                        opened(link, place, output);
                                        ready.run();
                                    });
                        },
                        Grasp::closeAsync),
                loop -> Mono.create(sink -> loop.close(failure -> sink.success())));
    }

    private GraspConfig config(NettyLoop loop, String link) {
        String[] names = graspy
                ? new String[] {JoinObjectives.PROXY.name(), JoinObjectives.GRASPY_PROXY.name()}
                : new String[] {JoinObjectives.PROXY.name()};
        return GraspConfig.defaults()
                .withSubstrate(() -> NettySubstrate.on(loop, NettyConfig.dull(link)))
                .withDull(Dull.allowing(names))
                .withObserver(network.log("DULL on " + link));
    }

    private static void opened(String link, InetSocketAddress place, Output output) {
        String address = AddressText.of(place.getAddress());
        output.record(new Opened("listening", link, address, place.getPort()));
        output.status("Accepting new devices at [" + address + "%" + link + "]:" + place.getPort());
    }

    private static void print(CircuitEnd end, String link, Output output, LineLimit lines) {
        boolean permitted = lines.permits(
                end.pledge(),
                count -> output.result(
                        new Omitted("omitted", count), "Connections of new devices not printed: " + count));
        if (permitted) {
            output.result(Circuit.of(end, link), describe(end));
        }
    }

    private static String describe(CircuitEnd end) {
        String what = end.pledge() + (end.registrar() == null ? "" : " to " + end.registrar());
        return (end.failure() == null ? "Carried " : "Reset ") + what + ": " + end.toRegistrar() + " bytes to and "
                + end.toPledge() + " from the registrar" + (end.failure() == null ? "" : "; " + end.failure());
    }

    private record Opened(String event, String link, String address, int port) {}

    private record Omitted(String event, long circuits) {}

    /** A line of output. */
    private record Circuit(
            String event,
            String link,
            String pledge,
            @Nullable String registrar,
            long toRegistrar,
            long toPledge,
            @Nullable String reason) {
        static Circuit of(CircuitEnd end, String link) {
            return new Circuit(
                    end.failure() == null ? "carried" : "reset",
                    link,
                    end.pledge(),
                    end.registrar(),
                    end.toRegistrar(),
                    end.toPledge(),
                    end.failure());
        }
    }
}
