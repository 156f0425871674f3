package io.grasp.samples.doctor;

import io.grasp.inspection.LinkEntry;
import io.grasp.model.AddressInfo;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.LinkInfo;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Checks of links: whether each interface is one, and otherwise why not. */
final class LinkChecks {
    /** The smallest MTU of IPv6 (RFC 8200 section 5). */
    private static final int IPV6_MTU = 1280;

    private final ProcFiles files;
    private final Function<String, OptionalInt> mtus;

    /** @param mtus the MTU of an interface, if it is known */
    LinkChecks(ProcFiles files, Function<String, OptionalInt> mtus) {
        this.files = files;
        this.mtus = mtus;
    }

    /** {@return the MTU of an interface of this host} Java does not know those without an address; Linux does. */
    static OptionalInt mtu(String link) {
        try {
            Path file = Path.of("/sys/class/net")
                    .resolve(Path.of(link).getFileName())
                    .resolve("mtu");
            if (Files.isReadable(file)) {
                return OptionalInt.of(Integer.parseInt(Files.readString(file).strip()));
            }
            NetworkInterface on = NetworkInterface.getByName(link);
            return on == null ? OptionalInt.empty() : OptionalInt.of(on.getMTU());
        } catch (IOException | NumberFormatException | InvalidPathException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * Checks all links. An interface that is not a link is a finding if it was chosen, or if there is no other link.
     *
     * @param chosen whether the user has named the links
     */
    List<CheckResult> check(List<LinkEntry> links, boolean chosen) {
        boolean anyUp = links.stream().anyMatch(link -> link.state() == InterfaceInfo.State.UP);
        List<CheckResult> results = links.stream()
                .flatMap(link -> check(link, chosen || !anyUp).stream())
                .toList();
        return results.isEmpty()
                ? List.of(CheckResult.finding(
                        "links",
                        "this host has no interface that could be a link",
                        "a node without a link reaches no other node",
                        "bring an interface up, and look at 'ip address'"))
                : results;
    }

    /** {@return the names of the interfaces that the node could use, but that the user has not chosen} */
    static List<String> notChosen(List<LinkEntry> links) {
        return links.stream()
                .filter(link -> link.state() == InterfaceInfo.State.NOT_CHOSEN && isUp(link))
                .map(LinkEntry::name)
                .toList();
    }

    private static boolean isUp(LinkEntry link) {
        return HostChecks.interfaces().containsKey(link.name());
    }

    private Optional<CheckResult> check(LinkEntry link, boolean needed) {
        String check = "link " + link.name();
        if (link.link().isPresent()) {
            return Optional.of(ofUp(check, link.link().get()));
        }
        if (link.state() == InterfaceInfo.State.LOOPBACK) {
            return Optional.empty();
        }
        if (link.state() == InterfaceInfo.State.NOT_CHOSEN) {
            return !isUp(link)
                    ? Optional.empty()
                    : Optional.of(CheckResult.skipped(
                            check,
                            "not used: " + link.name() + " is up but is not chosen: add --link " + link.name()
                                    + " (in the configuration file: link) if neighbors are there"));
        }
        OptionalInt mtu = mtus.apply(link.name());
        String what = link.detail() + (isTooSmall(mtu) ? "; its MTU is " + mtu.getAsInt() : "");
        return Optional.of(
                needed
                        ? CheckResult.finding(
                                check, what, "the node neither sends nor receives there", remedy(link, mtu))
                        : CheckResult.skipped(check, "not used: " + what));
    }

    private CheckResult ofUp(String check, LinkInfo link) {
        boolean ipv6 = link.linkLocalAddress() instanceof Inet6Address;
        String address = AddressText.of(link.linkLocalAddress());
        if (link.repliesInBand()) {
            return CheckResult.ok(check, address + ", connected");
        }
        String group = ipv6 ? "ff02::13" : "224.0.0.119";
        if (files.hasJoined(link.name(), ipv6).equals(Optional.of(false))) {
            return CheckResult.finding(
                    check,
                    "it is not a member of " + group,
                    "the system passes no multicasts of neighbors to the node",
                    "the node joins again within a second; if this stays, look at 'ip maddr' and the system's log");
        }
        OptionalInt mtu = mtus.apply(link.name());
        String size = mtu.isPresent() ? ", MTU " + mtu.getAsInt() : "";
        if (isTooSmall(mtu)) {
            return CheckResult.finding(
                    check,
                    address + size + ", so that multicasts have at most " + link.maxMulticastBytes() + " bytes",
                    "neighbors may send up to " + IPV6_MTU + " bytes without fragments",
                    "set an MTU of at least " + IPV6_MTU + ": 'ip link set " + link.name() + " mtu 1500'");
        }
        return CheckResult.ok(check, address + size + ", receives " + group);
    }

    private static boolean isTooSmall(OptionalInt mtu) {
        return mtu.isPresent() && mtu.getAsInt() < IPV6_MTU;
    }

    private static String remedy(LinkEntry link, OptionalInt mtu) {
        String name = link.name();
        if (isTooSmall(mtu)) {
            return "IPv6 needs an MTU of at least " + IPV6_MTU + ": 'ip link set " + name
                    + " mtu 1500', then down and up again";
        }
        return switch (link.state()) {
            case DOWN -> "'ip link set " + name + " up'; is the cable plugged in, and the other end up?";
            case MISSING -> "is the name right? 'ip link' lists the interfaces";
            case WAITING_FOR_ADDRESS ->
                "it takes 2 s after the interface came up; if it lasts, nothing confirms the address: look at"
                        + " 'ip address' and at dad_transmits";
            case NO_ADDRESS ->
                isDuplicate(link)
                        ? "another host on the link has the address: give one of both another one, then"
                                + " 'ip link set " + name + " down' and up again"
                        : "is IPv6 disabled (net.ipv6.conf." + name + ".disable_ipv6)? Give the interface an address,"
                                + " or choose the other IP version with --ip";
            case NO_MULTICAST -> "choose it with --link " + name + " if it carries multicasts all the same";
            case UNREACHABLE, CONNECTING ->
                "does the neighbor run, is its port right, and does its firewall accept it?";
            case NOT_PERMITTED -> "a DULL instance uses link-local addresses only";
            case UP, NOT_CHOSEN, LOOPBACK, FAILED ->
                "the reason is the system's; another program at UDP port 7017 must share it (SO_REUSEADDR)";
        };
    }

    private static boolean isDuplicate(LinkEntry link) {
        return link.addresses().stream().anyMatch(each -> each.use() == AddressInfo.Use.DUPLICATE);
    }
}
