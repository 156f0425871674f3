package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.substrate.sim.LinkKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The ASA in the README: it compiles, runs, and is identical to the text there. */
class ReadmeTest {
    // README begins
    static final TypedObjective<Integer> EX3 = TypedObjective.negotiable("EX3", Integer.class);

    /** Gives every customer a sum up to the limit, and offers half of a larger one. */
    static Mono<Void> bank(Grasp node, int limit) {
        return node.registerAsa("Briggs")
                .flatMap(briggs -> briggs.typed(EX3).register())
                .flatMap(ex3 -> ex3.listenNegotiate(customer -> customer.converse(offers -> offers.map(
                        asked -> asked.value() <= limit ? asked.accept() : asked.propose(asked.value() / 2)))));
    }

    /** Finds a bank and asks it for a sum. The outcome is the sum that both agreed on, or the reason why they did not. */
    static Mono<TypedOutcome<Integer>> bargain(Grasp node, int sum) {
        return node.registerAsa("Gray")
                .flatMap(gray -> gray.typed(EX3).register())
                .flatMap(ex3 -> ex3.negotiate(sum, offers -> offers.map(offer -> answer(offer, sum))));
    }

    /** Takes two thirds of the sum or more. An offer lowers the loop count by 1; it declines when the peer would have none left. */
    static TypedMove<Integer> answer(TypedOffer<Integer> offer, int sum) {
        if (3 * offer.value() >= 2 * sum) {
            return offer.accept();
        }
        return offer.loopCount() > 2 ? offer.propose((sum + offer.value()) / 2) : offer.decline("You are mean!");
    }

    /** Runs a node for one bargain. */
    static Mono<TypedOutcome<Integer>> bargainOnce(GraspConfig config, int sum) {
        return Mono.usingWhen(Grasp.start(config), node -> bargain(node, sum), Grasp::closeAsync);
    }
    // README ends

    @Test
    void theReadmesAgentsAgreeOrDecline() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            world.collect(bank(world.start(), 250));
            Asa odd = world.awaitOne(world.start().registerAsa("odd"));
            Objective text = EX3.objective().withValue("not a sum");
            world.await(odd.register(text));

            NegotiationOutcome refusal =
                    world.awaitOne(odd.negotiate(text, offers -> offers.map(offer -> Move.accept())));
            TypedOutcome<Integer> agreed = world.awaitOne(bargainOnce(world.settings(), 300));
            TypedOutcome<Integer> declined = world.awaitOne(bargainOnce(world.settings(), 900));

            assertThat(refusal).isEqualTo(new NegotiationOutcome.Declined("invalid value", Side.PEER));
            assertThat(agreed.agreed()).as("150 is offered, then 225 requested").contains(225);
            assertThat(declined).isEqualTo(new TypedOutcome.Declined<>("You are mean!", Side.LOCAL));
        }
    }

    @Test
    void readmeShowsThisCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/grasp/api/ReadmeTest.java"));
        String shown = source.substring(
                        source.indexOf("// README begins\n") + "// README begins\n".length(),
                        source.indexOf("    // README ends"))
                .stripTrailing()
                .stripIndent();

        assertThat(Files.readString(Path.of("../README.md"))).contains(shown);
    }
}
