package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grasp.Proves;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A discovery that arrives by unicast UDP is treated like a multicast one (RFC 8990 section 2.8.4). The
 * simulated network has no such datagrams.
 */
class UnicastDatagramTest extends TwoLinkFixture {
    private static final Objective FAR = Objective.discoverable("EX5");

    private final List<GraspMessage> answers = new ArrayList<>();
    private SubstrateListener listener;

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

    private static InetAddress initiator() {
        return UnusableLocators.address("fd77::7");
    }

    private static InetAddress onLink(Link link) {
        try {
            return Inet6Address.getByAddress(
                    null, UnusableLocators.address("fe80::99").getAddress(), link.index());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** A datagram of a peer on a link, whose answers come to {@link #answers}. */
    private void ask(long id, Objective objective, int link) {
        byte[] question = MessageEncoder.encode(new Discovery(new SessionId(id), initiator(), objective));
        InetAddress source = onLink(engine.links().get(link));
        ReplyPath back = new ReplyPath() {
            @Override
            public InetSocketAddress source() {
                return new InetSocketAddress(source, 4711);
            }

            @Override
            public Runnable reply(byte[] message, Completion sent) {
                answers.add(ScriptedPeer.decode(message));
                sent.done(null);
                return () -> {};
            }
        };
        loop.run(() -> listener.unicastMessage(question, back));
        moment();
    }

    private static Response response(long id, GraspOption option) {
        return new Response(new SessionId(id), initiator(), 60_000, List.of(option), null);
    }

    @Test
    @Proves({"8990-2.6-2", "8990-2.8.4-11", "8990-2.8.4-12"})
    void aDiscoveryOfASupportedObjectiveByDatagramIsAnsweredOnce() {
        listen();
        ask(1, EX3, 0);
        ask(1, EX3, 0);

        assertThat(answers)
                .containsExactly(
                        response(1, new GraspOption.LocatorOption(here(node).locator())));
        assertThat(drops).containsOnly(entry(DropReason.DUPLICATE, 1));
        assertThat(beyond.heard).isEmpty();
    }

    @Test
    @Proves({"8990-2.8.4-12", "8990-2.8.5-7"})
    void aDiscoveryOfAnUnknownObjectiveByDatagramIsRelayedAndItsResponseCached() {
        Locator there = here(beyond.node).locator();
        ask(1, FAR, 0);
        assertThat(peer.heard).as("not on its own link").isEmpty();
        assertThat(beyond.heard).hasSize(1);
        Discovery relayed = (Discovery) ScriptedPeer.decode(beyond.heard.get(0));
        assertThat(relayed)
                .isEqualTo(new Discovery(new SessionId(1), initiator(), FAR.withLoopCount(FAR.loopCount() - 1)));
        beyond.reply(response(1, new GraspOption.LocatorOption(there)));
        moment();
        assertThat(answers).containsExactly(response(1, new GraspOption.LocatorOption(there)));

        ask(2, FAR, 0);
        assertThat(answers).last().isInstanceOfSatisfying(Response.class, divert -> {
            assertThat(divert.session()).isEqualTo(new SessionId(2));
            assertThat(divert.options()).containsExactly(new GraspOption.Divert(List.of(there)));
        });
        ask(3, FAR, 1);
        assertThat(answers).as("not on the link on which it was learned").hasSize(2);
        ask(4, Objective.discoverable("EX6").withLoopCount(1), 0);
        assertThat(drops).containsEntry(DropReason.LOOP_COUNT, 1);
        loop.advance(TIMEOUT);
    }
}
