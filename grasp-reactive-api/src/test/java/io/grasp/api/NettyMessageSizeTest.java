package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import java.io.IOException;
import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;

/** The maximum size of multicasts on a real link. */
class NettyMessageSizeTest extends NettyTest {
    /** RFC 8990 section 2.5.3: an IPv6 packet of 1280 bytes, because the domain may have links that carry only that. */
    @Test
    @Proves("8990-2.5.3-3")
    void byDefaultAMulticastFitsIntoAnIpv6PacketOf1280Bytes() throws IOException {
        assertThat(NetworkInterface.getByName(NettyWorld.LINK).getMTU()).isGreaterThan(1280);
        assertThat(world.awaitOne(world.start().links()).get(0).maxMulticastBytes())
                .isEqualTo(1280 - 40 - 8);
    }
}
