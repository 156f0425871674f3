package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class MulticastMembershipsTest {
    private static final String IPV4_GROUP =
            ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "770000E0" : "E0000077";

    private final MulticastMemberships listed = new MulticastMemberships(
            MulticastMemberships.parseIpv6(List.of(
                    "1    lo              ff020000000000000000000000000001     1 0000000C 0",
                    "12   eth0            ff020000000000000000000000000013     2 00000004 0")),
            MulticastMemberships.parseIpv4(List.of(
                    "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter",
                    "1\tlo        :     1      V3",
                    "\t\t\t\t010000E0     1 0:00000000\t\t0",
                    "4\teth0      :     1      V3",
                    "\t\t\t\t" + IPV4_GROUP + "     1 0:00000000\t\t0",
                    "5\teth1      :     0      V3",
                    "")));

    @Test
    void aMembershipIsFoundOnTheInterfacesThatListIt() throws UnknownHostException {
        InetAddress ipv6 = InetAddress.getByName("ff02::13");
        InetAddress ipv4 = InetAddress.getByName("224.0.0.119");
        assertThat(listed.isLost(ipv6, 12)).isFalse();
        assertThat(listed.isListed(ipv6, 12)).isTrue();
        assertThat(listed.isListed(ipv6, 1)).isFalse();
        assertThat(listed.isLost(ipv6, 1)).isTrue();
        assertThat(listed.isLost(ipv4, 4)).isFalse();
        assertThat(listed.isLost(ipv4, 5)).isTrue();
        assertThat(listed.isLost(ipv4, 1)).isTrue();
    }

    @Test
    void aMembershipIsLostIfOnlyOtherInterfacesListIt() throws UnknownHostException {
        InetAddress ipv4 = InetAddress.getByName("224.0.0.119");
        assertThat(listed.isElsewhere(ipv4, 5)).isTrue();
        assertThat(listed.isElsewhere(ipv4, 4)).isFalse();
        assertThat(listed.isElsewhere(InetAddress.getByName("224.0.0.120"), 5)).isFalse();
        assertThat(listed.isElsewhere(InetAddress.getByName("ff02::13"), 1)).isTrue();
        assertThat(new MulticastMemberships(null, null).isElsewhere(ipv4, 5)).isFalse();
    }

    @Test
    void noMembershipIsLostWhereTheListCannotBeRead() throws UnknownHostException {
        MulticastMemberships unknown = new MulticastMemberships(null, null);
        assertThat(unknown.isLost(InetAddress.getByName("ff02::13"), 1)).isFalse();
        assertThat(unknown.isListed(InetAddress.getByName("ff02::13"), 1)).isFalse();
        assertThat(unknown.isLost(InetAddress.getByName("224.0.0.119"), 1)).isFalse();
    }
}
