package io.grasp.samples.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules as {@code nft -j list ruleset} has printed them. */
class FirewallTest {
    private static Firewall rules(String file) throws IOException {
        try (InputStream resource = FirewallTest.class.getResourceAsStream(file)) {
            return Firewall.parse(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Packet packet(String direction, String protocol, int port, String link) {
        return new Packet(direction.equals("in"), true, protocol.equals("udp"), port, link);
    }

    private static String verdict(Firewall rules, Packet packet) {
        Firewall.Verdict verdict = rules.verdict(packet);
        return verdict.dropped() != null
                ? "drop by " + verdict.dropped()
                : verdict.perhaps() != null ? "perhaps by " + verdict.perhaps() : "pass";
    }

    @ParameterizedTest
    @CsvSource({
        "udp, 7017, lan, pass", // by name and port
        "udp, 7999, lan1, pass", // by a pattern and a range
        "udp, 7017, other, pass", // by a set of protocols
        "udp, 9999, other, perhaps by rule 19 in chain input of table inet grasp", // unless a rate lets it pass
        "tcp, 7018, lan, pass", // by a set with a range
        "tcp, 150, lan, pass",
        "tcp, 9, other, pass", // by a named set
        "tcp, 7019, lan, drop by the policy of chain input of table inet grasp",
        "tcp, 7018, lo, pass"
    })
    void aPolicyDropsWhatNoRuleAccepts(String protocol, int port, String link, String expected) throws IOException {
        assertThat(verdict(rules("policy-drop.json"), packet("in", protocol, port, link)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "in, udp, 7017, lan, drop by rule 9 in chain input of table ip6 filter",
        "in, udp, 7018, lan, pass",
        "in, tcp, 7018, lan, pass",
        "in, tcp, 7018, guarded, drop by rule 5 in chain guard of table ip6 filter",
        "in, tcp, 7019, guarded, pass",
        "in, tcp, 7018, mapped, drop by rule 11 in chain input of table ip6 filter",
        "in, tcp, 7018, slow, perhaps by rule 12 in chain input of table ip6 filter",
        "in, udp, 7017, near, pass", // multicasts come from link-local addresses
        "in, tcp, 7018, near, perhaps by rule 14 in chain input of table ip6 filter", // connections perhaps not
        "in, tcp, 7018, some, perhaps by rule 16 in chain input of table ip6 filter",
        "in, udp, 7017, some, pass",
        "out, udp, 7017, mute, drop by rule 17 in chain output of table ip6 filter",
        "out, tcp, 7018, mute, pass",
        "out, udp, 7017, lan, pass"
    })
    void aRuleDropsWhatItMatches(String direction, String protocol, int port, String link, String expected)
            throws IOException {
        assertThat(verdict(rules("rules-drop.json"), packet(direction, protocol, port, link)))
                .isEqualTo(expected);
    }

    /** The nft of Debian 12 does not print the device of a chain. */
    @ParameterizedTest
    @CsvSource({
        "in, udp, 7017, perhaps by rule 2 in chain i of table netdev t",
        "in, udp, 7018, pass",
        "in, tcp, 7017, pass",
        "out, udp, 7017, pass"
    })
    void aChainOfAnUnknownDeviceMayDropWhatItsRulesDrop(String direction, String protocol, int port, String expected)
            throws IOException {
        assertThat(verdict(rules("netdev.json"), packet(direction, protocol, port, "a0")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "netdev, a0, drop by the policy of chain i of table netdev t",
        "netdev, b0, pass",
        "inet, a0, drop by the policy of chain i of table inet t",
        "inet, b0, pass"
    })
    void aChainOfADeviceSeesThePacketsOfThatDevice(String family, String link, String expected) {
        Firewall device = Firewall.parse("""
                {"nftables": [{"chain": {"family": "%s", "table": "t", "name": "i", "dev": "a0", "type": "filter",
                  "hook": "ingress", "prio": 0, "policy": "drop"}}]}
                """.formatted(family));

        assertThat(verdict(device, packet("in", "udp", 7017, link))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "udp, 7017, a0, pass",
        "udp, 7017, b0, drop by the policy of chain input of table inet c",
        "udp, 7018, a0, drop by the policy of chain input of table inet c",
        "tcp, 7018, a0, pass", // by a named set
        "tcp, 7005, lo, pass", // by a range in it
        "tcp, 7005, a0, drop by the policy of chain input of table inet c",
        "udp, 5000, a0, pass", // by a map
        "tcp, 7019, a0, drop by rule 7 in chain input of table inet c",
        "udp, 7020, b0, pass", // multicasts come from link-local addresses
        "tcp, 7020, b0, drop by the policy of chain input of table inet c"
    })
    void aConcatenationMatchesIfAllOfItsPartsDo(String protocol, int port, String link, String expected)
            throws IOException {
        assertThat(verdict(rules("concatenations.json"), packet("in", protocol, port, link)))
                .isEqualTo(expected);
    }

    @Test
    void rulesOfTheOtherIpVersionDoNotCount() throws IOException {
        assertThat(rules("rules-drop.json").verdict(new Packet(true, false, true, 7017, "lan")))
                .isEqualTo(new Firewall.Verdict(null, null));
    }

    @Test
    void chainsThatCallEachOtherEnd() {
        Firewall circle = Firewall.parse("""
                {"nftables": [
                  {"chain": {"family": "inet", "table": "t", "name": "a", "hook": "input", "policy": "drop"}},
                  {"rule": {"family": "inet", "table": "t", "chain": "a", "handle": 1, "expr": [{"jump": {"target": "a"}}]}},
                  {"rule": {"family": "inet", "table": "t", "chain": "a", "handle": 2, "expr": [{"xt": null}, {"accept": null}]}}
                ]}
                """);

        assertThat(circle.verdict(packet("in", "udp", 7017, "lan")).perhaps()).contains("policy of chain a");
    }

    @Test
    void whatIsNoRulesetIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Firewall.parse("table inet"));
        assertThatIllegalArgumentException().isThrownBy(() -> Firewall.parse("{}"));
        assertThat(Firewall.parse("{\"nftables\": [{\"metainfo\": {}}, 5, {\"rule\": {\"expr\": 5}}]}")
                        .isEmpty())
                .isTrue();
    }
}
