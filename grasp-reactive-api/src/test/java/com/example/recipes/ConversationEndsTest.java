package com.example.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedConversation;
import io.grasp.api.TypedOffer;
import io.grasp.api.TypedOutcome;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.TypedObjective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of docs/recipes.md: how a conversation can end, for each side. */
class ConversationEndsTest {
    private static final TypedObjective<Integer> RATE = TypedObjective.negotiable("example.com:rate", Integer.class);

    private enum End {
        ACCEPT("you accept", offers -> offers.map(TypedOffer::accept)),
        DECLINE("you decline", offers -> offers.map(offer -> offer.decline("too little"))),
        NO_FURTHER_MOVE("your moves complete without either of these", offers -> Flux.empty()),
        FAILURE("your moves fail", offers -> Flux.error(new IllegalStateException("broken"))),
        UNFIT_VALUE("a value does not fit", offers -> offers.map(TypedOffer::accept)),
        ENDLESS("both sides propose", offers -> offers.map(offer -> offer.propose(10))),
        SILENCE("you make no move", offers -> Flux.never()),
        CANCEL("your subscriber cancels", offers -> Flux.never());

        private final String row;
        private final TypedConversation<Integer> moves;

        End(String row, TypedConversation<Integer> moves) {
            this.row = row;
            this.moves = moves;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConversationEndsAsThePageSays(End end) throws IOException {
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        SimulationRunner.verify(1, run -> {
            run.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(5)), "here", "there");
            Asa peer = asa(run, run.start("there"));
            Object proposal = end == End.UNFIT_VALUE ? "a lot" : 1;
            run.inBackground(peer.listenNegotiate(
                    RATE.objective(),
                    negotiation -> result(negotiation
                                    .converse(offers -> offers.map(offer -> Move.propose(proposal)))
                                    .map(ConversationEndsTest::text))
                            .doOnNext(theirs::add)));
            TypedAsa<Integer> here = asa(run, run.start("here")).typed(RATE);
            Disposable asking =
                    run.inBackground(result(here.negotiate(10, end.moves).map(ConversationEndsTest::text))
                            .doOnNext(ours::add));
            if (end == End.CANCEL) {
                run.advance(Duration.ofSeconds(10));
                asking.dispose();
            }
            run.advance(Duration.ofMinutes(5));
        });

        String row = Files.readAllLines(Path.of("../docs/recipes.md")).stream()
                .filter(line -> line.startsWith("| " + end.row))
                .findFirst()
                .orElseThrow();
        String[] cells = row.split(" *\\| *");
        assertThat(cells[2].replaceAll(", whose cause is yours", "")).isEqualTo(ours.isEmpty() ? "none" : ours.get(0));
        assertThat(theirs).containsExactly(cells[3]);
    }

    private static Mono<String> result(Mono<String> outcome) {
        return outcome.onErrorResume(GraspException.class, error -> Mono.just("the error `" + error.code() + "`"));
    }

    private static String text(TypedOutcome<Integer> outcome) {
        return outcome instanceof TypedOutcome.Accepted<Integer> accepted
                ? "`Accepted`, by " + accepted.by()
                : "`" + outcome + "`";
    }

    private static String text(NegotiationOutcome outcome) {
        return outcome instanceof NegotiationOutcome.Accepted accepted
                ? "`Accepted`, by " + accepted.by()
                : "`" + outcome + "`";
    }

    private static Asa asa(SimulationRunner run, Grasp node) {
        return run.await(node.registerAsa("asa")
                .flatMap(asa -> asa.register(RATE.objective()).thenReturn(asa)));
    }
}
