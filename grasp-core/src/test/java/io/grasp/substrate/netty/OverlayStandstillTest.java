package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.TestMember;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.NeighborSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop's clock stands still, so that no timer runs: connections, and nodes, end by what happens alone. */
class OverlayStandstillTest extends OverlayTest {
    private final NettyLoop still = NettyLoop.on(new LoopClock(() -> 7, () -> LoopClock.UNKNOWN));
    private final NeighborSource.Neighbors[] found = new NeighborSource.Neighbors[1];

    @Override
    NettyLoop loopOfNodes() {
        return still;
    }

    @AfterEach
    @Override
    void closeNodes() {
        super.closeNodes();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        still.close(failure -> closed.complete(true));
        Await.result("end of the loop", closed);
    }

    private OverlayNode searching(boolean streams) {
        OverlayNode node = start(
                "searching",
                config -> config.withStreams(streams).withNeighborSource(neighbors -> {
                    found[0] = neighbors;
                    return ended -> ended.done(null);
                }));
        Await.until("the source", () -> found[0] != null);
        return node;
    }

    /** Which node retires the former connection depends on their instance IDs, which are random. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFormerConnectionEndsWhenAnotherHasReplacedIt(boolean streams) {
        OverlayNode node = searching(streams);
        for (int i = 1; i <= 4; i++) {
            OverlayNode other =
                    start("other" + i, config -> config.withStreams(streams).withNeighbors(node.place()));
            node.awaitLinks(i);
            replace(other);
            other.awaitLinks(1);
            assertThat(other.everUp).hasSize(1);
        }
        assertThat(node.everUp).hasSize(4);
        assertThat(node.multicast(new byte[] {1})).isNull();
    }

    /** Opens another connection with a neighbor, and waits until the former one has ended. */
    private void replace(OverlayNode neighbor) {
        Set<String> before = ends();
        found[0].found(neighbor.address());
        Await.until(
                () -> "another connection instead, before " + before + ", now " + ends(),
                () -> ends().size() == before.size() && !ends().equals(before));
    }

    @Test
    void aFormerConnectionEndsWhenItsLastSessionHas() {
        OverlayNode node = searching(true);
        for (int i = 1; i <= 2; i++) {
            OverlayNode other = start("other" + i, config -> config.withNeighbors(node.place()));
            node.awaitLinks(i);
            OverlayNode.Session session = other.connect(node);
            session.echo(10);
            Set<String> before = ends();
            found[0].found(other.address());
            Await.until("another connection besides", () -> ends().size() == before.size() + 2);
            Await.until("its use by the neighbor", () -> remotePort(other, node) == other.port());
            Await.until("its use by the node", () -> remotePort(node, other) != node.port());
            session.echo(10); // what either node has said before on the former connection has arrived
            assertThat(ends()).containsAll(before);
            close(other, session);
            Await.until(
                    "the end of the former connection", () -> ends().size() == before.size() && !ends().equals(before));
            assertThat(other.everUp).hasSize(1);
        }
        assertThat(node.everUp).hasSize(2);
    }

    /** The peer may have said so before this node knows the connection that replaces it. */
    @Test
    void aConnectionThatThePeerLetsCloseCarriesTheLinkUntilAnotherDoes() throws Exception {
        OverlayNode node = start("node", config -> config);
        TestMember member = DOMAIN.authority().issue(Identities.name("peer"));
        byte[] instance = RawMember.instance(0xff);
        try (RawMember former = RawMember.connect(member, node.port());
                RawMember newer = RawMember.connect(member, node.port())) {
            former.hello(instance, 0, true);
            node.awaitLinks(1);
            former.messages(1, (byte) 3); // closing
            former.messages(1, (byte) 1, (byte) 7);
            Await.until("what came after it", () -> node.messages.size() == 1);
            assertThat(node.multicast(new byte[] {8})).isNull();
            former.awaitMessage((byte) 1, (byte) 8);

            newer.hello(instance, 0, true).awaitAnswer();

            former.awaitGoAway();
            assertThat(node.multicast(new byte[] {9})).isNull();
            newer.awaitMessage((byte) 1, (byte) 9);
        }
        node.awaitLinks(0);
        assertThat(node.everUp).hasSize(1);
    }

    /** {@return the port from which a new session has come, which shows which side has opened its connection} */
    private static int remotePort(OverlayNode from, OverlayNode to) {
        OverlayNode.Session session = from.connect(to);
        session.echo(1);
        int port = to.accepted.get(to.accepted.size() - 1).connection.remote().getPort();
        close(from, session);
        return port;
    }

    private static void close(OverlayNode node, OverlayNode.Session session) {
        node.onLoop(() -> {
            session.connection.close();
            return true;
        });
        assertThat(session.awaitClosed()).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeWithSessionsClosesAtOnceIfItsPeerEndsThemToo(boolean streams) {
        OverlayNode one = start("one", config -> config.withStreams(streams));
        OverlayNode other = start("other", config -> config.withStreams(streams).withNeighbors(one.place()));
        OverlayNode.Session forth = other.connect(one);
        OverlayNode.Session back = one.connect(other);
        forth.echo(10);
        back.echo(10);
        other.close();
        assertThat(forth.awaitClosed()).isNull();
        assertThat(back.awaitClosed()).isNull();
        one.awaitLinks(0);
    }
}
