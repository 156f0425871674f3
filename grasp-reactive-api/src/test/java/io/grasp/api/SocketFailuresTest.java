package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.LinkKind;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node whose sockets fail for a while: its multicasts, and its answers to discoveries. */
class SocketFailuresTest {
    private static final Objective EX2 = Objective.synchronizable("EX2");
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Duration TTL = Duration.ofMinutes(1);

    private final SimWorld world = new SimWorld(LinkKind.DATAGRAM);
    private final List<String> failedLinks = new ArrayList<>();
    private boolean failing;
    private Grasp node;
    private Asa asa;
    private Asa neighbor;

    @BeforeEach
    void start() {
        GraspConfig settings = world.settings();
        Substrate substrate = settings.newSubstrate(null);
        node = world.awaitOne(Grasp.start(settings.withSubstrate(() -> ofFailingSockets(substrate))
                .withObserver(new GraspObserver() {
                    @Override
                    public void linkFailed(String link, Throwable cause) {
                        failedLinks.add(link + ": " + cause.getMessage());
                    }
                })));
        asa = world.awaitOne(node.registerAsa("asa"));
        world.await(asa.register(EX2, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        world.await(asa.register(EX3));
        neighbor = world.awaitOne(world.start().registerAsa("neighbor"));
        world.await(neighbor.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
    }

    @AfterEach
    void close() {
        world.await(node.closeAsync());
        world.close();
    }

    private Substrate ofFailingSockets(Substrate substrate) {
        return changed(Substrate.class, substrate, "start", arguments -> {
            arguments[0] = listening((SubstrateListener) arguments[0]);
            return arguments;
        });
    }

    private SubstrateListener listening(SubstrateListener listener) {
        SubstrateListener withLinks = changed(SubstrateListener.class, listener, "linkUp", arguments -> {
            arguments[0] = changed(Link.class, (Link) arguments[0], "multicast", this::orFails);
            return arguments;
        });
        return changed(SubstrateListener.class, withLinks, "linkMessage", arguments -> {
            arguments[2] = changed(ReplyPath.class, (ReplyPath) arguments[2], "reply", this::orFails);
            return arguments;
        });
    }

    /** An argument of a sending method is notified of the outcome. */
    private Object[] orFails(Object[] arguments) {
        if (!failing) {
            return arguments;
        }
        for (Object argument : arguments) {
            if (argument instanceof Completion sent) {
                sent.done(new IOException("no buffer space"));
            }
        }
        return new Object[0];
    }

    /** @param change returns the arguments for the call of a method, or nothing if it must not be called */
    private static <T> T changed(Class<T> type, T original, String name, UnaryOperator<Object[]> change) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    Object[] arguments = method.getName().equals(name) ? change.apply(given) : given;
                    return arguments != null && arguments.length == 0 && given.length > 0
                            ? null
                            : method.invoke(original, arguments);
                }));
    }

    @Test
    @Proves("8990-2.2-3")
    void aFailedSendFailsItsCallOnly() {
        failing = true;
        assertThat(world.await(asa.discover(EX3, world.moment()))).isEmpty();
        GraspContractTest.assertCode(
                world.collect(asa.requestNegotiate(EX3.withValue(1), RequestOptions.within(world.moment())))
                        .awaitFailure(),
                GraspErrorCode.NO_DISCOVERY_REPLY);
        Throwable notFlooded = world.collect(asa.flood(EX2.withValue(1), TTL)).awaitFailure();
        GraspContractTest.assertCode(notFlooded, GraspErrorCode.UNSPECIFIED);
        assertThat(notFlooded).hasMessageContaining("no buffer space").hasCauseInstanceOf(IOException.class);
        assertThat(world.await(neighbor.discover(EX2, world.moment())))
                .as("the answer is not sent")
                .isEmpty();
        assertThat(failedLinks).contains("lan: no buffer space");
        world.awaitNoResidue(node);

        failing = false;
        Collected<FloodedObjective> heard = world.collect(neighbor.floods("EX2"));
        world.await(asa.flood(EX2.withValue(2), TTL));
        assertThat(heard.awaitValues(1).get(0).objective().value()).hasToString("2");
        assertThat(world.await(neighbor.discover(EX2, world.moment()))).hasSize(1);
        Collected<Negotiation> accepting =
                world.collect(neighbor.listenNegotiate(EX3).flatMap(Negotiation::accept));
        assertThat(world.awaitOne(asa.requestNegotiate(EX3.withValue(1), RequestOptions.within(TTL)))
                        .outcome())
                .isPresent();
        heard.cancel();
        accepting.cancel();
        world.awaitNoResidue(node);
    }
}
