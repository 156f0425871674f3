package io.grasp.simulation.fuzz;

import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of the simulated network that frames each input of its engine for {@link EngineEvents}, checks where the engine
 * connects to, and accepts datagrams with a forged source.
 */
final class WatchedSubstrate implements Substrate {
    private final SimNode node;
    private final EngineEvents events;
    private final Consumer<String> violated;
    private final List<Link> links = new ArrayList<>();
    private final Set<Locator> chosen = new HashSet<>();
    private @Nullable SubstrateListener listener;

    WatchedSubstrate(SimNode node, EngineEvents events, Consumer<String> violated) {
        this.node = node;
        this.events = events;
        this.violated = violated;
    }

    /** A datagram comes in with any source, on a link that is up or to the node alone. */
    void inject(Link link, boolean unicast, byte[] bytes, ReplyPath back) {
        if (listener == null) {
            throw new IllegalStateException("not started");
        }
        if (unicast) {
            listener.unicastMessage(bytes, back);
        } else {
            listener.linkMessage(link, bytes, back);
        }
    }

    /** An ASA may connect to this locator, wherever it leads. */
    Locator permit(Locator locator) {
        chosen.add(locator);
        return locator;
    }

    /** {@return the links that are up} */
    List<Link> links() {
        return links;
    }

    /** {@return the link with this name, or {@code null} if it is down} */
    @Nullable
    Link link(String name) {
        return links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Loop loop() {
        return node.loop();
    }

    @Override
    public void start(SubstrateListener to, Completion started) {
        listener = new Watched(to);
        node.start(listener, started);
    }

    @Override
    public Security security() {
        return node.security();
    }

    @Override
    public List<NodeAddress> nodeAddresses() {
        return node.nodeAddresses();
    }

    @Override
    public Set<Integer> holders(InetAddress address) {
        return node.holders(address);
    }

    @Override
    public int port() {
        return node.port();
    }

    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener to) {
        InetAddress address = locator.address();
        boolean ownPort = Objects.equals(locator.port(), node.port());
        if (address != null
                && !chosen.contains(locator)
                && (!PeerAddresses.isPeer(address)
                        || ownPort && node.addresses().contains(address))) {
            violated.accept("connects to " + locator);
        }
        return node.connect(locator, linkIndex, watched(to, MessagePath.Kind.CONNECTION, null));
    }

    @Override
    public boolean resolvesNames() {
        return node.resolvesNames();
    }

    @Override
    public void close(Completion closed) {
        node.close(closed);
    }

    private ConnectionListener watched(
            ConnectionListener to, MessagePath.Kind kind, @Nullable InetSocketAddress remote) {
        return new ConnectionListener() {
            @Override
            public void opened() {
                to.opened();
            }

            @Override
            public void received(byte[] bytes) {
                if (remote == null) {
                    to.received(bytes);
                    return;
                }
                events.begin(kind, remote);
                to.received(bytes);
                events.endOfChunk();
            }

            @Override
            public void inputEnded() {
                to.inputEnded();
            }

            @Override
            public void closed(@Nullable Throwable failure) {
                to.closed(failure);
            }
        };
    }

    /** Passes everything on to the engine. */
    private final class Watched implements SubstrateListener {
        private final SubstrateListener engine;

        Watched(SubstrateListener engine) {
            this.engine = engine;
        }

        @Override
        public void linkUp(Link link) {
            links.add(link);
            engine.linkUp(link);
        }

        @Override
        public void linkDown(Link link) {
            links.removeIf(each -> each.index() == link.index());
            engine.linkDown(link);
        }

        @Override
        public void linkFailed(String name, Throwable cause) {
            engine.linkFailed(name, cause);
        }

        @Override
        public void linkWarning(String name, LinkWarning warning, String detail) {
            engine.linkWarning(name, warning, detail);
        }

        @Override
        public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
            byte[] before = message.clone();
            events.begin(MessagePath.Kind.LINK, replyPath.source());
            engine.linkMessage(link, message, replyPath);
            endOfDatagram(before, message);
        }

        @Override
        public void unicastMessage(byte[] message, ReplyPath replyPath) {
            byte[] before = message.clone();
            events.begin(MessagePath.Kind.LINK, replyPath.source());
            engine.unicastMessage(message, replyPath);
            endOfDatagram(before, message);
        }

        private void endOfDatagram(byte[] before, byte[] after) {
            events.endOfDatagram();
            if (!Arrays.equals(before, after)) {
                violated.accept("the engine has changed a received datagram");
            }
        }

        @Override
        public boolean serves(InetAddress local) {
            return engine.serves(local);
        }

        @Override
        public boolean isPeer(InetSocketAddress resolved) {
            return engine.isPeer(resolved);
        }

        @Override
        public ConnectionListener accepted(Connection connection) {
            return watched(engine.accepted(connection), MessagePath.Kind.CONNECTION, connection.remote());
        }

        @Override
        public void acceptFailed(Throwable cause) {
            engine.acceptFailed(cause);
        }

        @Override
        public void securityChanged(Security security) {
            engine.securityChanged(security);
        }

        @Override
        public void dropped(SubstrateDrop reason, @Nullable InetSocketAddress peer) {
            engine.dropped(reason, peer);
        }
    }
}
