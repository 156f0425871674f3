package io.grasp.samples.doctor;

import io.grasp.model.IdentityStatus;
import io.grasp.samples.text.Documents;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.security.IdentityFinding;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks of this host that need no node: port, clock, certificate, packet filter. */
public final class HostChecks {
    private static final String FIREWALL = "firewall";

    private static final String CERTIFICATE = "certificate";

    private final ProcFiles files;
    private final Tool tools;

    /**
     * @param proc the directory in which Linux shows processes and its network, {@code /proc}
     * @param tools the programs that are asked
     */
    public HostChecks(Path proc, Tool tools) {
        this.files = new ProcFiles(proc);
        this.tools = tools;
    }

    ProcFiles files() {
        return files;
    }

    /** {@return the name of the check of a port} */
    public static String nameOfPort(int port) {
        return "port " + port;
    }

    /**
     * Checks whether a node could use a port.
     *
     * @param ofNodes the ports of the nodes that run on this host
     */
    public CheckResult port(int port, Set<Integer> ofNodes) {
        String check = nameOfPort(port);
        if (ofNodes.contains(port)) {
            return CheckResult.ok(check, "in use by the running node");
        }
        List<ProcFiles.Socket> sockets = files.socketsAt(port);
        if (sockets.isEmpty()) {
            return CheckResult.ok(check, "TCP and UDP are free");
        }
        ProcFiles.Socket first = sockets.get(0);
        String user = files.owner(first)
                .map(owner -> owner.name() + " (process " + owner.pid() + ")")
                .orElse("a process that only root can see");
        return CheckResult.finding(
                check,
                first.protocol() + " port " + port + " is in use by " + user,
                "a further node with this port does not start",
                "stop that process, or choose another --port; if it is the node that does not answer, everything else"
                        + " here applies to it");
    }

    /**
     * Checks whether the clock is right, which matters for certificates only.
     *
     * @param withCertificates whether the node has one
     * @param outOfTime the peers whose certificates are not valid now: either they or this clock are wrong
     */
    public CheckResult clock(boolean withCertificates, Set<String> outOfTime) {
        String check = "clock";
        Optional<String> synchronizedNow = tools.output("timedatectl", "show", "--property=NTPSynchronized", "--value")
                .map(String::strip);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        if (synchronizedNow.equals(Optional.of("yes"))) {
            return CheckResult.ok(check, now + ", synchronized");
        }
        if (!outOfTime.isEmpty()) {
            return CheckResult.finding(
                    check,
                    "it is " + now + " and perhaps wrong: by it, the certificates of " + String.join(", ", outOfTime)
                            + " have expired or are not valid yet",
                    "certificates are valid for a time, and each node judges that by its own clock",
                    "compare with 'date -u' on the other hosts: if this clock is right, those certificates must be"
                            + " renewed; if not, set it, and start an NTP client");
        }
        if (!withCertificates) {
            return CheckResult.ok(check, now + ", perhaps not synchronized, which matters for certificates only");
        }
        return synchronizedNow.isEmpty()
                ? CheckResult.skipped(check, now + "; timedatectl does not say whether it is synchronized")
                : CheckResult.finding(
                        check,
                        "it is not synchronized, and is " + now,
                        "certificates are valid for a time, and each node judges that by its own clock",
                        "compare with 'date -u' on another host; start an NTP client");
    }

    /**
     * What the check of a certificate has found.
     *
     * @param results its results
     * @param nodeName the node's name in the certificate, empty without a usable one
     */
    public record CertificateCheck(List<CheckResult> results, String nodeName) {
        /** Copies the list. */
        public CertificateCheck {
            results = List.copyOf(results);
        }

        /** {@return the check of a certificate without a name} */
        public static CertificateCheck unnamed(List<CheckResult> results) {
            return new CertificateCheck(results, "");
        }
    }

    /** Checks a node's own certificate. */
    public CertificateCheck certificate(IdentityConfig config) {
        String check = CERTIFICATE;
        try (Identity identity = Identity.open(config)) {
            List<CheckResult> results = new ArrayList<>(unusable(check, identity.findings()));
            IdentityStatus status = identity.status();
            List<String> known =
                    identity.findings().stream().map(IdentityFinding::sentence).toList();
            status.problems().stream()
                    .filter(problem -> !known.contains(problem))
                    .forEach(problem -> results.add(CheckResult.finding(
                            check,
                            problem,
                            "it will soon be a fault",
                            Documents.path("docs/identity.md") + " says how certificates are renewed")));
            if (results.isEmpty()) {
                Instant end = status.notAfter();
                long days =
                        end == null ? 0 : Duration.between(Instant.now(), end).toDays();
                results.add(CheckResult.ok(check, status.nodeName() + ", valid for " + days + " days"));
            }
            return new CertificateCheck(results, Objects.toString(status.nodeName(), ""));
        } catch (IdentityException e) {
            return CertificateCheck.unnamed(unusable(check, e.findings()));
        }
    }

    /**
     * {@return that the files of a certificate are not there, because the service that has them does not run}
     *
     * @param directory their directory
     * @param file the file with the options, {@code null} if there is none
     */
    public static CheckResult absentCredentials(String directory, @Nullable Path file) {
        return CheckResult.finding(
                CERTIFICATE,
                directory + " is there only while the service runs",
                "neither the certificate nor the network can be checked without it",
                (file == null ? "pass " : "pass --config " + file + " ")
                        + "--identity with the directory from which the service gets its files, such as"
                        + " /etc/grasp/identity" + (file == null ? "" : ": it replaces that in the file"));
    }

    private static List<CheckResult> unusable(String check, List<IdentityFinding> findings) {
        return findings.stream()
                .map(finding -> CheckResult.finding(
                        check,
                        finding.sentence(),
                        "a node with it neither sends nor accepts anything",
                        "put the right file in place; a running node reads it at once"))
                .toList();
    }

    /** {@return the interfaces by which peers may come: for each, whether it has IPv6 and whether it has IPv4} */
    static Map<String, Set<Boolean>> interfaces() {
        Map<String, Set<Boolean>> found = new TreeMap<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (each.isUp() && !each.isLoopback()) {
                    found.put(
                            each.getName(),
                            each.inetAddresses()
                                    .map(Inet6Address.class::isInstance)
                                    .collect(Collectors.toCollection(TreeSet::new)));
                }
            }
        } catch (SocketException noneIsUp) {
            // then no interface has an address
        }
        return found;
    }

    /**
     * Checks whether the packet filter of this host drops what a node sends or receives.
     *
     * @param packets the packets
     */
    List<CheckResult> firewall(List<Packet> packets) {
        List<CheckResult> results = new ArrayList<>();
        if (files.hasLegacyFirewall()) {
            results.add(CheckResult.skipped(
                    FIREWALL, "rules of the older iptables may be loaded: look with ip6tables-legacy -S"));
        }
        Optional<String> rules = tools.output("nft", "-j", "list", "ruleset");
        if (rules.isEmpty()) {
            results.add(CheckResult.skipped(
                    FIREWALL, "its rules cannot be read: nft is not installed, or this process is not root"));
            return results;
        }
        try {
            Firewall firewall = Firewall.parse(rules.get());
            List<CheckResult> drops = packets.stream()
                    .flatMap(packet -> dropped(firewall, packet).stream())
                    .toList();
            results.addAll(drops);
            if (drops.isEmpty()) {
                results.add(CheckResult.ok(
                        FIREWALL, firewall.isEmpty() ? "no rules of nftables" : "no rule of nftables drops GRASP"));
            }
        } catch (IllegalArgumentException e) {
            results.add(CheckResult.skipped(FIREWALL, "nft prints what is not understood: " + e.getMessage()));
        }
        return results;
    }

    private static Optional<CheckResult> dropped(Firewall firewall, Packet packet) {
        Firewall.Verdict verdict = firewall.verdict(packet);
        String rule = verdict.dropped() == null ? verdict.perhaps() : verdict.dropped();
        if (rule == null) {
            return Optional.empty();
        }
        String why = packet.udp()
                ? "discoveries and floods are such multicasts"
                : "answers to discoveries and sessions come by such connections";
        return Optional.of(CheckResult.finding(
                FIREWALL,
                rule + (verdict.dropped() == null ? " may drop " : " drops ") + packet.describe(),
                why,
                "accept them; " + Documents.path("docs/operating.md") + " has rules that work"
                        + (packet.udp() ? "" : ", for a fixed --port")));
    }
}
