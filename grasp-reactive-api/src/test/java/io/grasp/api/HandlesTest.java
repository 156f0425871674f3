package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkKind;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/** What RFC 8991 calls handles are objects here: nobody gets at an ASA or a session but by being given it. */
class HandlesTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    @Test
    @Proves({
        "8991-2.2.3-1",
        "8991-2.3.2.7-1",
        "8991-2.3.2.7-3",
        "8991-2.3.3-1",
        "8991-2.3.3-2",
        "8991-2.3.4-6",
        "8991-2.3.5-6",
        "8991-2.3.6-2"
    })
    void nobodyCanMakeOne() {
        for (Class<?> handle : List.of(Grasp.class, Asa.class, Negotiation.class, SynchronizationResponder.class)) {
            assertThat(Modifier.isFinal(handle.getModifiers())).isTrue();
            assertThat(handle.getDeclaredConstructors())
                    .extracting(Constructor::getModifiers)
                    .noneMatch(Modifier::isPublic);
        }
        assertThat(publicMethods(Grasp.class)
                        .filter(method -> method.toGenericString().contains(Asa.class.getName() + ">")))
                .extracting(Method::getName)
                .containsExactly("registerAsa");
    }

    @Test
    @Proves("8991-2.2.1-3")
    void whatTakesTimeReturnsAPublisher() {
        Stream<Method> blocking = Stream.of(Asa.class, Negotiation.class, SynchronizationResponder.class)
                .flatMap(HandlesTest::publicMethods)
                .filter(method -> !Publisher.class.isAssignableFrom(method.getReturnType()))
                .filter(method -> !method.getName().startsWith("with")) // those only make another object
                .filter(method -> method.getParameterCount() > 0);

        assertThat(blocking).isEmpty();
    }

    private static Stream<Method> publicMethods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).filter(method -> Modifier.isPublic(method.getModifiers()));
    }

    @Test
    @Proves("8991-2.2.2-3")
    void sessionsWithOnePeerAreToldApart() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            Asa server = world.awaitOne(world.start().registerAsa("server"));
            world.await(server.register(EX3));
            Collected<Negotiation> taken = world.collect(server.listenNegotiate(EX3));
            Asa client = world.awaitOne(world.start().registerAsa("client"));
            world.await(client.register(EX3));
            for (int sum = 1; sum <= 2; sum++) {
                world.collect(client.requestNegotiate(EX3.withValue(sum), Duration.ZERO));
            }
            List<Negotiation> both = taken.awaitValues(2);

            assertThat(both).extracting(Negotiation::sessionId).doesNotHaveDuplicates();
            both.forEach(negotiation -> world.awaitOne(negotiation.accept()));
            taken.cancel();
        }
    }

    @Test
    @Proves({"8990-2.7-4", "8990-2.7-5"})
    void sessionIdsComeFromASeededGeneratorFitForCryptography() {
        assertThat(SecureIds.create())
                .extracting("source")
                .isInstanceOfSatisfying(
                        SecureRandom.class,
                        source -> assertThat(source.getAlgorithm()).isEqualTo("DRBG"));
        long here = SecureIds.create().nextLong();
        long there = SecureIds.create().nextLong();
        assertThat(here).as("each node has a seed of its own").isNotEqualTo(there);
    }
}
