package io.grasp.inspection;

import io.grasp.model.IdentityStatus;
import io.grasp.model.NodeLocators;
import io.grasp.model.Security;
import io.grasp.observe.EngineLoad;
import io.grasp.security.IdentityFinding;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A node at one moment.
 *
 * @param version the version of this library; empty if its archive does not say
 * @param started when the node started, by this host's clock
 * @param upTime the time since then, by the node's clock
 * @param now the time on the node's clock ({@code Grasp.now()}), which events have too
 * @param time the same moment by this host's clock
 * @param closing whether the node is being closed
 * @param substrate what carries its messages, such as {@code netty}, {@code overlay}, {@code acp} or {@code simulated}
 * @param dull the objectives that it allows, if it is a DULL instance
 * @param security the protection of the links
 * @param permitsGrasp whether operations of ASAs are permitted: the links are protected, or it is a DULL instance
 * @param keyFingerprint by what operators see whether two nodes have the same key, if messages are encrypted with a key
 *     that the nodes share ({@link io.grasp.substrate.netty.quads.QuadsKey#fingerprint})
 * @param identity the state of the node's certificate; empty if its substrate uses none
 * @param findings what is wrong with the certificate, key, trust anchors and clock; empty if nothing is
 * @param refused the peers that were refused, or have refused this node, the last one first
 * @param locators its port, the address that names it as an initiator, and its locators on each link
 * @param instances the nodes that share its loop, such as DULL instances, in the order in which they started
 * @param load sessions, timers and connections
 * @param counts the numbers of what the node holds
 * @param totals how much has happened since the start, for rates
 */
public record NodeStatus(
        Optional<String> version,
        Instant started,
        Duration upTime,
        Duration now,
        Instant time,
        boolean closing,
        String substrate,
        Optional<List<String>> dull,
        Security security,
        boolean permitsGrasp,
        Optional<String> keyFingerprint,
        Optional<IdentityStatus> identity,
        List<IdentityFinding> findings,
        List<RefusedPeer> refused,
        NodeLocators locators,
        List<Instance> instances,
        EngineLoad load,
        Counts counts,
        Totals totals) {
    /** Copies the lists. */
    public NodeStatus {
        dull = dull.map(List::copyOf);
        findings = List.copyOf(findings);
        refused = List.copyOf(refused);
        instances = List.copyOf(instances);
    }

    /**
     * A node that shares this node's loop.
     *
     * @param port its port
     * @param links the names of its links
     * @param dull the objectives that it allows, if it is a DULL instance
     * @param security the protection of its links
     */
    public record Instance(int port, List<String> links, Optional<List<String>> dull, Security security) {
        /** Copies the lists. */
        public Instance {
            links = List.copyOf(links);
            dull = dull.map(List::copyOf);
        }

        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * How many entries each list has, and how much was dropped and watched.
     *
     * @param asas the number of ASAs
     * @param objectives the number of registered objectives
     * @param discoveries the number of locators in the discovery cache
     * @param floods the number of copies in the flood cache
     * @param sessions the number of sessions in the list of sessions
     * @param connections the number of connections
     * @param links the number of links that are up
     * @param neighbors the number of neighbors that are remembered
     * @param neighborsOnThisHost how many of them have an address of this host: other nodes here
     * @param drops how often something was dropped since the start
     * @param watchers the number of watchers of events
     */
    public record Counts(
            int asas,
            int objectives,
            int discoveries,
            int floods,
            int sessions,
            int connections,
            int links,
            int neighbors,
            int neighborsOnThisHost,
            long drops,
            int watchers) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    /**
     * How much has happened since the start. Two of them, and the times at which they were taken, give rates.
     *
     * @param sessions the number of negotiations, synchronizations and discoveries that have begun, those of peers
     *     included
     * @param messagesReceived the number of well-formed messages that have come in, those between ASAs of this node
     *     included
     * @param messagesSent the number of messages that were sent, those between ASAs of this node included
     */
    public record Totals(long sessions, long messagesReceived, long messagesSent) {
        @Override
        public String toString() {
            return AddressText.ofRecord(this);
        }
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
