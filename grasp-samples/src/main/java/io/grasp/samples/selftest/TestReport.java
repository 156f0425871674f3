package io.grasp.samples.selftest;

import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an operator can send to somebody who helps: the results, and what they depend on. It has no secrets and no host
 * name, and addresses only if they are wanted.
 *
 * @param version the version of this program
 * @param time when the tests ended, in UTC
 * @param java the Java virtual machine
 * @param system the operating system
 * @param against what was tested
 * @param interfaces the interfaces of this host
 * @param passed the number of tests that have passed
 * @param failed the number of tests that have failed
 * @param results the tests
 */
public record TestReport(
        String version,
        String time,
        String java,
        String system,
        String against,
        List<Interface> interfaces,
        long passed,
        long failed,
        List<TestResult> results) {
    /** IPv4 and IPv6, and the form in the names of nodes of an ACP (RFC 8994 section 6.2.2). */
    private static final Pattern ADDRESS = Pattern.compile("\\b\\d{1,3}(\\.\\d{1,3}){3}\\b"
            + "|(?<![\\p{XDigit}:])(?=[\\p{XDigit}:]*:[\\p{XDigit}]*:)[\\p{XDigit}:]+"
            + "|\\b\\p{XDigit}{32}\\b");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * An interface.
     *
     * @param name its name
     * @param kind {@code loopback}, {@code point-to-point} or {@code broadcast}
     * @param up whether it is up
     * @param multicast whether it supports multicast
     * @param mtu its MTU in bytes
     * @param addresses its addresses; {@code null} if they are omitted
     */
    public record Interface(
            String name,
            String kind,
            boolean up,
            boolean multicast,
            int mtu,
            @Nullable List<String> addresses) {
        private static Interface of(NetworkInterface of, boolean withAddresses) {
            try {
                String kind = of.isLoopback() ? "loopback" : of.isPointToPoint() ? "point-to-point" : "broadcast";
                List<String> addresses =
                        of.getInterfaceAddresses().stream().map(Interface::text).toList();
                return new Interface(
                        of.getName(),
                        kind,
                        of.isUp(),
                        of.supportsMulticast(),
                        of.getMTU(),
                        withAddresses ? addresses : null);
            } catch (SocketException goneByNow) {
                return new Interface(of.getName(), "unknown", false, false, 0, null);
            }
        }

        private static String text(InterfaceAddress each) {
            String address = each.getAddress().getHostAddress();
            int zone = address.indexOf('%');
            return (zone < 0 ? address : address.substring(0, zone)) + "/" + each.getNetworkPrefixLength();
        }
    }

    /**
     * A report of this host.
     *
     * @param withAddresses whether it has addresses; otherwise they are also replaced in the results
     */
    public static TestReport of(String version, String against, List<TestResult> results, boolean withAddresses) {
        long passed = results.stream().filter(TestResult::passed).count();
        return new TestReport(
                version,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Runtime.version() + ", " + System.getProperty("java.vm.name") + ", "
                        + System.getProperty("java.vendor"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                against,
                interfaces(withAddresses),
                passed,
                results.size() - passed,
                withAddresses
                        ? results
                        : results.stream().map(TestReport::withoutAddresses).toList());
    }

    private static List<Interface> interfaces(boolean withAddresses) {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(each -> Interface.of(each, withAddresses))
                    .toList();
        } catch (SocketException noneIsUp) {
            return List.of();
        }
    }

    private static TestResult withoutAddresses(TestResult result) {
        return new TestResult(
                result.test(),
                result.passed(),
                result.millis(),
                ADDRESS.matcher(result.detail()).replaceAll("ADDRESS"),
                result.remedy());
    }

    /**
     * Writes it as JSON.
     *
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
