package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** What Netty sets by default, and no code of ours: a small message must not wait for an acknowledgement. */
class TcpChannelTest {
    @Test
    void oneToBeConnectedSendsAtOnceAndMayBeHalfClosed() {
        TcpChannel channel = new TcpChannel(1234);
        assertThat(channel.config().isTcpNoDelay()).isTrue();
        assertThat(channel.config().isAllowHalfClosure()).isTrue();
        assertThat(channel.config().getConnectTimeoutMillis()).isEqualTo(1234);
        channel.unsafe().closeForcibly();
    }

    @Test
    void anAcceptedOneDoesToo() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
                TcpChannel channel = new TcpChannel(new TcpServerChannel(), server.accept());
                assertThat(client.isConnected()).isTrue();
                assertThat(channel.config().isTcpNoDelay()).isTrue();
                assertThat(channel.config().isAllowHalfClosure()).isTrue();
                channel.parent().unsafe().closeForcibly();
                channel.unsafe().closeForcibly();
            }
        }
    }
}
