package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RawChannel;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Exchanges lines over a raw channel from the command line, on a simulated network. */
class ChatCommandTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    private final Town town = new Town();
    private final List<Object> heard = new ArrayList<>();

    @AfterEach
    void close() {
        town.close();
    }

    private Asa asa(Grasp node) {
        Asa asa = town.await(node.registerAsa("peer")).get(0);
        town.await(asa.register(EX3));
        return asa;
    }

    private Cli.Run chat(List<String> lines, String... more) {
        return chat(Flux.fromIterable(lines), more);
    }

    private Cli.Run chat(Flux<String> lines, String... more) {
        List<String> args = new ArrayList<>(List.of("EX3", "--assume-secure"));
        args.addAll(List.of(more));
        return Cli.chatIn(town, lines, args.toArray(String[]::new));
    }

    /** Answers each item with the number of items so far, up to a number of times. */
    private Mono<Void> answer(RawChannel channel, int times) {
        return channel.receive()
                .take(times)
                .map(item -> item.as(Object.class))
                .doOnNext(heard::add)
                .concatMap(item -> channel.send(ObjectiveValue.of(heard.size())))
                .then(times < 10 ? channel.close() : Mono.empty());
    }

    @Test
    void eachLineIsSentAndItsAnswerIsPrinted() {
        asa(town.node())
                .raw()
                .listen(EX3)
                .flatMap(channel -> answer(channel, 100))
                .onErrorComplete() // its node may be closed before it is notified of the end
                .subscribe();

        Cli.Run run = chat(List.of("one", "two", "three"));
        assertThat(run.code()).isZero();
        assertThat(heard).containsExactly("one", "two", "three");
        assertThat(run.out()).containsExactly("Peer: 1", "Peer: 2", "Peer: 3");
        assertThat(chat(List.of("four"), "--json").out())
                .containsExactly("{\"event\":\"ready\",\"command\":\"chat\"}", "{\"peer\":4}");
    }

    private void answerOnce(Grasp node) {
        asa(node)
                .raw()
                .listen(EX3)
                .flatMap(channel -> answer(channel, 1))
                .onErrorComplete() // its node may be closed before it is notified of the end
                .subscribe();
    }

    @Test
    void theCommandSucceedsIfThePeerClosesAfterTheLastAnswer() {
        answerOnce(town.node());

        Cli.Run run = chat(List.of("one"));
        assertThat(run.code()).isZero();
        assertThat(run.out()).containsExactly("Peer: 1");
    }

    @Test
    void theFirstUnansweredLineIsReportedAndTheCommandFails() {
        answerOnce(town.node());

        Cli.Run run = chat(List.of("one", "two", "three"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).containsExactly("Peer: 1");
        assertThat(run.err()).anyMatch(line -> line.endsWith(": two"));
        assertThat(run.err()).noneMatch(line -> line.contains("three"));
    }

    @Test
    void aLineAfterThePeerClosesIsNotSentAndTheCommandFails() {
        Grasp node = town.node();
        answerOnce(node);

        Cli.Run run = chat(spaced(node, Duration.ofMillis(150), "one", "two"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).containsExactly("Peer: 1");
        assertThat(run.err()).anyMatch(line -> line.contains("not sent: two"));
    }

    @Test
    void theCommandFailsAtOnceIfThePeerClosesBeforeTheInputEnds() {
        Grasp node = town.node();
        answerOnce(node);

        Cli.Run run = chat(spaced(node, Duration.ofMinutes(10), "one", "never said"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).anyMatch(line -> line.contains("The peer ended the conversation before the input ended"));
        assertThat(town.loop.now()).isLessThan(Duration.ofMinutes(1));
    }

    /** The second line comes some time after the first one was requested. */
    private static Flux<String> spaced(Grasp node, Duration pause, String first, String second) {
        return Flux.concat(Mono.just(first), Mono.just(second).delayElement(pause, node.scheduler()));
    }

    private void greet() {
        Grasp node = town.node();
        Asa peer = asa(node);
        peer.discover(EX3, Duration.ofSeconds(5))
                .next()
                .flatMap(found -> peer.raw().request(EX3.withValue("Start"), found))
                .flatMap(channel -> channel.send(ObjectiveValue.of("hello"))
                        .then(channel.receive().next())
                        .doOnNext(item -> heard.add(item.as(Object.class)))
                        .then(channel.close()))
                .delaySubscription(Duration.ofSeconds(1), node.scheduler())
                .onErrorComplete() // its node may be closed before it is notified of the end
                .subscribe();
    }

    @Test
    void aListenerPrintsThePeersFirstMessageAndThenSendsALine() {
        greet();

        Cli.Run run = chat(List.of("welcome", "never said"), "--listen");
        assertThat(run.out()).containsExactly("Peer: \"hello\"");
        assertThat(run.err()).contains("Waiting for a peer to chat about EX3");
        assertThat(heard).containsExactly("welcome");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).anyMatch(line -> line.contains("not sent: never said"));
    }

    @Test
    void aListenerSucceedsAlthoughItsLastLineIsNotAnswered() {
        greet();

        assertThat(chat(List.of("welcome"), "--listen").code()).isZero();
        assertThat(heard).containsExactly("welcome");
    }

    @Test
    void aPeerThatComesOrAnswersTooLateIsNotAwaited() {
        Cli.Run listening = chat(List.of("welcome"), "--listen", "--timeout", "2000", "--json");
        assertThat(listening.code()).isEqualTo(1);
        assertThat(listening.out()).containsExactly("{\"event\":\"ready\",\"command\":\"chat\"}");
        assertThat(listening.err()).anyMatch(line -> line.contains("No peer has come for EX3 within 2000 ms"));
        Cli.Run alone = chat(List.of("one"), "--timeout", "500");
        assertThat(alone.err()).anyMatch(line -> line.contains("No peer answered for EX3 within 500 ms"));

        asa(town.node()).raw().listen(EX3).flatMap(RawChannel::receive).subscribe();
        Cli.Run unanswered = chat(List.of("one"), "--timeout", "2000");
        assertThat(unanswered.code()).isEqualTo(1);
        assertThat(unanswered.err()).anyMatch(line -> line.contains("The peer has sent nothing within 2000 ms"));
    }

    @Test
    void theCommandFailsIfNoPeerAnswersTheDiscovery() {
        Cli.Run run = chat(List.of("one"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).anyMatch(line -> line.contains("No peer answered for EX3 within 8800 ms"));
    }

    @Test
    void aLostDiscoveryIsRepeated() {
        Grasp node = town.node();
        answerOnce(node);
        town.loseAllFor(Duration.ofSeconds(1), node);

        assertThat(chat(List.of("one")).out()).containsExactly("Peer: 1");
    }
}
