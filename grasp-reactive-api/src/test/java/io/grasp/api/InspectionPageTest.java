package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.PageRequest;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkKind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The code in docs/inspection.md works, and is identical to the text there; the page lists all calls. */
class InspectionPageTest {
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final String PAGE = "inspection.md";

    // The page begins
    /** Sessions that have taken longer than 10 s, and whose turn it is. */
    static Flux<String> slowSessions(Grasp grasp) {
        return Inspection.all(PageRequest.FIRST, grasp.inspection()::sessions)
                .filter(session -> session.age().toSeconds() > 10)
                .map(session -> session.objective() + ": " + session.turn());
    }

    /** Each move of negotiations about an objective, as it is made. */
    static Flux<String> moves(Grasp grasp, String objective) {
        return grasp.inspection()
                .moveEvents(EventOptions.DEFAULTS.withObjective(objective))
                .concatMapIterable(EventBatch::events)
                .map(event -> (event.sent() ? "we: " : "they: ") + event.move() + " " + event.value());
    }
    // The page ends

    @Test
    void theCodeOfThePageShowsANegotiation() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            Asa bank = GraspContractTest.asa(world, world.start(), "bank", EX3);
            Collected<Negotiation> requests = world.collect(bank.listenNegotiate(EX3));
            Grasp here = world.start();
            Asa buyer = GraspContractTest.asa(world, here, "buyer", EX3);
            AsaLocator place =
                    world.awaitOne(buyer.discover(EX3, world.moment()).next());
            Collected<String> moves = world.collect(moves(here, "EX3"));
            Collected<Negotiation> begun =
                    world.collect(buyer.requestNegotiate(EX3.withValue(7), RequestOptions.to(place)));
            world.await(Mono.delay(Duration.ofSeconds(11), here.scheduler()));

            assertThat(world.await(slowSessions(here))).containsExactly("EX3: THEIRS");
            world.await(requests.values().get(0).accept());
            assertThat(moves.awaitValues(2)).containsExactly("we: REQUEST 7", "they: ACCEPT ");
            moves.cancel();
            begun.cancel();
            requests.cancel();
        }
    }

    @Test
    void thePageShowsThisCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/grasp/api/InspectionPageTest.java"));
        String shown = source.substring(
                        source.indexOf("    // The page begins\n") + "    // The page begins\n".length(),
                        source.indexOf("    // The page ends"))
                .stripTrailing()
                .stripIndent();

        assertThat(Files.readString(Path.of("../docs/" + PAGE))).contains("```java\n" + shown + "\n```");
    }

    @Test
    void theTablesNameCallsThatExistAndAllOfThem() throws IOException {
        List<String> cells = ApiNames.cellsBelow(PAGE, "call");
        assertThat(ApiNames.missing(cells)).isEmpty();
        for (Class<?> type : new Class<?>[] {Inspection.class, Maintenance.class}) {
            for (Method method : type.getDeclaredMethods()) {
                boolean listed = Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers());
                if (listed) {
                    assertThat(cells)
                            .anySatisfy(cell ->
                                    assertThat(cell).contains(type.getSimpleName() + "." + method.getName() + "("));
                }
            }
        }
    }
}
