package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.audit.AuditListener;
import io.grasp.engine.audit.AuditWatch;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.SessionId;
import io.grasp.observe.AuditEvent;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Authenticated peers are charged by their certificates, and not by their addresses. */
class CertificateSharesTest extends EngineFixture {
    private static final int MOST = 3;

    private final SimNode node = network.node("engine");
    private final RecordingObserver observed = new RecordingObserver();
    private final List<Silent> open = new ArrayList<>();
    private SubstrateListener listener;

    /** A connection on which nothing comes. */
    private final class Silent implements Connection {
        final InetSocketAddress remote;
        final @Nullable PeerIdentity identity;
        final ConnectionListener ours;
        boolean ended;

        Silent(String address, @Nullable PeerIdentity identity) {
            this.remote = new InetSocketAddress(CertificateSharesTest.address(address), 5000 + open.size());
            this.identity = identity;
            this.ours = loop.call(() -> listener.accepted(this));
            open.add(this);
            moment();
        }

        void receives(GraspMessage message) {
            loop.run(() -> ours.received(MessageEncoder.encode(message)));
            moment();
        }

        @Override
        public InetSocketAddress remote() {
            return remote;
        }

        @Override
        public @Nullable PeerIdentity peerIdentity() {
            return identity;
        }

        @Override
        public void send(byte[] bytes, Completion flushed) {
            flushed.done(null);
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public void close() {
            abort();
        }

        @Override
        public void abort() {
            if (!ended) {
                ended = true;
                loop.execute(() -> ours.closed(null));
            }
        }
    }

    private static PeerIdentity certificate(int number) {
        String hash = String.format("%064x", number);
        return new PeerIdentity(AcpNodeName.parse("@example.com"), hash.substring(48) + hash.substring(16));
    }

    private GraspEngine start() {
        link("lan", node);
        return start(
                EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withConnectionsPerPeer(MOST)),
                listened(node, started -> listener = started),
                observed);
    }

    @AfterEach
    void closeAll() {
        open.forEach(each -> loop.run(each::abort));
        moment();
    }

    @Test
    void aMemberWithManyAddressesIsOneSource() {
        start();
        for (int i = 0; i < 2 * MOST; i++) {
            new Silent("2001:db8:0:" + i + "::1", certificate(1));
        }

        assertThat(open.subList(0, MOST)).allMatch(each -> each.ended);
        assertThat(open.subList(MOST, 2 * MOST)).noneMatch(each -> each.ended);
        assertThat(observed.drops.get(DropReason.PEER_CONNECTIONS)).isEqualTo(MOST);
    }

    @Test
    void membersBehindOneAddressAreSeveralSources() {
        start();
        for (int i = 0; i < 2 * MOST; i++) {
            new Silent("192.0.2.1", certificate(i));
        }

        assertThat(open).noneMatch(each -> each.ended);
    }

    @Test
    void auditEventsCountWhatTheSubstrateRefusesByCertificateAndNameTheMember() {
        List<AuditEvent> events = new ArrayList<>();
        GraspEngine engine = start();
        AuditWatch watch = loop.call(() -> engine.audit(Duration.ofSeconds(60), collecting(events)));
        loop.run(() -> watch.request(Long.MAX_VALUE));
        for (PeerIdentity member : new PeerIdentity[] {certificate(1), null}) {
            for (int i = 0; i < 3; i++) {
                InetSocketAddress peer = new InetSocketAddress(address("2001:db8:0:" + i + "::1"), 1);
                loop.run(() -> listener.dropped(SubstrateDrop.TOO_MANY_CONNECTIONS, null, peer, member));
                loop.run(() -> listener.peerRefused(PeerRefusal.TOO_MANY_NEIGHBORS, peer, member, "no room"));
            }
        }
        loop.advance(Duration.ofSeconds(60));
        loop.run(watch::cancel);

        assertThat(events)
                .filteredOn(each -> each.path().identity() != null)
                .hasSize(4) // the first of each reason, and then the others
                .allMatch(each -> each.path().identity().equals(certificate(1)))
                .extracting(AuditEvent::count)
                .containsExactly(1L, 1L, 2L, 2L);
        assertThat(events)
                .filteredOn(each -> each.path().identity() == null)
                .as("by networks")
                .hasSize(6);
        assertThat(events.get(0)).asString().contains("(" + certificate(1).nodeName() + ")");
    }

    /** A connection can be refused on a link, as on an Autonomic Control Plane. */
    @Test
    void aConnectionThatIsRefusedOnALinkIsNoMessageOfIt() {
        Map<SubstrateDrop, MessagePath.Kind> kinds = new EnumMap<>(SubstrateDrop.class);
        List<AuditEvent> events = new ArrayList<>();
        GraspEngine engine = start();
        AuditWatch watch = loop.call(() -> engine.audit(Duration.ofSeconds(60), collecting(events)));
        loop.run(() -> watch.request(Long.MAX_VALUE));
        InetSocketAddress peer = new InetSocketAddress(address("2001:db8::1"), 1);
        for (SubstrateDrop each : SubstrateDrop.values()) {
            loop.run(() -> listener.dropped(each, engine.links().get(0), peer, null));
            moment();
            kinds.put(each, events.get(events.size() - 1).path().kind());
        }
        loop.run(watch::cancel);

        assertThat(kinds.entrySet())
                .filteredOn(each -> each.getValue() == MessagePath.Kind.CONNECTION)
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder(
                        SubstrateDrop.TOO_MANY_CONNECTIONS, SubstrateDrop.FEW_DESCRIPTORS, SubstrateDrop.NOT_SERVED);
    }

    private static AuditListener collecting(List<AuditEvent> events) {
        return new AuditListener() {
            @Override
            public void event(AuditEvent event) {
                events.add(event);
            }

            @Override
            public void stopped() {}
        };
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private boolean makesRoomFor(int member) {
        InetSocketAddress peer = new InetSocketAddress(node.addresses().get(0), 1); // on the link
        boolean made =
                loop.call(() -> listener.makesRoom(peer, certificate(member), SubstrateDrop.TOO_MANY_CONNECTIONS));
        moment();
        return made;
    }

    @Test
    void inAFullSubstrateAMemberTakesThePlaceOfTheMemberWithTheMostOrOfItself() {
        start();
        Silent other = new Silent("2001:db8:0:1::1", certificate(2));
        Silent others = new Silent("2001:db8:0:2::1", certificate(2));
        Silent older = new Silent("2001:db8:0:3::1", certificate(1));
        Silent newer = new Silent("2001:db8:0:4::1", certificate(1));

        assertThat(makesRoomFor(1)).isTrue();
        assertThat(open).filteredOn(each -> each.ended).as("its own").containsExactly(older);
        assertThat(makesRoomFor(3)).isTrue();
        assertThat(open).filteredOn(each -> each.ended).containsExactly(other, older);
        assertThat(List.of(others, newer)).noneMatch(each -> each.ended);
    }

    @Test
    void inAFullSubstrateAMemberWithManySessionsTakesNoConnectionOfOthers() {
        List<NegotiationSession> taken = new ArrayList<>();
        GraspEngine engine = start();
        loop.run(() -> {
            EngineAsa asa = engine.registerAsa("asa");
            asa.register(EX3, RegistrationOptions.DEFAULTS);
            asa.listenNegotiate(EX3, acceptor(taken::add)).request(Long.MAX_VALUE);
        });
        Silent first = new Silent("2001:db8:0:1::1", certificate(1));
        first.receives(new RequestNegotiation(new SessionId(1), EX3.withValue(1)));
        Silent second = new Silent("2001:db8:0:1::1", certificate(1));
        second.receives(new RequestNegotiation(new SessionId(2), EX3.withValue(2)));
        assertThat(taken).hasSize(2);
        Silent silent = new Silent("2001:db8:0:2::1", certificate(2));

        assertThat(makesRoomFor(1)).as("its sessions are under way").isFalse();
        assertThat(silent.ended).isFalse();
        assertThat(makesRoomFor(3)).as("a member without connections").isTrue();
        assertThat(silent.ended).isTrue();
        assertThat(List.of(first, second)).noneMatch(each -> each.ended);
    }

    @Test
    void peersWithoutCertificateBehindOneAddressAreOneSource() {
        start();
        for (int i = 0; i < 2 * MOST; i++) {
            new Silent("192.0.2.1", null);
        }

        assertThat(open.subList(0, MOST)).allMatch(each -> each.ended);
    }
}
