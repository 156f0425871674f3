package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighborhoodTest {
    private List<Neighborhood.Prefix> prefixes =
            List.of(prefix("lan", "10.0.0.1", 8), prefix("wan", "10.7.0.1", 16), prefix("lan", "fd00::1", 64));

    private long now;
    private int reads;
    private boolean fails;
    private final Neighborhood neighborhood = new Neighborhood(this::read, () -> now);

    private List<Neighborhood.Prefix> read() throws SocketException {
        reads++;
        if (fails) {
            throw new SocketException("no descriptors are left");
        }
        return prefixes;
    }

    private static Neighborhood.Prefix prefix(String interfaceName, String own, int length) {
        return new Neighborhood.Prefix(interfaceName, address(own), length);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.200.0.1, lan", "10.7.0.2, wan", "fd00::2, lan", "fd00:1::2,", "192.0.2.1,"})
    void theLongestPrefixCounts(String address, String expected) {
        assertThat(neighborhood.interfaceOf(address(address))).isEqualTo(expected);
    }

    @Test
    void interfacesAreReadOnceASecondAtMost() {
        neighborhood.interfaceOf(address("10.7.0.2"));
        prefixes = List.of();
        now += Duration.ofMillis(999).toNanos();
        assertThat(neighborhood.interfaceOf(address("10.7.0.2"))).isEqualTo("wan");
        assertThat(reads).isEqualTo(1);
        now += Duration.ofMillis(1).toNanos();
        assertThat(neighborhood.interfaceOf(address("10.7.0.2"))).isNull();
    }

    @Test
    void addressesAreNoNeighborsAsLongAsInterfacesCannotBeRead() {
        fails = true;
        assertThat(neighborhood.interfaceOf(address("10.7.0.2"))).isNull();
        fails = false;
        now += Duration.ofSeconds(1).toNanos();
        assertThat(neighborhood.interfaceOf(address("10.7.0.2"))).isEqualTo("wan");
    }

    @Test
    void theAddressesOfThisHostAreOnItsInterfaces() throws SocketException {
        Neighborhood real = new Neighborhood();
        assertThat(NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses))
                .as("the loopback address at least")
                .isNotEmpty();
        NetworkInterface.networkInterfaces()
                .forEach(each -> assertThat(each.getInterfaceAddresses())
                        .extracting(InterfaceAddress::getAddress)
                        .allSatisfy(own -> assertThat(real.interfaceOf(own)).isNotNull()));
    }
}
