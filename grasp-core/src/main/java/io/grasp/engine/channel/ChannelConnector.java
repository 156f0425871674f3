package io.grasp.engine.channel;

import io.grasp.engine.node.EngineContext;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Connection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Opens channels to ASAs: over the substrate, or inside the node if the ASA is on this node. */
public final class ChannelConnector {
    private final EngineContext context;
    private final ConnectionAcceptor incoming;
    private final PeerFailures failures;

    public ChannelConnector(EngineContext context, ConnectionAcceptor incoming, PeerFailures failures) {
        this.context = context;
        this.incoming = incoming;
        this.failures = failures;
    }

    /**
     * Opens a channel to an ASA, which may be one of this node.
     *
     * @param objective for which the policy must permit the peer to answer; {@code null} if it is not asked
     * @throws GraspException with {@link GraspErrorCode#INVALID_LOCATOR} if the locator cannot be used
     */
    public MessageChannel open(AsaLocator peer, @Nullable String asa, @Nullable String objective) {
        Locator locator = peer.locator();
        requireUsable(peer);
        InetAddress address = locator.address();
        MessageChannel channel = new MessageChannel(context, null);
        channel.onUnreachable(() -> failures.unreachable(peer));
        channel.onNotListening(name -> failures.notListening(name, peer));
        Locator place = locator;
        if (address != null) {
            int port = Objects.requireNonNull(locator.port());
            if (isOurs(peer)) {
                loopback(new InetSocketAddress(address, port), asa, channel);
                return channel;
            }
            // A name that is an address needs no lookup, and a link-local address needs its link.
            place = Locator.of(address, Locator.TCP, port);
        }
        if (objective != null && !context.policy.permitsAll()) {
            channel.requireAnswerer(objective);
        }
        Connection connection = context.substrate.connect(place, locator.isLinkLocal() ? peer.linkIndex() : 0, channel);
        channel.attach(connection, MessagePath.connection(connection.remote()));
        return channel;
    }

    private void loopback(InetSocketAddress address, @Nullable String asa, MessageChannel channel) {
        LoopbackConnection ours = new LoopbackConnection(context.loop, address);
        LoopbackConnection theirs = new LoopbackConnection(context.loop, address);
        LoopbackConnection.join(ours, theirs);
        channel.attach(ours, MessagePath.LOOPBACK);
        ours.listener(channel);
        theirs.listener(incoming.accept(theirs, MessagePath.LOOPBACK, asa));
        ours.open();
    }

    private void requireUsable(AsaLocator peer) {
        Locator locator = peer.locator();
        if (locator instanceof Locator.Uri) {
            throw invalid(locator, "is a URI, which only an ASA that knows its scheme can use");
        }
        // RFC 8990 section 3: a name must not be assumed to be inside the secure domain.
        if (locator instanceof Locator.Fqdn && !context.substrate.resolvesNames()) {
            throw invalid(locator, "is a name, and the operator has not permitted resolving names");
        }
        if (!locator.isForSessions()) {
            throw invalid(locator, "has transport protocol " + locator.protocol() + ", not TCP");
        }
        if (locator.isLinkLocal() && peer.linkIndex() == 0 && !isOurs(peer)) {
            throw invalid(locator, "is link-local, but its link is not known");
        }
    }

    private boolean isOurs(AsaLocator peer) {
        return context.addresses.isOurs(peer.locator(), context.link(peer.linkIndex()));
    }

    private static GraspException invalid(Locator locator, String why) {
        return GraspException.local(GraspErrorCode.INVALID_LOCATOR, locator + " " + why)
                .unreached();
    }
}
