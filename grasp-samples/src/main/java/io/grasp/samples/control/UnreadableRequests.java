package io.grasp.samples.control;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Set;

/** Explains the responses to requests that could not be read, which reach no route and have no body, by a problem. */
final class UnreadableRequests extends ChannelOutboundHandlerAdapter {
    private static final Set<Integer> STATUSES = Set.of(400, 414, 431);

    UnreadableRequests() {}

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        super.write(
                context,
                message instanceof FullHttpResponse response && isUnexplained(response) ? explained(response) : message,
                promise);
    }

    private static boolean isUnexplained(FullHttpResponse response) {
        return STATUSES.contains(response.status().code())
                && !response.headers().contains(HttpHeaderNames.CONTENT_TYPE);
    }

    private static FullHttpResponse explained(FullHttpResponse response) {
        byte[] json = Problem.unreadable(response.status()).json();
        FullHttpResponse explained = response.replace(Unpooled.wrappedBuffer(json));
        response.release();
        explained
                .headers()
                .set(HttpHeaderNames.CONTENT_TYPE, ControlRoutes.PROBLEM)
                .set(HttpHeaderNames.CONTENT_LENGTH, json.length);
        return explained;
    }
}
