package io.grasp.substrate.sim;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.SimObserver.Purpose;
import io.grasp.substrate.sim.time.SeededRandom;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A message in transit to one node alone. */
final class UnicastDatagram extends Packet {
    private final SimNode sender;
    private final ResolvedPeer to;
    private final InetSocketAddress source;
    private final byte[] message;

    private UnicastDatagram(SimNode sender, ResolvedPeer to, InetSocketAddress source, byte[] message) {
        super(sender.context().timeline(), to.route(), message.length);
        this.sender = sender;
        this.to = to;
        this.source = source;
        this.message = message;
    }

    static void send(SimNode sender, InetAddress destination, InetSocketAddress source, byte[] message) {
        int index = destination instanceof Inet6Address address ? address.getScopeId() : 0;
        ResolvedPeer to;
        try {
            to = ResolvedPeer.resolve(sender, destination, index);
        } catch (IOException noRoute) {
            sender.context().observers().publish(Kind.UNREACHED, sender.name(), "", "", message, "no route");
            return;
        }
        new UnicastDatagram(sender, to, source, message).launch(to.route());
    }

    @Override
    void arrived() {
        byte[] received = message.clone();
        SeededRandom corrupter = corrupter();
        if (corrupter != null) {
            corrupter.flipBits(received);
        }
        SimNode node = to.target();
        node.process(() -> {
            if (!node.isRunning()) {
                report(Kind.UNREACHED);
            } else if (!node.listener().serves(to.local())) {
                report(Kind.UNREACHED);
                node.listener().dropped(SubstrateDrop.NOT_SERVED, null, seen(), null);
            } else if (to.route().isSecured() && !node.authenticates(sender, seen())) {
                report(Kind.UNREACHED);
            } else {
                report(corrupter == null ? Kind.DELIVERED : Kind.CORRUPTED);
                PeerIdentity identity = to.route().isSecured() ? sender.certificate() : null;
                ReplyPath back = new ReplyByConnection(node, to.linkIndex(), seen(), Purpose.UNICAST_REPLY, identity);
                node.listener().unicastMessage(received, back);
            }
        });
    }

    @Override
    void lost() {
        report(Kind.LOST);
    }

    private InetSocketAddress seen() {
        return source.getAddress() instanceof Inet6Address address && address.isLinkLocalAddress()
                ? new InetSocketAddress(SimAddresses.scoped(address, to.linkIndex()), source.getPort())
                : source;
    }

    private void report(Kind kind) {
        sender.context().observers().publish(kind, to.route(), message, "unicast");
    }
}
