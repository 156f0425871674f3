package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.control.client.RemoteNode;
import io.grasp.samples.control.client.ViaOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.LocatorText;
import io.grasp.samples.text.ObjectiveName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Floods an objective. */
@Command(
        name = "flood",
        description = {
            "Floods the value of a synchronization objective, once or repeatedly.",
            "A node that starts after a flood has missed it. With --every, it gets the next one, and can also ask for"
                    + " the value, as synchronize does."
        })
final class FloodCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Mixin
    private ViaOptions via = new ViaOptions();

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            converter = ObjectiveName.class,
            description = "The objective's name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "JSON", description = "Its value.")
    private String json = "";

    @Option(
            names = "--ttl",
            paramLabel = "MS",
            description = "Milliseconds for which it is valid, 0 if it does not expire. Default: ${DEFAULT-VALUE}.")
    private long ttlMillis = 60_000;

    @Option(names = "--every", paramLabel = "MS", description = "Milliseconds between two floods. Default: one flood.")
    private @Nullable Long everyMillis;

    @Option(names = "--loop-count", paramLabel = "N", description = NetworkOptions.LOOP_COUNT)
    private @Nullable Integer loopCount;

    @Option(
            names = "--locator",
            paramLabel = "LOCATOR",
            converter = LocatorText.class,
            description = "Tag the value with a locator; may be repeated. HOST:PORT or [ADDRESS]:PORT is for TCP, with"
                    + " udp: before it for UDP, and a text with :// is a URI. PORT alone is a port of this node.")
    private List<Locator> locators = List.of();

    FloodCommand() {}

    @Override
    public Integer call() {
        ObjectiveValue value = network.value(json);
        Duration ttl = network.millis("--ttl", ttlMillis, 0);
        FloodOptions options = ttl.isZero() ? FloodOptions.indefinite() : FloodOptions.validFor(ttl);
        Duration every = everyMillis == null ? null : network.millis("--every", everyMillis, 1);
        Objective objective = network.loopCount(Objective.synchronizable(name), loopCount);
        if (every == null) {
            if (control.given() != null) {
                throw network.withoutEffect(control.given(), control.given() + " needs --every");
            }
            once(objective.withValue(value), ttl, options);
            return 0;
        }
        if (via.given() != null) {
            throw network.withoutEffect(
                    via.given(), via.given() + " is for one flood: with --every the command has a node of its own");
        }
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> registered(grasp, objective)
                    .flatMap(asa -> repeat(grasp, asa, objective.withValue(value), options, every))));
            return 0;
        });
    }

    private void once(Objective objective, Duration ttl, FloodOptions options) {
        try (RemoteNode node = via.node(network)) {
            if (node != null) {
                node.flood(name, objective.value(), loopCount, ttl, locators);
                print(objective);
                return;
            }
        }
        network.withNode(
                grasp -> registered(grasp, objective).flatMap(asa -> flood(grasp, asa, objective, options, null)));
    }

    private void print(Objective objective) {
        network.output()
                .result(
                        new Flooded("flooded", name, JsonValues.show(objective.value())),
                        "Flooded " + name + " = " + objective.value());
    }

    private static Mono<Asa> registered(Grasp grasp, Objective objective) {
        return grasp.registerAsa("flood").flatMap(asa -> asa.register(objective).thenReturn(asa));
    }

    /** Late nodes, which have missed the last flood, can ask for the value (RFC 8990 section 2.5.6.2). */
    private Mono<Void> repeat(Grasp grasp, Asa asa, Objective objective, FloodOptions options, Duration every) {
        network.output().ready("flood", "Flooding " + name + " every " + every.toMillis() + " ms");
        Mono<Void> floods = Flux.interval(Duration.ZERO, every, grasp.scheduler())
                .onBackpressureDrop()
                .concatMap(beat -> flood(grasp, asa, objective, options, every))
                .then();
        return Mono.firstWithSignal(asa.listenSynchronize(objective, Flux.just(objective.value())), floods);
    }

    private Mono<Void> flood(
            Grasp grasp, Asa asa, Objective objective, FloodOptions options, @Nullable Duration every) {
        List<TaggedObjective> tagged = locators.isEmpty()
                ? List.of(TaggedObjective.untagged(objective))
                : locators.stream()
                        .map(locator -> new TaggedObjective(objective, locator))
                        .toList();
        return grasp.links()
                .flatMap(links -> links.isEmpty()
                        ? noLink(every)
                        : asa.flood(tagged, options).doOnSuccess(sent -> print(objective)));
    }

    private record Flooded(
            String event, String name, @Nullable JsonNode value) {}

    /**
     * With {@code --await-links} there may be no link yet; a flood would reach only the ASAs of this node, which end
     * with the command.
     */
    private Mono<Void> noLink(@Nullable Duration every) {
        String what = name + " was not flooded: no link can send it";
        if (every == null) {
            return Mono.error(new IllegalStateException(what));
        }
        network.warn(what + "; trying again in " + every.toMillis() + " ms");
        return Mono.empty();
    }
}
