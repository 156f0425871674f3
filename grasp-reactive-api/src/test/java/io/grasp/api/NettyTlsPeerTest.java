package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.security.TestPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A TLS client at the port of a node without certificates. */
class NettyTlsPeerTest extends NettyTest {
    private static final Objective EX2 = Objective.synchronizable("EX2");

    private final List<DropReason> drops = new CopyOnWriteArrayList<>();

    @Test
    void aTlsClientAtThePlainPortIsCountedOnceAndDisconnected() {
        Grasp node = world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void messageDropped(DropReason reason, MessagePath path) {
                drops.add(reason);
            }
        }));
        Asa asa = world.awaitOne(node.registerAsa("served"));
        world.await(asa.register(EX2));
        SynchronizationResponder served = world.awaitOne(asa.listenSynchronize(EX2.withValue(1)));
        Asa other = world.awaitOne(node.registerAsa("other"));
        Locator.Ipv6 place = (Locator.Ipv6)
                world.awaitOne(other.discover(EX2, DiscoverOptions.knownOnly())).locator();

        for (int i = 1; i <= 2; i++) {
            assertThatThrownBy(() ->
                            TestPeer.withoutCertificate().connect(new InetSocketAddress(place.address(), place.port())))
                    .isInstanceOf(IOException.class);
            assertThat(drops).hasSize(i).containsOnly(DropReason.TLS);
        }
        world.await(served.stop());
        world.awaitNoResidue(node);
    }
}
