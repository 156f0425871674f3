package io.grasp.samples;

import io.grasp.model.GraspException;
import io.grasp.samples.control.client.NodeReport;
import io.grasp.samples.doctor.CheckResult;
import io.grasp.samples.doctor.Heard;
import io.grasp.samples.doctor.HostChecks;
import io.grasp.samples.doctor.NetworkChecks;
import io.grasp.samples.doctor.RunningNode;
import io.grasp.samples.doctor.Tool;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.HostPort;
import io.grasp.samples.text.IpAddress;
import io.grasp.samples.text.Output;
import io.grasp.security.IdentityConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Finds out why nothing answers. */
@Command(
        name = "doctor",
        description = {
            "Finds out why nothing answers: links, firewall, port, clock, certificate, neighbors.",
            "Use it with the options of the command that gets no answer. Exits with 1 if it finds something. With"
                    + " --assume-secure, or with a certificate and what it is for, it runs a node for some seconds; it"
                    + " sends one discovery, and connects to --peer and to peers that answer."
        })
final class DoctorCommand implements Callable<Integer> {
    /** The checks of this host; tests replace them. */
    HostChecks host = new HostChecks(Path.of("/proc"), Tool.ofHost());

    /** The checks of the network; tests replace them. */
    @Nullable
    NetworkChecks checks;

    /** The environment of the process; tests replace it. */
    Map<String, String> environment = System.getenv();

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Option(names = "--objective", paramLabel = "NAME", description = "The objective that does not answer.")
    private @Nullable String objective;

    @Option(
            names = "--peer",
            paramLabel = "ADDRESS:PORT",
            converter = HostPort.class,
            description = "The peer that does not answer. An IPv6 address is in brackets.")
    private @Nullable InetSocketAddress peer;

    @Option(
            names = "--wait",
            paramLabel = "MS",
            description = "Milliseconds to wait for neighbors. Default: ${DEFAULT-VALUE}.")
    private long waitMillis = 3000;

    DoctorCommand() {}

    /** The last line of output. */
    private record Summary(String event, int findings, int ok, int skipped) {}

    @Override
    public Integer call() {
        Output output = network.output();
        Duration listening = network.millis("--wait", waitMillis, 1);
        InetSocketAddress named = peerAddress();
        int port = network.port();
        List<CheckResult> results = new ArrayList<>();
        List<RunningNode> running = running(listening, results);
        results.addAll(ofHost(running));
        results.forEach(result -> print(output, result));
        NetworkChecks.Question question = new NetworkChecks.Question(
                objective,
                named,
                listening,
                network.hasChosenLinks(),
                network.hasCertificate(),
                network.isEncrypted(),
                port,
                running);
        boolean isFaulty = results.stream().anyMatch(CheckResult::isFinding);
        ofNetwork(question, isFaulty).forEach(result -> {
            results.add(result);
            print(output, result);
        });
        int findings = (int) results.stream().filter(CheckResult::isFinding).count();
        int skipped = (int) results.stream().filter(CheckResult::isSkipped).count();
        int ok = results.size() - findings - skipped;
        output.result(
                new Summary("summary", findings, ok, skipped),
                "%d %s, %d ok, %d not checked"
                        .formatted(findings, findings == 1 ? "finding" : "findings", ok, skipped));
        return findings == 0 ? 0 : 1;
    }

    private @Nullable InetSocketAddress peerAddress() {
        if (peer == null) {
            return null;
        }
        try {
            return new InetSocketAddress(new IpAddress().convert(peer.getHostString()), peer.getPort());
        } catch (TypeConversionException e) {
            throw network.wrong("--peer: " + e.getMessage());
        }
    }

    /** {@return the nodes that run on this host; what they say of themselves is added to the results} */
    private List<RunningNode> running(Duration listening, List<CheckResult> results) {
        List<RunningNode> nodes = new ArrayList<>();
        for (NodeReport report : NodeReport.all(environment, objective, listening)) {
            if (report.failure() != null) {
                results.add(CheckResult.skipped("running node", report.failure()));
                continue;
            }
            RunningNode node = new RunningNode(
                    report.socket().toString(),
                    report.ports(),
                    report.problems(),
                    report.neighbors().stream().map(DoctorCommand::neighbor).toList(),
                    report.found().stream()
                            .map(each -> new RunningNode.Found(each.locator(), each.link()))
                            .toList());
            nodes.add(node);
            results.addAll(node.check());
        }
        return nodes;
    }

    private static RunningNode.Neighbor neighbor(NodeReport.Neighbor heard) {
        String on = heard.link().isEmpty() ? "" : " on " + heard.link();
        return new RunningNode.Neighbor(
                new IpAddress().convert(heard.address()), heard.address() + on + " " + heard.ago() + " ago");
    }

    private List<CheckResult> ofHost(List<RunningNode> running) {
        List<CheckResult> results = new ArrayList<>();
        IdentityConfig identity = network.identityConfig();
        if (identity != null) {
            results.addAll(host.certificate(identity));
        }
        results.add(host.clock(identity != null));
        if (network.port() != 0) {
            Set<Integer> ports =
                    running.stream().flatMap(node -> node.ports().stream()).collect(Collectors.toSet());
            CheckResult port = host.port(network.port(), ports);
            results.add(port);
            if (port.isFinding() || ports.contains(network.port())) {
                network.useAnyPort();
            }
        }
        return results;
    }

    /** @param isFaulty whether something of this host is wrong, perhaps the certificate */
    private List<CheckResult> ofNetwork(NetworkChecks.Question question, boolean isFaulty) {
        if (!network.isProtected()) {
            return List.of(CheckResult.skippedNetwork());
        }
        NetworkChecks used = checks == null ? NetworkChecks.ofHost(host) : checks;
        if (question.tls() && !question.running().isEmpty()) {
            return used.checkRunning(question);
        }
        Heard heard = new Heard();
        network.useToDiagnose();
        try {
            List<CheckResult> results = network.withNode(heard, grasp -> used.check(grasp, heard, question));
            return results == null ? List.of() : results;
        } catch (CancellationException stopped) {
            throw stopped;
        } catch (IllegalStateException | GraspException e) {
            return List.of(CheckResult.noNode(Failures.oneLine(e)));
        } catch (ParameterException e) {
            if (!isFaulty) {
                throw e; // otherwise a file is wrong, and not the options
            }
            return List.of(CheckResult.noNode(Failures.oneLine(e)));
        }
    }

    private static void print(Output output, CheckResult result) {
        output.result(result, "%-8s %s: %s".formatted(result.status(), result.check(), result.what()));
        if (result.isFinding()) {
            output.say("         why: " + result.why());
            output.say("         do:  " + result.remedy());
        }
    }
}
