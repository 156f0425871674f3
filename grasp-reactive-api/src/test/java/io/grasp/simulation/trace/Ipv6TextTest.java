package io.grasp.simulation.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv6TextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "fd00::",
                "fd00::1",
                "2001:db8::1:0:0:1",
                "2001:db8:0:1:1:1:1:1",
                "1:2:3:4:5:6:7:8",
                "1:0:0:2::3"
            })
    void zerosAreLeftOut(String address) throws UnknownHostException {
        assertThat(Ipv6Text.of((Inet6Address) InetAddress.getByName(address))).isEqualTo(address);
    }
}
