package io.grasp.samples;

import io.grasp.model.GraspException;
import io.grasp.samples.control.ControlPlaces;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Finds out why nothing answers. */
@Command(
        name = DoctorCommand.NAME,
        description = {
            "Finds out why nothing answers: links, firewall, port, clock, certificate, neighbors.",
            "Use it with the options of the command that gets no answer. Without options for a node, it uses those of"
                    + " the service, from /etc/grasp/grasp.conf. Exits with 1 if it finds something. With"
                    + " --assume-secure, or with a certificate and what it is for, it runs a node for some seconds; it"
                    + " sends one discovery, and connects to --peer and to peers that answer."
        })
final class DoctorCommand implements Callable<Integer> {
    /** The name of the command. */
    static final String NAME = "doctor";

    /** The checks of this host; tests replace them. */
    HostChecks host = new HostChecks(Path.of("/proc"), Tool.ofHost());

    /** The checks of the network; tests replace them. */
    @Nullable
    NetworkChecks checks;

    /** The directories with the sockets of running nodes; tests replace them. */
    List<Path> directories = ControlPlaces.directories(System.getenv());

    /** The maximum time of a running node for an answer; tests replace it. */
    Duration longestAnswer = Duration.ofSeconds(10);

    /** What is wrong in the file of the service, {@code null} if it is not read, or nothing. */
    @Nullable
    String wrongFile;

    /** The file of the service; tests replace it. */
    Path fileOfService = ConfigFile.OF_SERVICE;

    @Spec
    private @Nullable CommandSpec spec;

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
            names = "--via",
            paramLabel = "PATH",
            description = "A further node that runs on this host, by its control socket; may be repeated. Those at the"
                    + " usual places are found.")
    private List<Path> via = List.of();

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
        List<CheckResult> results = new ArrayList<>(configuration());
        List<RunningNode> running = running(listening, results);
        HostChecks.CertificateCheck certificate = certificate();
        results.addAll(certificate.results());
        results.addAll(port(running));
        results.forEach(result -> print(output, result));
        boolean isPortTaken = results.stream()
                .anyMatch(result -> result.isFinding() && result.check().equals(HostChecks.nameOfPort(port)));
        boolean isFaulty = results.stream().anyMatch(CheckResult::isFinding);
        NetworkChecks.Question question = new NetworkChecks.Question(
                objective,
                named,
                listening,
                network.hasChosenLinks(),
                network.hasCertificate(),
                certificate.nodeName(),
                network.isEncrypted(),
                port,
                running,
                isPortTaken,
                isFaulty);
        Heard heard = new Heard();
        List<CheckResult> last = new ArrayList<>(ofNetwork(question, heard));
        last.add(host.clock(network.identityConfig() != null, outOfTime(running, heard)));
        last.forEach(result -> {
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

    /** {@return which file has the options of the node, if that is not clear from the command line} */
    private List<CheckResult> configuration() {
        String check = "configuration";
        if (wrongFile != null) {
            return List.of(CheckResult.finding(
                    check,
                    wrongFile,
                    "the service does not start with it, and its options are not known here",
                    "mend it; 'grasp daemon --check --config " + fileOfService + "' says whether it is right"));
        }
        CommandSpec command = Objects.requireNonNull(spec);
        Path file = ConfigFile.of(command);
        if (file != null) {
            return List.of(CheckResult.ok(check, "the options are those of " + file));
        }
        boolean isOfService = command.commandLine().getParseResult().matchedOptions().stream()
                .noneMatch(NetworkOptions::describesNode);
        return isOfService && Files.exists(fileOfService) && !Files.isReadable(fileOfService)
                ? List.of(CheckResult.skipped(
                        check, "this user may not read " + fileOfService + ", which has the options of the service"))
                : List.of();
    }

    /** {@return the peers whose certificates are not valid now, by the clock of this host} */
    private static Set<String> outOfTime(List<RunningNode> running, Heard heard) {
        Set<String> peers = new LinkedHashSet<>(heard.outOfTime());
        running.forEach(node -> peers.addAll(node.outOfTime()));
        return peers;
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
        for (NodeReport report : NodeReport.all(sockets(), longestAnswer, objective, listening)) {
            String failure = report.failure();
            if (failure != null) {
                unreached(report, failure).ifPresent(results::add);
                continue;
            }
            RunningNode node = new RunningNode(
                    report.socket().toString(),
                    report.ports(),
                    report.nodeName(),
                    report.problems(),
                    report.keyFingerprint(),
                    report.outOfTime(),
                    report.neighbors().stream().map(DoctorCommand::neighbor).toList(),
                    report.found().stream()
                            .map(each -> new RunningNode.Found(each.locator(), each.link()))
                            .toList());
            nodes.add(node);
            results.addAll(node.check());
        }
        return nodes;
    }

    /** {@return what a socket shows that no node answers at, if it shows anything} */
    private Optional<CheckResult> unreached(NodeReport report, String failure) {
        String check = "running node";
        boolean isNamed = via.stream().map(Path::toAbsolutePath).anyMatch(report.socket()::equals);
        return switch (report.reach()) {
            case SILENT_PROCESS ->
                Optional.of(CheckResult.finding(
                        check,
                        failure,
                        "a node that hangs answers nothing on the network either",
                        "look at its log, and start it again"));
            case UNSERVED, UNUSABLE, NODE -> {
                if (isNamed) {
                    throw network.wrong("--via: " + failure);
                }
                yield report.reach() == NodeReport.Reach.UNSERVED
                        ? Optional.empty()
                        : Optional.of(CheckResult.skipped(check, failure));
            }
        };
    }

    private List<Path> sockets() {
        Stream<Path> usual = directories.stream().flatMap(directory -> ControlPlaces.sockets(directory).stream());
        return Stream.concat(usual, via.stream())
                .map(Path::toAbsolutePath)
                .distinct()
                .toList();
    }

    private static RunningNode.Neighbor neighbor(NodeReport.Neighbor heard) {
        String on = heard.link().isEmpty() ? "" : " on " + heard.link();
        return new RunningNode.Neighbor(
                new IpAddress().convert(heard.address()), heard.address() + on + " " + heard.ago() + " ago");
    }

    private HostChecks.CertificateCheck certificate() {
        IdentityConfig identity = network.identityConfig();
        String absent = network.absentCredentials();
        if (absent != null) {
            return HostChecks.CertificateCheck.unnamed(
                    List.of(HostChecks.absentCredentials(absent, ConfigFile.of(Objects.requireNonNull(spec)))));
        }
        return identity == null ? HostChecks.CertificateCheck.unnamed(List.of()) : host.certificate(identity);
    }

    /** Checks the port of the node; the doctor's node uses another one if it is in use. */
    private List<CheckResult> port(List<RunningNode> running) {
        if (network.port() == 0) {
            return List.of();
        }
        Set<Integer> ports =
                running.stream().flatMap(node -> node.ports().stream()).collect(Collectors.toSet());
        CheckResult port = host.port(network.port(), ports);
        if (port.isFinding() || ports.contains(network.port())) {
            network.useAnyPort();
        }
        return List.of(port);
    }

    private List<CheckResult> ofNetwork(NetworkChecks.Question question, Heard heard) {
        if (!network.isProtected()) {
            return List.of(CheckResult.skippedNetwork());
        }
        if (network.absentCredentials() != null) {
            return List.of(); // the check of the certificate says so
        }
        NetworkChecks used = checks == null ? NetworkChecks.ofHost(host) : checks;
        if (question.mayTakeOver()) {
            return used.checkRunning(question);
        }
        network.useToDiagnose();
        try {
            List<CheckResult> results = network.withNode(heard, grasp -> used.check(grasp, heard, question));
            return results == null ? List.of() : results;
        } catch (CancellationException stopped) {
            throw stopped;
        } catch (IllegalStateException | GraspException e) {
            return List.of(CheckResult.noNode(Failures.oneLine(e)));
        } catch (ParameterException e) {
            if (!question.faulty()) {
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
