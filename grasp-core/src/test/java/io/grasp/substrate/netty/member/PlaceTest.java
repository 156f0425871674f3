package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class PlaceTest {
    private static Place onInterface(String address, int index) throws UnknownHostException {
        byte[] bytes = InetAddress.getByName(address).getAddress();
        return new Place(Inet6Address.getByAddress(null, bytes, index), 7017);
    }

    @Test
    void oneLinkLocalAddressOnTwoInterfacesIsTwoPlaces() throws UnknownHostException {
        assertThat(onInterface("fe80::1", 1))
                .isEqualTo(onInterface("fe80::1", 1))
                .hasSameHashCodeAs(onInterface("fe80::1", 1))
                .isNotEqualTo(onInterface("fe80::1", 2));
        assertThat(onInterface("2001:db8::1", 1)).isEqualTo(onInterface("2001:db8::1", 2));
    }
}
