package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AcpNodeName;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PeerLimits;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.security.PeerAction;
import io.grasp.security.PeerPolicies;
import io.grasp.security.PeerPolicy;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prefix managers with certificates: which nodes may request prefixes, and how many. */
class PrefixPeersTest {
    private static final PrefixManagerConfig ORIGIN = PrefixManagerConfig.of(ManagerRole.ORIGIN);
    private static final String CUSTOMER = "++customer@example.com";
    private static final String VISITOR = "++visitor@example.com";

    /** {@return a manager that keeps a number of free subnets, of which it gets one by one request} */
    private static PrefixManagerConfig requesting(int reserve) {
        return PrefixManagerConfig.of(ManagerRole.REQUESTING)
                .withNeeds(FamilyNeeds.IPV6.withLength(64).withReserve(reserve));
    }

    private static SimNode member(SimulationRunner run, String node, String name) {
        SimNode member = run.network().node(node);
        member.setIdentity(AcpNodeName.parse(name));
        return member;
    }

    private static void link(SimulationRunner run, SimNode... members) {
        run.network().link("lan", LinkKind.SECURED_STREAM, Duration.ofMillis(5), members);
    }

    private static List<String> owners(Managers managers, Managers.Running origin) {
        return managers.status(origin).entries(EntryState.DELEGATED).stream()
                .map(PoolEntry::party)
                .toList();
    }

    @Test
    void onlyThoseThatThePolicyPermitsGetPrefixes() {
        PeerPolicy policy = PeerPolicies.rules()
                .deny(PeerAction.NEGOTIATE)
                .of("PrefixManager")
                .to(PeerPolicies.role("visitor"))
                .permit(PeerAction.values())
                .toEveryMember()
                .build();
        SimulationRunner.verify(1, run -> {
            link(
                    run,
                    member(run, "origin", "++core@example.com"),
                    member(run, "customer", CUSTOMER),
                    member(run, "visitor", VISITOR));
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start(
                    managers.await(run.simulation().start("origin", config -> config.withPeerPolicy(policy))),
                    "origin",
                    ORIGIN,
                    PoolConfig.DEFAULTS,
                    "2001:db8::/32");
            Managers.Running customer = managers.start("customer", requesting(1));
            Managers.Running visitor = managers.start("visitor", requesting(1));
            run.advance(Duration.ofMinutes(2));

            assertThat(owners(managers, origin)).containsExactly(CUSTOMER);
            assertThat(managers.status(customer).entries(EntryState.FREE)).hasSize(1);
            assertThat(visitor.events(PrefixEvent.NotObtained.class))
                    .isNotEmpty()
                    .allMatch(event -> event.reason().equals("declined: Not authorized"));
            assertThat(managers.status(visitor).entries()).isEmpty();
        });
    }

    @Test
    void theLimitsOfAPeerAreThoseOfTheNameInItsCertificate() {
        PoolConfig limited = PoolConfig.DEFAULTS.withPeerLimits(
                peer -> PeerLimits.DEFAULTS.withMaxPrefixes(peer.equals(VISITOR) ? 3 : 5));
        SimulationRunner.verify(2, run -> {
            link(
                    run,
                    member(run, "origin", "++core@example.com"),
                    member(run, "customer", CUSTOMER),
                    member(run, "visitor", VISITOR),
                    member(run, "same-visitor", VISITOR));
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start(
                    managers.await(run.simulation().start("origin")), "origin", ORIGIN, limited, "2001:db8::/32");
            managers.start("customer", requesting(8));
            Managers.Running visitor = managers.start("visitor", requesting(2));
            Managers.Running sameVisitor = managers.start("same-visitor", requesting(2));
            run.advance(Duration.ofMinutes(5));

            assertThat(owners(managers, origin))
                    .containsExactlyInAnyOrder(
                            VISITOR, VISITOR, VISITOR, CUSTOMER, CUSTOMER, CUSTOMER, CUSTOMER, CUSTOMER);
            assertThat(List.of(visitor, sameVisitor))
                    .anySatisfy(each -> assertThat(each.events(PrefixEvent.NotObtained.class))
                            .isNotEmpty()
                            .allMatch(event -> event.reason().equals("declined: Limit for this peer reached")));
            assertThat(origin.events(PrefixEvent.Assigned.class)).hasSize(8);
        });
    }
}
