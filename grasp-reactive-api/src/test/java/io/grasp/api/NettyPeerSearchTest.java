package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.RegistrationOptions;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.wire.Discovery;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A peer that does not answer on a real link. */
class NettyPeerSearchTest extends NettyTest {
    /** An address on the link that no host has. */
    private static final String SILENT = "fd6a:7261:7370::dead";

    /** On a network with losses the peer may exist nevertheless. */
    @Test
    void aPeerWhoseConnectionTimesOutIsTriedOnceMore() throws UnknownHostException {
        Objective objective = Objective.negotiable("EX7");
        Locator silent = new Locator.Ipv6((Inet6Address) InetAddress.getByName(SILENT), Locator.TCP, 7017);
        Asa responder = world.awaitOne(world.start().registerAsa("responder"));
        world.await(responder.register(
                objective, RegistrationOptions.DEFAULTS.withDiscoverable(true).withLocators(List.of(silent))));
        AtomicInteger discoveries = new AtomicInteger();
        Grasp hasty = world.start(
                NettyConfig.defaults()
                        .withLinks(NettyWorld.LINK)
                        .withAssumeSecure(true)
                        .withConnectTimeout(Duration.ofMillis(50)),
                config -> config.withObserver(new GraspObserver() {
                    @Override
                    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                        discoveries.addAndGet(message instanceof Discovery ? 1 : 0);
                    }
                }));
        Asa initiator = world.awaitOne(hasty.registerAsa("initiator"));
        world.await(initiator.register(objective));

        Throwable failure = world.collect(initiator.requestNegotiate(objective.withValue(1)))
                .awaitFailure();

        GraspContractTest.assertCode(failure, GraspErrorCode.SOCKET_ERROR_REQUEST);
        assertThat(failure.getSuppressed()).as("the previous failure").hasSize(1);
        assertThat(discoveries).as("none after an answer").hasValue(1);
    }
}
