package io.grasp.samples;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RawChannel;
import io.grasp.api.RequestOptions;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NoPeerErrors;
import io.grasp.samples.text.JsonValues;
import io.grasp.samples.text.ObjectiveName;
import io.grasp.samples.text.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
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
        description = {
            "Exchanges lines with a peer over a raw channel, in turns.",
            "Sends the lines of standard input, each after the answer to the one before, and prints the answers; exits"
                    + " with 1 if a line is not sent or not answered."
        })
final class ChatCommand implements Callable<Integer> {
    /** How long to wait for a line from standard input after the peer has ended the conversation. */
    private static final Duration LAST_WORDS = Duration.ofMillis(200);

    /** The lines to send; tests replace them. */
    Flux<String> lines = standardInput();

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

    @Option(names = "--listen", description = "Wait for one peer and let it speak first, instead of discovering one.")
    private boolean listen;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds to wait for a peer, and then for each of its answers."
                    + " Default: 60000 for a peer, and any time for an answer; with --listen, any time for both.")
    private @Nullable Long timeoutMillis;

    private @Nullable Duration timeout;

    ChatCommand() {}

    @Override
    public Integer call() {
        Objective objective = Objective.negotiable(name);
        timeout = timeoutMillis == null ? null : network.millis("--timeout", timeoutMillis, 1);
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> grasp.registerAsa("chat")
                    .flatMap(asa -> asa.register(objective, RegistrationOptions.DEFAULTS)
                            .then(listen ? answered(grasp, asa, objective) : asked(grasp, asa, objective)))));
            return 0;
        });
    }

    private Mono<Void> asked(Grasp grasp, Asa asa, Objective objective) {
        RequestOptions options = timeout == null ? RequestOptions.DEFAULTS : RequestOptions.within(timeout);
        return NoPeerErrors.on(grasp, name, asa.raw().request(objective.withValue("Start"), options))
                .doOnNext(channel -> network.output().ready("chat", "Connected to a peer for " + name))
                .flatMap(channel -> untilTheEnd(channel, hearing -> say(grasp, channel, hearing)));
    }

    private Mono<Void> answered(Grasp grasp, Asa asa, Objective objective) {
        network.output().ready("chat", "Waiting for a peer to chat about " + name);
        return inTime(grasp, asa.raw().listen(objective).next(), "No peer has come for " + name)
                .flatMap(channel ->
                        untilTheEnd(channel, hearing -> hear(grasp, hearing).then(say(grasp, channel, hearing))));
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
                        line -> Mono.defer(() -> say(grasp, line, channel, hearing))
                                .subscribeOn(grasp.scheduler()),
                        0)
                .takeUntilOther(hearing.end()
                        .delayElement(LAST_WORDS, grasp.scheduler())
                        .flatMap(ended -> listen
                                ? Mono.just(ended)
                                : Mono.error(new IllegalStateException(
                                        "The peer ended the conversation before the input ended"))))
                .then();
    }

    private Mono<Boolean> say(Grasp grasp, String line, RawChannel channel, RawChannelReader hearing) {
        if (hearing.isOver()) {
            return Mono.error(new IllegalStateException("The peer ended the conversation; not sent: " + line));
        }
        // a listener's line is the answer, and needs none itself
        return channel.send(ObjectiveValue.of(line))
                .then(hear(grasp, hearing))
                .filter(heard -> heard || listen)
                .switchIfEmpty(
                        Mono.error(() -> new IllegalStateException("The peer ended without an answer to: " + line)));
    }

    /** {@return the peer's answer or, if the user has set a time, an error when it is over} */
    private <T> Mono<T> inTime(Grasp grasp, Mono<T> answer, String otherwise) {
        Duration longest = timeout;
        return longest == null
                ? answer
                : answer.timeout(
                        longest,
                        Mono.error(
                                () -> new IllegalStateException(otherwise + " within " + longest.toMillis() + " ms")),
                        grasp.scheduler());
    }

    /** {@return whether the peer sent something} */
    private Mono<Boolean> hear(Grasp grasp, RawChannelReader hearing) {
        return inTime(grasp, hearing.next(), "The peer has sent nothing")
                .doOnNext(item -> {
                    JsonNode shown = JsonValues.show(item);
                    network.output().result(new Heard(shown), "Peer: " + shown);
                })
                .hasElement();
    }

    /** A line of output. */
    private record Heard(@Nullable JsonNode peer) {}

    /** On a terminal, each line is prompted for. */
    private Flux<String> standardInput() {
        return Flux.<String, BufferedReader>generate(
                        () -> new BufferedReader(Terminal.inputReader()), (reader, sink) -> {
                            boolean prompted = Terminal.isInput();
                            if (prompted) {
                                network.prompt("> ");
                            }
                            String line = read(reader);
                            if (line == null) {
                                if (prompted) {
                                    network.endPrompt();
                                }
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
        } catch (CharacterCodingException e) {
            throw new IllegalStateException(
                    "Standard input has a line that is not in the character set of the locale", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
