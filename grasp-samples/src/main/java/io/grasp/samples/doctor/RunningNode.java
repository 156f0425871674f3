package io.grasp.samples.doctor;

import io.grasp.model.Locator;
import io.grasp.samples.text.Documents;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a node that runs on this host says of itself.
 *
 * @param place its control socket
 * @param ports the ports of the node and of those that share its loop
 * @param nodeName the name in its certificate, empty without one
 * @param problems what an operator should mend
 * @param keyFingerprint that of the key that the nodes share, empty without one
 * @param outOfTime the peers that were refused lately because their certificates are not valid by this clock
 * @param neighbors the neighbors that it has heard of
 * @param found what has answered for the objective; empty if none is named
 */
public record RunningNode(
        String place,
        Set<Integer> ports,
        String nodeName,
        List<String> problems,
        String keyFingerprint,
        List<String> outOfTime,
        List<Neighbor> neighbors,
        List<Found> found) {
    /** The name of the check of the shared key. */
    static final String KEY = "key of QUADS";

    /** Copies the lists. */
    public RunningNode {
        ports = Set.copyOf(ports);
        problems = List.copyOf(problems);
        outOfTime = List.copyOf(outOfTime);
        neighbors = List.copyOf(neighbors);
        found = List.copyOf(found);
    }

    /**
     * A neighbor.
     *
     * @param address its address
     * @param words the address with its link, and when it was heard
     */
    public record Neighbor(InetAddress address, String words) {}

    /**
     * A locator that was found.
     *
     * @param locator the locator
     * @param link the name of its link, empty if it is not known
     */
    public record Found(Locator locator, String link) {}

    /** {@return what is to be compared on two hosts whose nodes share a key} */
    static CheckResult key(String fingerprint) {
        return CheckResult.ok(
                KEY,
                "its fingerprint is " + fingerprint + ": compare it with 'grasp status' or 'grasp doctor' elsewhere");
    }

    /** {@return the results: each problem of the node is a finding} */
    public List<CheckResult> check() {
        List<CheckResult> results = new ArrayList<>();
        String check = "running node";
        results.add(CheckResult.ok(
                check,
                "it answers at " + place + ", and has port "
                        + String.join(
                                ", ",
                                ports.stream().sorted().map(String::valueOf).toList())));
        if (!keyFingerprint.isEmpty()) {
            results.add(key(keyFingerprint));
        }
        problems.forEach(problem -> results.add(CheckResult.finding(
                check,
                problem,
                "it is this node that other hosts meet",
                "see 'grasp status --via " + place + "', and " + Documents.path("docs/operating.md"))));
        return results;
    }
}
