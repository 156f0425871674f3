package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.ScriptedPeer;
import io.grasp.model.Locator;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixForm;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import io.grasp.wire.Vectors;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * Whole messages as two nodes with graspy's pfxm3.py have sent them to each other. They were recorded on the link between
 * two hosts, one of which was the origin and the other one a delegator.
 */
class RecordedExchangeTest {
    private static final Duration MOMENT = Duration.ofSeconds(1);

    /** Where the Session ID is in each of the messages: after the array, the type, and the head of the integer. */
    private static final int SESSION = 3;

    private static final int SESSION_BYTES = 4;

    private static byte[] recorded(String what) {
        return recorded(what, 0);
    }

    /** {@return a message by its description, of which there may be several} */
    private static byte[] recorded(String what, int index) {
        return Vectors.prefixes().stream()
                .filter(each -> each.description().endsWith(" " + what))
                .skip(index)
                .findFirst()
                .orElseThrow()
                .bytes();
    }

    /** {@return a message in the session of another one} */
    private static byte[] inSessionOf(byte[] other, byte[] message) {
        byte[] changed = message.clone();
        System.arraycopy(other, SESSION, changed, SESSION, SESSION_BYTES);
        return changed;
    }

    private static String hex(byte[] message) {
        return HexFormat.of().formatHex(message);
    }

    private static void play(BiConsumer<SimulationRunner, ScriptedPeer> scenario) {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(5)), "ours", "pfxm3");
            scenario.accept(run, new ScriptedPeer(run.network().node("pfxm3")));
        });
    }

    private static List<Prefix> prefixes(Managers managers, Managers.Running manager, EntryState state) {
        return managers.status(manager).entries(state).stream()
                .map(PoolEntry::prefix)
                .toList();
    }

    @Test
    void anOriginAnswersTheDelegatorAsTheOtherOriginHas() {
        play((run, pfxm3) -> {
            Managers managers = new Managers(run);
            Managers.Running ours = managers.start(
                    "ours",
                    PrefixManagerConfig.of(ManagerRole.ORIGIN).withLoopCount(4), // as graspy's
                    "2001:db8:ffff:ff80::/57",
                    "10.255.240.0/20");

            ScriptedPeer.Wire params = pfxm3.connect(run.network().node("ours"));
            params.send(recorded("asks for the parameters"));
            run.advance(MOMENT);
            assertThat(params.bytes)
                    .extracting(RecordedExchangeTest::hex)
                    .containsExactly(hex(recorded("serves the parameters")));

            for (String family : List.of("IPv6", "IPv4")) {
                ScriptedPeer.Wire wire = pfxm3.connect(run.network().node("ours"));
                wire.send(recorded("requests an " + family + " prefix"));
                run.advance(MOMENT);
                int index = family.equals("IPv6") ? 0 : 1;
                // graspy's first answer has the loop count of the request; ours has one less (RFC 8990 section 2.8.7).
                String offer = hex(recorded("offers it", index)).replaceFirst("(?<=61676572)0306", "0305");
                assertThat(wire.bytes).extracting(RecordedExchangeTest::hex).containsExactly(offer);
                wire.send(recorded("accepts it", index));
                run.advance(MOMENT);
            }

            assertThat(prefixes(managers, ours, EntryState.DELEGATED))
                    .containsExactly(Prefix.parse("2001:db8:ffff:ff80::/57"), Prefix.parse("10.255.240.0/20"));
            assertThat(prefixes(managers, ours, EntryState.FREE)).isEmpty();
        });
    }

    @Test
    void aRequesterAsksTheOriginAsTheOtherDelegatorHas() {
        play((run, pfxm3) -> {
            Managers managers = new Managers(run);
            Managers.Running ours = managers.start("ours", delegator());
            byte[] request = answerTheDiscovery(run, pfxm3);
            assertThat(hex(request)).isEqualTo(hex(inSessionOf(request, recorded("requests an IPv6 prefix"))));

            ScriptedPeer.Wire wire = pfxm3.accepted.get(0);
            wire.send(inSessionOf(request, recorded("offers it")));
            run.advance(MOMENT);

            assertThat(hex(wire.bytes.get(1))).isEqualTo(hex(inSessionOf(request, recorded("accepts it"))));
            assertThat(prefixes(managers, ours, EntryState.FREE))
                    .containsExactly(Prefix.parse("2001:db8:ffff:ff80::/57"));
        });
    }

    @Test
    void aRequesterUnderstandsThatTheOriginDeclines() {
        play((run, pfxm3) -> {
            Managers managers = new Managers(run);
            Managers.Running ours = managers.start("ours", delegator());
            byte[] request = answerTheDiscovery(run, pfxm3);
            pfxm3.accepted.get(0).send(inSessionOf(request, recorded("declines a request for a /20")));
            run.advance(MOMENT);

            assertThat(ours.events(PrefixEvent.NotObtained.class))
                    .extracting(PrefixEvent.NotObtained::reason)
                    .containsExactly("declined: Prefix length out of range");
        });
    }

    @Test
    void aManagerFollowsTheParametersThatTheOriginFloods() {
        play((run, pfxm3) -> {
            Managers.Running ours = new Managers(run).start("ours", PrefixManagerConfig.of(ManagerRole.REQUESTING));
            pfxm3.multicast(recorded("floods the parameters"));
            run.advance(MOMENT);

            assertThat(ours.events(PrefixEvent.ParamsChanged.class))
                    .containsExactly(new PrefixEvent.ParamsChanged(PrefixParams.DEFAULTS, ParamsSource.FLOODED));
        });
    }

    private static PrefixManagerConfig delegator() {
        return PrefixManagerConfig.of(ManagerRole.REQUESTING)
                .withForm(PrefixForm.EXTENDED_WITH_NULL)
                .withNeeds(FamilyNeeds.IPV6.withLength(57).withReserve(1));
    }

    /** {@return the request that follows} */
    private static byte[] answerTheDiscovery(SimulationRunner run, ScriptedPeer pfxm3) {
        run.advance(MOMENT);
        Discovery asked = pfxm3.heard.stream()
                .map(ScriptedPeer::decode)
                .filter(message -> message instanceof Discovery discovery
                        && discovery.objective().name().equals("PrefixManager"))
                .map(Discovery.class::cast)
                .findFirst()
                .orElseThrow();
        Locator there = new Locator.Ipv6((Inet6Address) pfxm3.node.addresses().get(0), Locator.TCP, pfxm3.node.port());
        pfxm3.reply(new Response(
                asked.session(), asked.initiator(), 60_000, List.of(new GraspOption.LocatorOption(there)), null));
        run.advance(MOMENT);
        return pfxm3.accepted.get(0).bytes.get(0);
    }
}
