package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Side;
import io.grasp.model.Objective;
import io.grasp.model.TypedObjective;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.TestNetwork;
import io.grasp.substrate.sim.LinkKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The ASAs in the README: they compile, run, and are identical to the text there. */
class ReadmeTest {
    // README asa begins
    static final TypedObjective<Integer> EX3 = TypedObjective.negotiable("EX3", Integer.class);

    static Mono<Void> bank(Grasp node, int limit) {
        return node.registerAsa("Briggs")
                .flatMap(asa -> asa.typed(EX3).register())
                .flatMap(ex3 -> ex3.listenNegotiate(customer -> customer.converse(offers ->
                        offers.map(asked -> asked.value() <= limit ? asked.accept() : asked.propose(limit)))));
    }

    static Mono<TypedOutcome<Integer>> borrow(Grasp node, int sum) {
        return node.registerAsa("Gray")
                .flatMap(asa -> asa.typed(EX3).register())
                .flatMap(ex3 -> ex3.negotiate(
                        sum,
                        offers -> offers.map(
                                offer -> 3 * offer.value() >= 2 * sum ? offer.accept() : offer.decline("too little"))));
    }
    // README asa ends

    // README node begins
    static final GraspConfig CONFIG =
            GraspConfig.defaults().withNetwork(NettyConfig.defaults().withAssumeSecure(true));

    static Mono<Void> runBank(GraspConfig config) {
        return Mono.usingWhen(Grasp.start(config), node -> bank(node, 250), Grasp::closeAsync);
    }

    static Mono<TypedOutcome<Integer>> runCustomer(GraspConfig config) {
        return Mono.usingWhen(Grasp.start(config), node -> borrow(node, 300), Grasp::closeAsync);
    }
    // README node ends

    @Test
    void theReadmesAgentsAgreeOrDecline() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            Collected<Void> bank = world.collect(runBank(world.settings()));
            Asa odd = world.awaitOne(world.start().registerAsa("odd"));
            Objective text = EX3.objective().withValue("not a sum");
            world.await(odd.register(text));

            NegotiationOutcome refusal =
                    world.awaitOne(odd.negotiate(text, offers -> offers.map(offer -> Move.accept())));
            TypedOutcome<Integer> offered = world.awaitOne(runCustomer(world.settings()));
            TypedOutcome<Integer> granted = world.awaitOne(borrow(world.start(), 200));
            TypedOutcome<Integer> declined = world.awaitOne(borrow(world.start(), 900));

            assertThat(refusal).isEqualTo(new NegotiationOutcome.Declined("invalid value", Side.PEER));
            assertThat(offered.agreed()).contains(250);
            assertThat(granted.agreed()).contains(200);
            assertThat(declined).isEqualTo(new TypedOutcome.Declined<>("too little", Side.LOCAL));
            bank.cancel();
        }
    }

    /** If the customer asks before the bank listens, it asks again after its first discovery. */
    @Test
    void theReadmesNodesAgreeOnARealNetwork() {
        TestNetwork.require();
        Disposable bank = runBank(CONFIG).subscribe();

        TypedOutcome<Integer> outcome = runCustomer(CONFIG).block(Duration.ofSeconds(20));

        assertThat(outcome).isNotNull();
        assertThat(outcome.agreed()).contains(250);
        bank.dispose();
    }

    @Test
    void withoutProtectionTheStartFails() {
        StepVerifier.create(runBank(GraspConfig.defaults()))
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SECURITY)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"asa", "node"})
    void readmeShowsThisCode(String part) throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/grasp/api/ReadmeTest.java"));
        String begins = "// README " + part + " begins\n";
        String shown = source.substring(
                        source.indexOf(begins) + begins.length(), source.indexOf("    // README " + part + " ends"))
                .stripTrailing()
                .stripIndent();

        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + shown + "\n```\n");
    }

    @Test
    void theAsaHasFifteenLines() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        String block = readme.substring(readme.indexOf("```java\n"));

        assertThat(block.substring(0, block.indexOf("\n```")).lines().skip(1).filter(line -> !line.isBlank()))
                .hasSizeLessThanOrEqualTo(15);
    }
}
