package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.cbor.CborLimits;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fields of some golden messages, written by hand. */
class RfcMessagesTest {
    private static final Inet6Address INITIATOR = ipv6("2001:db8:f000:baaa:28cc:dc4c:9703:6781");

    @Test
    @Proves({"8990-2.8.4-4", "8990-2.10.1-1", "8990-4-1"})
    void theDiscoveryOfAppendixA1IsDecodedAndEncoded() {
        assertDecodes(
                "84011a00d4d7485020010db8f000baaa28ccdc4c970367818463455831050200",
                new Discovery(
                        new SessionId(13948744),
                        INITIATOR,
                        new Objective("EX1", Objective.F_DISC | Objective.F_SYNCH, 2, ObjectiveValue.of(0))));
    }

    @Test
    @Proves({"8990-2.8.5-3", "8990-4-1"})
    void theResponseOfAppendixA1IsDecodedAndEncoded() {
        assertDecodes(
                "85021a00d4d7485020010db8f000baaa28ccdc4c9703678119ea608418675020010db8f000baaaf000baaaf000baaa0619c123",
                new Response(
                        new SessionId(13948744),
                        INITIATOR,
                        60_000,
                        List.of(new GraspOption.LocatorOption(
                                new Locator.Ipv6(ipv6("2001:db8:f000:baaa:f000:baaa:f000:baaa"), Locator.TCP, 49443))),
                        null));
    }

    @Test
    @Proves({"8990-2.8.11-3", "8990-2.8.11-6", "8990-4-1"})
    void theFloodOfAppendixA2IsDecodedAndEncoded() {
        assertDecodes(
                "85091a00357b4e5020010db8f000baaa28ccdc4c97036781192710"
                        + "828463455831050282704578616d706c6520312076616c75653d186480",
                new Flood(
                        new SessionId(3504974),
                        INITIATOR,
                        10_000,
                        List.of(TaggedObjective.untagged(
                                new Objective("EX1", 5, 2, ObjectiveValue.of(List.of("Example 1 value=", 100)))))));
    }

    @Test
    @Proves({"8990-2.8.6-1", "8990-2.10.3-5", "8990-4-1"})
    void theSynchronizationOfAppendixA3IsDecodedAndEncoded() {
        assertDecodes(
                "83041a003da10e8463455832050500",
                new RequestSynchronization(new SessionId(4038926), new Objective("EX2", 5, 5, ObjectiveValue.of(0))));
        assertDecodes(
                "83081a003da10e8463455832050582704578616d706c6520322076616c75653d18c8",
                new Synch(
                        new SessionId(4038926),
                        new Objective("EX2", 5, 5, ObjectiveValue.of(List.of("Example 2 value=", 200)))));
    }

    @Test
    @Proves({"8990-2.8.6-1", "8990-2.8.8-1", "8990-2.10.3-5", "8990-4-1"})
    void theNegotiationOfAppendixA5IsDecodedAndEncoded() {
        SessionId session = new SessionId(13767778);
        assertDecodes(
                "83031a00d214628463455833030682634e5a4419019a",
                new RequestNegotiation(session, new Objective("EX3", 3, 6, ObjectiveValue.of(List.of("NZD", 410)))));
        assertDecodes(
                "83051a00d214628463455833030682634e5a441850",
                new Negotiate(session, new Objective("EX3", 3, 6, ObjectiveValue.of(List.of("NZD", 80)))));
        assertDecodes("83071a00d21462198895", new Wait(session, 34_965));
        assertDecodes(
                "83061a00d2146282186672496e73756666696369656e742066756e6473",
                new End(session, new GraspOption.Decline("Insufficient funds")));
        assertDecodes("83061a00d21462811865", new End(session, new GraspOption.Accept()));
    }

    @Test
    @Proves({"8990-2.9.1-1", "8990-2.9.1-2", "8990-4-1"})
    void everyKindOfLocatorIsDecodedAndEncoded() {
        assertDecodes(
                "890218635020010db8f000baaa28ccdc4c97036781008418675020010db8f000baaa28ccdc4c970367810619c123"
                        + "84186844c00002010619c1238418696f6173612e6578616d706c652e6f72670619c123"
                        + "84186a781968747470733a2f2f6173612e6578616d706c652e6f72672f78f6f683634558310106",
                new Response(
                        new SessionId(99),
                        INITIATOR,
                        0,
                        List.of(
                                new GraspOption.LocatorOption(new Locator.Ipv6(INITIATOR, Locator.TCP, 49443)),
                                new GraspOption.LocatorOption(new Locator.Ipv4(ipv4("192.0.2.1"), Locator.TCP, 49443)),
                                new GraspOption.LocatorOption(new Locator.Fqdn("asa.example.org", Locator.TCP, 49443)),
                                new GraspOption.LocatorOption(Locator.uri("https://asa.example.org/x"))),
                        new Objective("EX1", 1, 6, ObjectiveValue.NONE)));
    }

    @Test
    @Proves({"8990-2.9.1-1", "8990-2.9.1-2", "8990-4-1"})
    void aDivertOfAnotherImplementationIsDecodedAndEncoded() {
        assertDecodes(
                "85021a056025c450fd6345ebdc14000200000000000000011a0009115382186484186750fd6345ebdc1400010000000000000001"
                        + "0619878f",
                new Response(
                        new SessionId(90187204),
                        ipv6("fd63:45eb:dc14:2::1"),
                        594_259,
                        List.of(new GraspOption.Divert(
                                List.of(new Locator.Ipv6(ipv6("fd63:45eb:dc14:1::1"), Locator.TCP, 34703)))),
                        null));
    }

    @Test
    @Proves({"8990-2.10.1-1", "8990-4-1"})
    void anIpv4InitiatorAndANoopAreDecodedAndEncoded() {
        assertDecodes(
                "84010744c000020183634558310106",
                new Discovery(new SessionId(7), ipv4("192.0.2.1"), new Objective("EX1", 1, 6, ObjectiveValue.NONE)));
        assertDecodes("8100", new Noop());
    }

    private static void assertDecodes(String hex, GraspMessage expected) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        try {
            assertThat(new MessageDecoder(CborLimits.DEFAULT).decode(bytes)).isEqualTo(expected);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
        assertThat(MessageEncoder.encode(expected)).isEqualTo(bytes);
    }

    private static Inet6Address ipv6(String literal) {
        return (Inet6Address) address(literal);
    }

    private static Inet4Address ipv4(String literal) {
        return (Inet4Address) address(literal);
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
