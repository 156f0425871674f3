package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.Link;
import io.grasp.substrate.NodeAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The start and the end of a substrate, and what it reports about itself. */
@ExtendWith(NoLeaks.class)
class NettySubstrateTest {
    private static final NettyConfig ON_LOOPBACK = NettyConfig.defaults().withLinks(TestNetwork.LOOPBACK);

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @AfterEach
    void nothingIsOpen() {
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    @Test
    void runsOnAllSuitableLinks() {
        try (NettyNode node = NettyNode.started(NettyConfig.defaults())) {
            assertThat(node.links).extracting(Link::name).containsExactlyInAnyOrder("grasp0", "grasp1");
            assertThat(node.linksFailed).isEmpty();
        }
    }

    @Test
    void aLinkThatDoesNotExistFailsTheStart() {
        NettyNode node = NettyNode.of(NettySubstrate.create(ON_LOOPBACK.withLinks("lo", "eth99")));
        assertThat(node.startFailure())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no interface eth99, only grasp0, grasp1, lo;"
                        + " one that comes later must be awaited");
        assertThat(node.links).isEmpty();
        assertThat(TestNetwork.openSockets()).isEmpty();
        node.close();
    }

    @Test
    void withoutLinksItOpensNoSocketAndIsSecure() {
        try (NettyNode node = NettyNode.started(NettyConfig.defaults().withoutLinks())) {
            assertThat(node.links).isEmpty();
            assertThat(node.port()).isZero();
            assertThat(node.call(node.substrate::security)).isEqualTo(Security.SECURED);
            assertThat(TestNetwork.openSockets()).isEmpty();
            NettyPeer peer = node.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 7017));
            assertThat(peer.awaitClosed()).isInstanceOf(GraspException.class);
        }
    }

    @Test
    void securityIsWhatTheOperatorAsserts() {
        try (NettyNode plain = NettyNode.started(ON_LOOPBACK);
                NettyNode asserted = NettyNode.started(ON_LOOPBACK.withAssumeSecure(true))) {
            assertThat(plain.call(plain.substrate::security)).isEqualTo(Security.NONE);
            assertThat(asserted.call(asserted.substrate::security)).isEqualTo(Security.ASSERTED);
        }
    }

    @Test
    void addressesOfLinksAndLoopbackInterfacesAreListedWithTheirFlags() throws Exception {
        TestNetwork.ip("-6 address add fd6a:7261:7370::2/64 dev lo nodad preferred_lft 0");
        TestNetwork.ip("-6 address add fd6a:7261:7370::3/64 dev lo nodad");
        try (NettyNode node = NettyNode.started(ON_LOOPBACK.withLinks(TestNetwork.LINK));
                NettyNode beside = NettyNode.started(ON_LOOPBACK);
                NettyNode alone = NettyNode.started(NettyConfig.defaults().withoutLinks())) {
            NodeAddress preferred = nodeAddress("fd6a:7261:7370::3", 0, false);
            NodeAddress deprecated = nodeAddress("fd6a:7261:7370::2", 0, true);
            List<NodeAddress> addresses = node.call(node.substrate::nodeAddresses);
            assertThat(addresses)
                    .containsExactlyInAnyOrder(
                            nodeAddress("fd6a:7261:7370::1", node.link().index(), false), preferred, deprecated)
                    .allMatch(each -> ((Inet6Address) each.address()).getScopeId() == 0);
            assertThat(node.call(node.substrate::nodeAddresses)).isSameAs(addresses);
            assertThat(beside.call(beside.substrate::nodeAddresses))
                    .as("if the loopback interface is the link")
                    .containsExactlyInAnyOrder(
                            nodeAddress("fd6a:7261:7370::3", beside.link().index(), false),
                            nodeAddress("fd6a:7261:7370::2", beside.link().index(), true));
            assertThat(alone.call(alone.substrate::nodeAddresses)).containsExactlyInAnyOrder(preferred, deprecated);
        } finally {
            TestNetwork.ip("-6 address delete fd6a:7261:7370::2/64 dev lo");
            TestNetwork.ip("-6 address delete fd6a:7261:7370::3/64 dev lo");
        }
    }

    private static NodeAddress nodeAddress(String address, int linkIndex, boolean deprecated) throws Exception {
        return new NodeAddress(InetAddress.getByName(address), linkIndex, 64, deprecated, false);
    }

    @Test
    void locatorsThatCannotBeConnectedToAreRefusedAsInvalid() throws Exception {
        try (NettyNode node = NettyNode.started(ON_LOOPBACK)) {
            for (Locator locator : List.of(
                    new Locator.Fqdn("example.org", Locator.TCP, 7017),
                    Locator.uri("grasp://example.org"),
                    NettyNode.locator(InetAddress.getByName("fe80::1"), 7017))) {
                NettyPeer peer = node.connect(locator, 0);
                CompletableFuture<Throwable> flushed = peer.sending(new byte[1]);
                assertThat(peer.awaitClosed())
                        .isInstanceOfSatisfying(
                                GraspException.class,
                                e -> assertThat(e.code()).isEqualTo(GraspErrorCode.INVALID_LOCATOR))
                        .hasMessageContaining(locator.toString());
                assertThat(Await.result("the send", flushed)).isNotNull();
                assertThat(peer.events).containsExactly("closed");
            }
        }
    }

    @Test
    void twoSubstratesShareALoop() {
        NettyLoop loop = NettyLoop.create();
        NettyNode a = NettyNode.started(loop, ON_LOOPBACK);
        NettyNode b = NettyNode.started(loop, ON_LOOPBACK);
        a.multicast(a.link(), new byte[] {1});
        b.awaitMessage();
        a.close();
        b.messages.clear();
        b.multicast(b.link(), new byte[] {2});
        assertThat(b.awaitMessage().bytes()).containsExactly(2);
        CompletableFuture<List<String>> atClose = new CompletableFuture<>();
        loop.execute(() -> b.substrate.close(failure -> atClose.complete(TestNetwork.openSockets())));
        assertThat(Await.result("close", atClose)).isEmpty();
        end(loop);
    }

    private static void end(NettyLoop loop) {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        loop.close(failure -> ended.complete(true));
        Await.result("end of the loop", ended);
    }

    @Test
    void closingEndsTheThreadOfItsOwnLoop() {
        NettyNode node = NettyNode.started(ON_LOOPBACK);
        NettyPeer peer = node.connect(node.at("::1")).await("opened");
        Thread thread = node.call(Thread::currentThread);
        CompletableFuture<List<String>> atClose = new CompletableFuture<>();
        CompletableFuture<Boolean> again = new CompletableFuture<>();
        node.substrate.loop().execute(() -> {
            node.substrate.close(failure -> atClose.complete(TestNetwork.openSockets()));
            node.substrate.close(failure -> again.complete(true));
        });
        assertThat(Await.result("close", atClose)).isEmpty();
        assertThat(Await.result("close again", again)).isTrue();
        assertThat(peer.awaitClosed()).isNull();
        Await.until("end of the thread", () -> !thread.isAlive());
    }

    @Test
    void closingFromACallbackStopsTheStart() {
        NettyNode node = NettyNode.of(NettySubstrate.create(NettyConfig.defaults()));
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        node.onLinkUp = link -> node.substrate.close(failure -> closed.complete(true));
        assertThat(node.startFailure()).isNotNull();
        assertThat(Await.result("close", closed)).isTrue();
        assertThat(node.links).hasSize(1);
    }
}
