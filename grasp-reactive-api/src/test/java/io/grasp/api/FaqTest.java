package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.TypedObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The handler in docs/faq.md that does blocking work works, and is identical to the text there. */
class FaqTest {
    private static final TypedObjective<Integer> RATE = TypedObjective.negotiable("EX3", Integer.class);

    // FAQ begins
    static Mono<TypedOutcome<Integer>> answer(TypedNegotiation<Integer> customer) {
        return customer.converse(
                offers -> offers.concatMap(offer -> slowly(offer.value()).map(offer::propose)));
    }

    static Mono<Integer> slowly(int asked) {
        return Mono.fromCallable(() -> askTheDatabase(asked)) // blocks
                .subscribeOn(Schedulers.boundedElastic());
    }
    // FAQ ends

    private static int askTheDatabase(int asked) throws InterruptedException {
        Thread.sleep(1); // fails on the loop, where BlockHound notices it
        return asked / 2;
    }

    @Test
    void aHandlerMayBlockOnAnotherThread() {
        try (NettyWorld world = new NettyWorld()) {
            TypedAsa<Integer> bank = world.awaitOne(world.start()
                    .registerAsa("bank")
                    .flatMap(asa -> asa.typed(RATE).register()));
            Collected<Void> listening = world.collect(bank.listenNegotiate(FaqTest::answer));
            world.await(world.start().registerAsa("idler"));
            TypedAsa<Integer> customer = world.awaitOne(world.start()
                    .registerAsa("customer")
                    .flatMap(asa -> asa.typed(RATE).register()));

            TypedOutcome<Integer> outcome =
                    world.awaitOne(customer.negotiate(100, offers -> offers.map(TypedOffer::accept)));

            assertThat(outcome.agreed()).contains(50);
            listening.cancel();
        }
    }

    @Test
    void thePageShowsThisHandler() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/grasp/api/FaqTest.java"));
        String shown = source.substring(
                        source.indexOf("// FAQ begins\n") + "// FAQ begins\n".length(),
                        source.indexOf("    // FAQ ends"))
                .stripTrailing()
                .stripIndent();

        assertThat(Files.readString(Path.of("../docs/faq.md"))).contains("```java\n" + shown + "\n```");
    }
}
