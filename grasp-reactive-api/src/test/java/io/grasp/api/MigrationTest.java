package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.TypedObjective;
import io.grasp.substrate.sim.LinkKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** docs/migration.md names only calls that exist, and its ASA works. */
class MigrationTest {
    // migration begins
    static final TypedObjective<Integer> RATE = TypedObjective.negotiable("EX3", Integer.class);

    static Mono<Void> lend(Grasp node) {
        return node.registerAsa("rates")
                .flatMap(asa -> asa.typed(RATE).register())
                .flatMap(rate -> rate.listenNegotiate(borrower -> borrower.converse(offers ->
                        offers.map(asked -> asked.value() <= 75 ? asked.accept() : asked.propose(asked.value() / 2)))));
    }
    // migration ends

    @Test
    void itsCallsExist() throws IOException {
        ApiNames.assertExist("migration.md", "here");
    }

    @Test
    void itsAsaLends() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            world.collect(lend(world.start()));
            Asa borrower = world.awaitOne(world.start().registerAsa("borrower"));
            TypedAsa<Integer> rate = world.awaitOne(borrower.typed(RATE).register());

            TypedOutcome<Integer> outcome =
                    world.awaitOne(rate.negotiate(100, offers -> offers.map(TypedOffer::accept)));

            assertThat(outcome.agreed()).contains(50);
        }
    }

    @Test
    void itShowsThisAsa() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/grasp/api/MigrationTest.java"));
        String shown = source.substring(
                        source.indexOf("// migration begins\n") + "// migration begins\n".length(),
                        source.indexOf("    // migration ends"))
                .stripTrailing()
                .stripIndent();

        assertThat(Files.readString(Path.of("../docs/migration.md"))).contains("```java\n" + shown + "\n```");
    }
}
