package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.FloodLifetime;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.Output;
import io.grasp.util.AddressText;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/** A DULL instance that prints the floods it receives, and the first discarded message for each reason. */
final class DullListener {
    /** graspy's name for AN_Proxy; names are compared byte by byte. */
    private static final String GRASPY_PROXY = "AN_proxy";

    /** The purposes of DULL: neighbors to be secured (RFC 8994), and proxies for new nodes (RFC 8995). */
    static final List<String> USUAL = List.of("AN_ACP", "AN_Proxy", GRASPY_PROXY);

    private final String link;
    private final Collection<String> objectives;
    private final GraspObserver observer;
    private final Output output;
    private final Consumer<Grasp> started;
    private final Sinks.Empty<Void> listening = Sinks.empty();

    /**
     * @param observer observes its link, on the loop of the instance
     * @param started gets the instance when it begins to listen
     */
    DullListener(
            String link,
            Collection<String> objectives,
            GraspObserver observer,
            Output output,
            Consumer<Grasp> started) {
        this.link = link;
        this.objectives = objectives;
        this.observer = observer;
        this.output = output;
        this.started = started;
    }

    /** {@return the settings of its instance} */
    GraspConfig config() {
        return GraspConfig.dull(link, objectives.toArray(String[]::new))
                .withObserver(GraspObserver.all(observer, discarded()));
    }

    /**
     * Runs it on a loop of its own: every node on its link can send to it, which must not affect a protected node.
     *
     * @return does not complete; fails if the link does not exist or cannot be used, or the instance fails. Cancelling
     *     it closes the instance
     */
    Mono<Void> run() {
        return Mono.usingWhen(
                Grasp.start(config()).onErrorMap(GraspException.class, Failures::ofStart),
                instance -> listen(instance).then(instance.onClose()).then(Mono.never()),
                Grasp::closeAsync);
    }

    /** {@return completes when it listens} */
    Mono<Void> listening() {
        return listening.asMono();
    }

    /** Begins to listen. */
    Mono<Void> listen(Grasp instance) {
        started.accept(instance);
        return instance.links().flatMap(up -> {
            if (up.isEmpty()) {
                return Mono.error(new IllegalStateException("Link " + link + " cannot be used"));
            }
            output.status("Listening on " + link + " for " + String.join(", ", objectives) + ", without protection");
            return instance.registerAsa("listener")
                    .doOnNext(this::print)
                    .doOnSuccess(asa -> listening.tryEmitEmpty())
                    .then();
        });
    }

    /** {@return an observer that prints the first discarded message for each reason} */
    GraspObserver discarded() {
        return new Discarded();
    }

    private Disposable print(Asa asa) {
        return Flux.fromIterable(objectives)
                .flatMap(
                        name -> asa.floods(
                                name,
                                flooded -> Mono.fromRunnable(
                                        () -> output.result(Heard.of(link, flooded), describe(flooded)))),
                        Math.max(1, objectives.size()))
                .subscribe();
    }

    private String describe(FloodedObjective flooded) {
        return "Heard on " + link + ": " + flooded.objective().name() + " = "
                + flooded.objective().value() + " at " + place(flooded) + ", " + FloodLifetime.words(flooded);
    }

    private static String place(FloodedObjective flooded) {
        return flooded.locator() == null
                ? AddressText.of(flooded.initiator())
                : flooded.locator().toString();
    }

    /** A line of output; see {@link FloodLifetime#millis} for the ttl. */
    private record Heard(
            String event,
            String link,
            String name,
            @Nullable JsonNode value,
            String source,
            String initiator,
            @Nullable Integer protocol,
            @Nullable Integer port,
            @Nullable Long ttlMillis) {
        static Heard of(String link, FloodedObjective flooded) {
            return new Heard(
                    "heard",
                    link,
                    flooded.objective().name(),
                    JsonValues.show(flooded.objective().value()),
                    place(flooded),
                    AddressText.of(flooded.initiator()),
                    flooded.locator() == null ? null : flooded.locator().protocol(),
                    flooded.locator() == null ? null : flooded.locator().port(),
                    FloodLifetime.millis(flooded));
        }
    }

    private record Dropped(String event, String link, String reason) {}

    /** Reports each reason once, because any node can send such messages at any rate. */
    private final class Discarded implements GraspObserver {
        /** Reasons that are not reported because they are normal; M_NOOP must be ignored (RFC 8990 section 2.8.13). */
        private static final Set<DropReason> NO_NEWS =
                EnumSet.of(DropReason.OWN, DropReason.DUPLICATE, DropReason.NOOP);

        private final Set<DropReason> reported = EnumSet.noneOf(DropReason.class);

        @Override
        public void messageDropped(DropReason reason, MessagePath path) {
            if (!NO_NEWS.contains(reason) && reported.add(reason)) {
                output.result(
                        new Dropped("discarded", link, reason.name()),
                        "Discarded on " + link + ", first of its kind: " + reason);
            }
        }
    }
}
