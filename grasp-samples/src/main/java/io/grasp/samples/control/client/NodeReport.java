package io.grasp.samples.control.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.JsonNode;

/**
 * What a node that runs on this host says of itself through its control socket.
 *
 * @param socket the socket
 * @param failure why it does not answer, {@code null} if it does
 * @param reach how far the request got
 * @param ports the ports of the node and of those that share its loop
 * @param nodeName the name in its certificate, empty without one
 * @param problems what an operator should mend
 * @param keyFingerprint that of the key that the nodes share, empty without one
 * @param outOfTime the peers that were refused lately because their certificates are not valid by this clock
 * @param neighbors the neighbors that it has heard of
 * @param found what has answered for an objective
 */
public record NodeReport(
        Path socket,
        @Nullable String failure,
        Reach reach,
        Set<Integer> ports,
        String nodeName,
        List<String> problems,
        String keyFingerprint,
        List<String> outOfTime,
        List<Neighbor> neighbors,
        List<RemoteNode.Found> found) {
    /** How far a request for a report gets. */
    public enum Reach {
        /** To a node that answers. */
        NODE,
        /** To a process that does not answer. */
        SILENT_PROCESS,
        /** No process serves the socket, or there is none. */
        UNSERVED,
        /** Something that is not for this user, or not a node. */
        UNUSABLE
    }

    /** Copies the lists. */
    public NodeReport {
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
     * @param link the name of the link, empty if it is not known
     * @param ago the time since it was heard
     */
    public record Neighbor(String address, String link, String ago) {}

    /**
     * {@return the reports of nodes; blocks}
     *
     * @param sockets their control sockets
     * @param answer the maximum time of a node for an answer
     * @param objective what each node is asked to discover, {@code null} for nothing
     * @param timeout how long it discovers
     */
    public static List<NodeReport> all(
            List<Path> sockets, Duration answer, @Nullable String objective, Duration timeout) {
        ControlClient.Times times = new ControlClient.Times(answer, ControlClient.Times.USUAL.silence());
        return sockets.stream()
                .map(socket -> of(socket, times, objective, timeout))
                .toList();
    }

    private static NodeReport of(Path socket, ControlClient.Times times, @Nullable String objective, Duration timeout) {
        try (ControlClient client = ControlClient.open(socket, times)) {
            JsonNode status = client.get("status");
            Set<Integer> ports = new LinkedHashSet<>();
            ports.add((int) Json.number(status.path("locators"), "port"));
            status.path("instances").forEach(instance -> ports.add((int) Json.number(instance, "port")));
            List<RemoteNode.Found> found = new ArrayList<>();
            if (objective != null && Json.flag(status, "permitsGrasp") && !Json.has(status, "dull")) {
                try (RemoteNode node = remote(socket)) {
                    node.discover(objective, null, timeout, found::add);
                } catch (ControlException | ParameterException nothingFound) {
                    // the report says that nothing was found
                }
            }
            List<Neighbor> neighbors = client.list("neighbors").stream()
                    .map(each -> new Neighbor(
                            Json.text(each, "address"), Json.text(each, "link"), Words.time(each, "lastHeardMillis")))
                    .toList();
            StatusReport report = StatusReport.of(client);
            return new NodeReport(
                    socket,
                    null,
                    Reach.NODE,
                    ports,
                    Json.text(status.path("identity"), "nodeName"),
                    report.problems(),
                    Json.text(status, "keyFingerprint"),
                    report.outOfTime(),
                    neighbors,
                    found);
        } catch (ControlException e) {
            Reach reach = e.isSilent() ? Reach.SILENT_PROCESS : e.isUnserved() ? Reach.UNSERVED : Reach.UNUSABLE;
            return new NodeReport(
                    socket,
                    String.valueOf(e.getMessage()),
                    reach,
                    Set.of(),
                    "",
                    List.of(),
                    "",
                    List.of(),
                    List.of(),
                    List.of());
        }
    }

    private static RemoteNode remote(Path socket) {
        return new RemoteNode(ControlClient.open(socket, ControlClient.Times.USUAL), refusal -> {
            throw new ControlException(refusal);
        });
    }
}
