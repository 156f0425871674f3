package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that are not allowed in a message are silently dropped, and the rest of the message is used (RFC 8990 section 2.8.2). */
class StrayOptionsTest extends TwoLinkFixture {
    private static final String OFFER = "8463455833 03 05 07"; // ["EX3", 3, 5, 7]
    private static final String VALUE = "8463455832 05 06 09"; // ["EX2", 5, 6, 9]
    private static final String ACCEPT = "811865";
    private static final String DECLINE = "821866626e6f"; // [102, "no"]
    private static final String LOCATOR = "84 1867 50 fd120000000000000000000000000001 06 191b69";
    private static final String DIVERT = "82 1864 " + LOCATOR;

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static String id(ScriptedPeer.Wire wire) {
        return String.format("1a%08x", wire.received.get(0).session().value());
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2", "8990-2.9.3-2", "8990-2.9.4-2"})
    void strayOptionsInAnOfferAreIgnored() {
        ScriptedPeer.Wire wire = request(EX3.withValue(10));
        wire.send(hex("86 05" + id(wire) + OFFER + ACCEPT + DECLINE + DIVERT));
        moment();

        assertThat(events.offers).hasSize(1);
        assertThat(events.outcome).isNull();
        assertThat(events.failure).isNull();
        assertThat(wire.received).as("only the request").hasSize(1);
        loop.run(() -> events.session.cancel());
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.3-2", "8990-2.9.4-2"})
    void strayOptionsInAResponseAreIgnored() throws UnknownHostException {
        Finding finding = new Finding();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(0);
        String initiator = HexFormat.of().formatHex(asked.initiator().getAddress());
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(hex("87 02" + String.format("1a%08x", asked.session().value()) + "50" + initiator + "1903e8" + ACCEPT
                + LOCATOR + DECLINE));
        moment();

        Locator expected = new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.TCP, 7017);
        assertThat(finding.found)
                .singleElement()
                .satisfies(found -> assertThat(found.locator()).isEqualTo(expected));
        assertThat(wire.received).isEmpty();
        loop.advance(Duration.ofSeconds(1));
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2"})
    void strayOptionsInAFloodAreIgnored() {
        peer.multicast(
                hex("87 09 07 50 fd120000000000000000000000000001 1903e8 82 8463455832 05 06 01 80" + DIVERT + ACCEPT));
        moment();

        assertThat(loop.call(() -> asa.getFlood("EX2"))).hasSize(1);
        Finding finding = new Finding();
        loop.run(() -> asa.discoverKnown(EX2, finding));
        assertThat(finding.found).as("and nothing was diverted").isEmpty();
        assertThat(peer.accepted).isEmpty();
    }

    @Test
    @Proves("8991-2.3.2.4-4")
    void bytesThatAreNoMessageFailTheSession() {
        ScriptedPeer.Wire wire = request(EX3.withValue(10));
        wire.send(hex("83 05" + id(wire) + "ff"));
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.CBOR_FAIL);
        assertThat(events.offers).isEmpty();
    }

    /** No objective, an item that is not an objective, an empty message, and input that is not CBOR. */
    @ParameterizedTest
    @ValueSource(strings = {"83 05 %s ff", "83 05 %s 05", "82 05 %s", "1c"})
    @Proves("8991-2.3.2.4-4")
    void bytesThatAreNoMessageFailTheSessionInEachRole(String message) {
        listen();
        ScriptedPeer.Wire theirs = peer.connect(node);
        theirs.send(new RequestNegotiation(new SessionId(7), EX3.withValue(1)));
        moment();
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(2), TIMEOUT));
        theirs.send(hex(String.format(message, "07")));
        moment();
        assertThat(events.failure.code()).as("as responder").isEqualTo(GraspErrorCode.CBOR_FAIL);

        events.failure = null;
        ScriptedPeer.Wire ours = request(EX3.withValue(10));
        ours.send(hex(String.format(message, id(ours))));
        moment();
        assertThat(events.failure.code()).as("as initiator").isEqualTo(GraspErrorCode.CBOR_FAIL);

        Synchronized synchronization = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, synchronization));
        moment();
        ScriptedPeer.Wire asked = peer.accepted.get(1);
        asked.send(hex(String.format(message.replaceFirst(" 05", " 08"), id(asked))));
        moment();
        assertThat(synchronization.failure.code()).as("of a value").isEqualTo(GraspErrorCode.CBOR_FAIL);
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2"})
    void aDivertInAnEndIsIgnored() {
        ScriptedPeer.Wire wire = request(EX3.withValue(10));
        wire.send(hex("84 06" + id(wire) + DIVERT + ACCEPT));
        moment();

        assertThat(events.outcome).isInstanceOf(NegotiationOutcome.Accepted.class);
    }

    @Test
    @Proves("8990-2.9.2-2")
    void anEndWithADivertAloneHasNoOutcome() {
        ScriptedPeer.Wire wire = request(EX3.withValue(10));
        wire.send(hex("83 06" + id(wire) + DIVERT));
        moment();

        assertThat(events.outcome)
                .as("an M_END with only a divert neither accepts nor declines")
                .isNull();
        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.INVALID_END);
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2", "8990-2.9.3-2", "8990-2.9.4-2"})
    void strayOptionsInARequestAreIgnored() {
        listen();
        ScriptedPeer.Wire wire = peer.connect(node);
        wire.send(hex("86 03 07" + ACCEPT + LOCATOR + OFFER + DIVERT));
        moment();

        assertThat(requests)
                .singleElement()
                .satisfies(request -> assertThat(request.inHand().value()).hasToString("7"));
        assertThat(wire.received).isEmpty();
        loop.run(() -> requests.get(0).decline("enough"));
        moment();
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2", "8990-2.9.4-2"})
    void strayOptionsInASynchronizationAreIgnored() {
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v")));
        ScriptedPeer.Wire asking = peer.connect(node);
        asking.send(hex("86 04 07" + DECLINE + LOCATOR + VALUE + DIVERT));
        Synchronized result = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));
        moment();
        assertThat(asking.received)
                .singleElement()
                .isInstanceOfSatisfying(
                        Synch.class,
                        synch -> assertThat(synch.objective().value()).hasToString("\"v\""));

        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(hex("86 08" + id(wire) + DECLINE + LOCATOR + VALUE + DIVERT));
        moment();
        assertThat(result.objective.value()).hasToString("9");
        assertThat(wire.received).as("only the request").hasSize(1);
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2", "8990-2.9.3-2", "8990-2.9.4-2"})
    void strayOptionsInAWaitAreIgnored() {
        ScriptedPeer.Wire wire = request(EX3.withValue(10));
        wire.send(hex("87 07" + id(wire) + "1a0001d4c0" + ACCEPT + DECLINE + LOCATOR + DIVERT)); // 2 minutes
        loop.advance(TIMEOUT.plusSeconds(50));

        assertThat(events.failure).isNull();
        assertThat(events.outcome).isNull();
        assertThat(wire.received).as("only the request").hasSize(1);
        loop.run(() -> events.session.cancel());
        moment();
    }

    @Test
    @Proves({"8990-2.8.2-1", "8990-2.9.2-2", "8990-2.9.3-2", "8990-2.9.4-2"})
    void strayOptionsInADiscoveryAreIgnored() {
        listen();
        peer.multicast(
                hex("88 01 07 50 fd120000000000000000000000000001" + ACCEPT + LOCATOR + OFFER + DECLINE + DIVERT));
        moment();

        assertThat(peer.accepted).hasSize(1);
        assertThat(peer.accepted.get(0).received).singleElement().isInstanceOfSatisfying(Response.class, response -> {
            assertThat(response.options())
                    .containsExactly(new GraspOption.LocatorOption(here(node).locator()));
            assertThat(response.extras()).isEmpty();
        });
        assertThat(requests).isEmpty();
        assertThat(drops).isEmpty();
    }

    @Test
    @Proves("8990-2.8.2-1")
    void inexactLocatorsInAResponseAreIgnored() throws UnknownHostException {
        Finding finding = new Finding();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        Discovery asked = (Discovery) peer.multicasts.get(0);
        String header = " 02" + String.format("1a%08x", asked.session().value()) + "50"
                + HexFormat.of().formatHex(asked.initiator().getAddress()) + "1a0000ea60";
        String good = "84 1867 50 fd451345000000000000000000006789 06 1901bb";
        String odd = "84 1867 50 fe800000000000000000000000001234 1829 f6"; // no port
        peer.connect(node).send(hex("85" + header + odd));
        moment();
        assertThat(finding.found).isEmpty();
        assertThat(drops).as("nothing in it can be used").containsEntry(DropReason.NOTHING_USABLE, 1);
        peer.connect(node).send(hex("86" + header + good + odd));
        moment();

        assertThat(finding.found)
                .extracting(found -> found.locator().toString())
                .containsExactly("[fd45:1345::6789]:443");
        assertThat(drops).containsEntry(DropReason.NOTHING_USABLE, 1).doesNotContainKey(DropReason.MALFORMED);
        loop.advance(Duration.ofSeconds(1));
    }
}
