package io.grasp.samples.asa;

import io.grasp.api.Asa;
import io.grasp.api.Extensions;
import io.grasp.api.FloodOptions;
import io.grasp.api.Grasp;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.text.LineOutput;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** A message type and an option that RFC 8990 does not define: a greeting with an answer, and a remark in a flood. */
public final class ExtensionExample {
    /** {@code [200, session-id, initiator, name]}, and as the answer {@code [200, session-id, name]}. */
    static final int M_GREETING = 200;

    /** {@code [201, text]}. */
    static final int O_REMARK = 201;

    static final Objective EX1 = Objective.synchronizable("EX1");
    private static final Duration TTL = Duration.ofMinutes(1);

    private final String name;
    private final LineOutput talk;

    public ExtensionExample(String name, LineOutput talk) {
        this.name = name;
        this.talk = talk;
    }

    /** Answers greetings and reads remarks until the node is closed. */
    public Mono<Void> answer(Grasp grasp) {
        return grasp.registerAsa(name).map(Asa::extensions).flatMap(this::answer);
    }

    /** Answers greetings and reads remarks until an ASA is deregistered. */
    Mono<Void> answer(Extensions extensions) {
        Mono<Void> greetings = extensions.messages(M_GREETING, greeting -> {
            String sender = greeting.message().options().get(0).as(String.class);
            talk.say("Greeted by " + sender);
            return greeting.reply(name);
        });
        Mono<Void> remarks = extensions.options(
                O_REMARK,
                remark -> Mono.fromRunnable(
                        () -> talk.say("Remark: " + remark.option().diagnostic())));
        return Mono.when(greetings, remarks);
    }

    /** Greets the neighbors, waits for the first answer, and floods an objective with a remark. */
    public Mono<Void> greet(Grasp grasp) {
        return grasp.registerAsa(name).flatMap(this::greet);
    }

    private Mono<Void> greet(Asa asa) {
        Extensions extensions = asa.extensions();
        Mono<String> answer = extensions
                .messages(M_GREETING)
                .next()
                .map(message -> message.message().options().get(0).as(String.class));
        return Mono.zip(answer, extensions.multicast(M_GREETING, name).thenReturn(name))
                .doOnNext(both -> talk.say("Answered by " + both.getT1()))
                .then(flood(asa));
    }

    private Mono<Void> flood(Asa asa) {
        ObjectiveValue remark = ObjectiveValue.of(List.of(O_REMARK, "from " + name));
        return asa.register(EX1)
                .then(asa.flood(EX1.withValue(1), FloodOptions.validFor(TTL).withExtension(message -> remark)));
    }
}
