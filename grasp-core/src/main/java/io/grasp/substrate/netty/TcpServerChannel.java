package io.grasp.substrate.netty;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Netty's server channel, which accepts {@link TcpChannel}s. */
final class TcpServerChannel extends NioServerSocketChannel {
    TcpServerChannel() {}

    @Override
    protected int doReadMessages(List<Object> accepted) throws IOException {
        SocketChannel channel = javaChannel().accept();
        if (channel == null) {
            return 0;
        }
        try {
            accepted.add(new TcpChannel(this, channel));
        } catch (RuntimeException unusable) {
            channel.close();
            throw new IOException("cannot accept a connection", unusable); // any other exception would close the server
        }
        return 1;
    }
}
