package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The ASA that the README shows: compiled, run, and the same there. */
class ReadmeTest {
    // README begins
    static final Objective EX3 = Objective.negotiable("EX3");

    /** Finds a peer that offers EX3, asks it for a sum, and takes no less than two thirds of that. */
    static Mono<NegotiationOutcome> bargain(GraspConfig config, int sum) {
        return Mono.usingWhen(
                Grasp.start(config),
                grasp -> grasp.registerAsa("Gray")
                        .flatMap(gray -> gray.register(EX3)
                                .then(gray.negotiate(
                                        EX3.withValue(sum), offers -> offers.map(offer -> answer(offer, sum))))),
                Grasp::closeAsync);
    }

    static Move answer(Objective offer, int sum) {
        int offered = offer.value().as(Integer.class);
        if (3 * offered >= 2 * sum) {
            return Move.accept();
        }
        return offer.loopCount() > 2 ? Move.propose((sum + offered) / 2) : Move.decline("You are mean!");
    }

    /** Offers half of what is asked for, to as many as ask. A session that fails does not concern the others. */
    static Mono<Void> bank(Grasp grasp) {
        return grasp.registerAsa("Briggs")
                .flatMap(briggs -> briggs.register(EX3)
                        .then(briggs.listenNegotiate(
                                EX3,
                                negotiation -> negotiation.converse(offers -> offers.map(
                                        offer -> Move.propose(offer.value().as(Integer.class) / 2))))));
    }
    // README ends

    @Test
    void bargainEnds() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            world.collect(bank(world.start()));
            Asa odd = world.awaitOne(world.start().registerAsa("odd"));
            world.await(odd.register(EX3));

            NegotiationOutcome refusal = world.awaitOne(
                    odd.negotiate(EX3.withValue("a sum that is none"), offers -> offers.map(offer -> Move.accept())));
            NegotiationOutcome outcome = world.awaitOne(bargain(world.settings(), 300));

            assertThat(refusal).isEqualTo(new Declined("internal error", Side.PEER));
            assertThat(outcome).isEqualTo(new Declined("You are mean!", Side.LOCAL));
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
