package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.wire.Discovery;
import io.grasp.wire.MessageEncoder;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node that does not answer datagrams from beyond its links. */
class RoutableAnswersOffTest extends TwoLinkFixture {
    private final List<InetSocketAddress> answered = new ArrayList<>();
    private SubstrateListener listener;

    @Override
    EngineConfig config() {
        return EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withRoutableReplies(0));
    }

    @Override
    Substrate substrate() {
        return (Substrate) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Substrate.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        listener = (SubstrateListener) arguments[0];
                    }
                    return method.invoke(node, arguments);
                });
    }

    private InetSocketAddress datagram(long id, InetAddress from) {
        InetSocketAddress source = new InetSocketAddress(from, 7017);
        ReplyPath back = new ReplyPath() {
            @Override
            public InetSocketAddress source() {
                return source;
            }

            @Override
            public Runnable reply(byte[] message, Completion sent) {
                answered.add(source);
                sent.done(null);
                return () -> {};
            }
        };
        Discovery discovery = new Discovery(new SessionId(id), UnusableLocators.address("fd77::7"), EX3);
        loop.run(() -> listener.unicastMessage(MessageEncoder.encode(discovery), back));
        return source;
    }

    private InetAddress onLink(String linkLocal) {
        try {
            return Inet6Address.getByAddress(
                    null,
                    UnusableLocators.address(linkLocal).getAddress(),
                    engine.links().get(0).index());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onlyDatagramsOfNeighborsAreAnswered() {
        listen();
        datagram(1, UnusableLocators.address("2001:db8::1"));
        InetSocketAddress neighbor = datagram(2, onLink("fe80::99"));
        datagram(3, UnusableLocators.address("169.254.1.1")); // it has no scope

        assertThat(answered).containsExactly(neighbor);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.ROUTABLE_SOURCE, 2));
    }
}
