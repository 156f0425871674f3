package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RawChannel;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NoPeerErrors;
import io.grasp.samples.text.JsonValues;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Exchanges lines with a peer over a raw channel, in turns, like graspy's testclient.py and testserver.py. */
@Command(
        name = "chat",
        description =
                "Sends the lines of standard input over a raw channel, each after the answer to the one before, and"
                        + " prints the answers; exits with 1 if a line is not sent or not answered.")
final class ChatCommand implements Callable<Integer> {
    /** How long to wait for a line from standard input after the peer has ended the conversation. */
    private static final Duration LAST_WORDS = Duration.ofMillis(200);

    /** The lines to send; tests replace them. */
    Flux<String> lines = standardInput();

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "The objective's name.")
    private String name = "";

    @Option(names = "--listen", description = "Wait for one peer and let it speak first, instead of discovering one.")
    private boolean listen;

    ChatCommand() {}

    @Override
    public Integer call() {
        Objective objective = Objective.negotiable(name);
        network.withNode(grasp -> grasp.registerAsa("chat")
                .flatMap(asa -> asa.register(objective, RegistrationOptions.DEFAULTS)
                        .then(listen ? answered(grasp, asa, objective) : asked(grasp, asa, objective))));
        return 0;
    }

    private Mono<Void> asked(Grasp grasp, Asa asa, Objective objective) {
        return NoPeerErrors.on(grasp, name, asa.raw().request(objective.withValue("Start")))
                .flatMap(channel -> untilTheEnd(channel, hearing -> say(grasp, channel, hearing)));
    }

    private Mono<Void> answered(Grasp grasp, Asa asa, Objective objective) {
        network.output().say("Waiting for a peer to chat about " + name);
        return asa.raw()
                .listen(objective)
                .next()
                .flatMap(channel ->
                        untilTheEnd(channel, hearing -> hear(hearing).then(say(grasp, channel, hearing))));
    }

    private static Mono<Void> untilTheEnd(RawChannel channel, Function<RawChannelReader, Mono<Void>> talk) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> RawChannelReader.of(channel)),
                talk,
                hearing -> channel.close().doFinally(closed -> hearing.dispose()));
    }

    /**
     * Waits for the peer's answer to each line before the next one, because some peers treat one read as one item. If
     * the peer ends the conversation before the input ends, later lines cannot be sent: that is a failure, except for a
     * listener, whose peer normally ends the conversation.
     */
    private Mono<Void> say(Grasp grasp, RawChannel channel, RawChannelReader hearing) {
        return lines.concatMap(
                        line -> Mono.defer(() -> say(line, channel, hearing)).subscribeOn(grasp.scheduler()), 0)
                .takeUntilOther(hearing.end()
                        .delayElement(LAST_WORDS, grasp.scheduler())
                        .flatMap(ended -> listen
                                ? Mono.just(ended)
                                : Mono.error(new IllegalStateException(
                                        "The peer ended the conversation before the input ended"))))
                .then();
    }

    private Mono<Boolean> say(String line, RawChannel channel, RawChannelReader hearing) {
        if (hearing.isOver()) {
            return Mono.error(new IllegalStateException("The peer ended the conversation; not sent: " + line));
        }
        // a listener's line is the answer, and needs none itself
        return channel.send(ObjectiveValue.of(line))
                .then(hear(hearing))
                .filter(heard -> heard || listen)
                .switchIfEmpty(
                        Mono.error(() -> new IllegalStateException("The peer ended without an answer to: " + line)));
    }

    /** {@return whether the peer sent something} */
    private Mono<Boolean> hear(RawChannelReader hearing) {
        return hearing.next()
                .doOnNext(item -> {
                    JsonNode shown = JsonValues.show(item);
                    network.output().result(new Heard(shown), "Peer: " + shown);
                })
                .hasElement();
    }

    /** A line of output. */
    private record Heard(@Nullable JsonNode peer) {}

    private static Flux<String> standardInput() {
        return Flux.<String, BufferedReader>generate(
                        () -> new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                        (reader, sink) -> {
                            String line = read(reader);
                            if (line == null) {
                                sink.complete();
                            } else {
                                sink.next(line);
                            }
                            return reader;
                        })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static @Nullable String read(BufferedReader reader) {
        try {
            return reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
