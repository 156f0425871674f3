package io.grasp.engine;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.discovery.DiscoveryInitiator;
import io.grasp.engine.discovery.DiscoveryRelay;
import io.grasp.engine.discovery.DiscoveryResponder;
import io.grasp.engine.discovery.RapidAnswerKind;
import io.grasp.engine.extension.Extensions;
import io.grasp.engine.flood.FloodManager;
import io.grasp.engine.negotiation.NegotiationResponder;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.rapid.RapidInitiator;
import io.grasp.engine.registry.Registry;
import io.grasp.engine.synchronization.SynchronizationResponder;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.util.PeerAddresses;
import io.grasp.wire.Discovery;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.UnknownMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides which part of the engine gets a message, depending on the path on which it comes in.
 *
 * <pre>
 *                          on a link                   to this node alone     on a connection without a session
 *   M_DISCOVERY            discovery responder         discovery responder    discovery responder
 *   M_FLOOD                flooding                    -                      -
 *   M_RESPONSE             the discovery's owner (1)   -                      the discovery's owner
 *   M_REQ_NEG              -                           -                      negotiation responder
 *   M_REQ_SYN              -                           -                      synchronization responder
 *   M_SYNCH                the discovery's owner (1)   -                      the discovery's owner
 *   M_NEGOTIATE, M_WAIT,
 *   M_END                  -                           -                      the discovery's owner
 *   an unassigned type     its handlers                -                      its handlers, or M_INVALID
 *   M_INVALID, M_NOOP      -                           -                      -
 *
 *   (1) on a link whose replies come in band       - dropped and counted
 * </pre>
 *
 * Messages that this node has sent itself are dropped first. Messages on a connection with a session go only to that
 * session. A discovery's owner is the part that sent it: the initiator, the rapid initiator, or the relay.
 */
final class Dispatcher {
    private final EngineContext context;
    private final Registry registry;
    private final DiscoveryInitiator discoveries;
    private final RapidInitiator rapids;
    private final DiscoveryResponder discoveryResponder;
    private final DiscoveryRelay discoveryRelay;
    private final FloodManager floods;
    private final NegotiationResponder negotiations;
    private final SynchronizationResponder synchronizations;
    private final Extensions extensions;

    Dispatcher(
            EngineContext context,
            Registry registry,
            DiscoveryInitiator discoveries,
            RapidInitiator rapids,
            DiscoveryResponder discoveryResponder,
            DiscoveryRelay discoveryRelay,
            FloodManager floods,
            NegotiationResponder negotiations,
            SynchronizationResponder synchronizations,
            Extensions extensions) {
        this.context = context;
        this.registry = registry;
        this.discoveries = discoveries;
        this.rapids = rapids;
        this.discoveryResponder = discoveryResponder;
        this.discoveryRelay = discoveryRelay;
        this.floods = floods;
        this.negotiations = negotiations;
        this.synchronizations = synchronizations;
        this.extensions = extensions;
    }

    /** A multicast, or a reply in band, came in on a link. */
    void onLink(Link link, byte[] encoded, ReplyPath back) {
        MessagePath path = pathOf(link, back);
        GraspMessage message = read(link, encoded, back, path);
        if (message == null) {
            return;
        }
        DropReason unanswerable =
                asks(message) && !link.repliesInBand() ? multicastFrom(link, back.source(), message) : null;
        if (unanswerable != null) {
            context.drop(unanswerable, path);
        } else if (message instanceof Discovery discovery) {
            discovery(discovery, encoded, link, back, path);
        } else if (message instanceof Flood flood) {
            DropReason fromHere = fromHere(flood, flood.initiator(), link, back, path);
            if (fromHere != null) {
                context.drop(fromHere, path);
            } else {
                floods.received(flood, encoded, link, path);
            }
        } else if (message instanceof UnknownMessage unknown) {
            if (!extension(unknown, link, back, path, () -> {})) {
                // RFC 8990 section 2.8.2: an invalid multicast is discarded silently
                context.drop(DropReason.UNKNOWN_TYPE, path);
            }
        } else if (message instanceof Response response && link.repliesInBand()) {
            context.options().in(response, encoded, path);
            response(response, encoded, link, path);
        } else if (!(link.repliesInBand()
                && RapidAnswerKind.of(message).isInBand()
                && rapidAnswer(message, encoded, null, path))) {
            context.drop(message instanceof Noop ? DropReason.NOOP : DropReason.WRONG_PATH, path);
        }
    }

    /** Whether the answer to a multicast goes to its source: to other multicasts there is none. */
    private static boolean asks(GraspMessage message) {
        return message instanceof Discovery || message instanceof UnknownMessage;
    }

    /** Why a multicast that asks is not answered, {@code null} if it is. */
    private @Nullable DropReason multicastFrom(Link link, InetSocketAddress source, GraspMessage message) {
        return context.addresses.canSendOn(link, source.getAddress())
                ? unreachable(link, source, message)
                : DropReason.OFF_LINK_SOURCE;
    }

    /**
     * Why a datagram to this node alone is not answered, {@code null} if it is.
     *
     * @param link the link that the scope of the source identifies, or {@code null}
     */
    private @Nullable DropReason datagramFrom(@Nullable Link link, InetSocketAddress source, Discovery discovery) {
        boolean answered = link != null || context.limits.routableReplies() > 0;
        return answered ? unreachable(link, source, discovery) : DropReason.ROUTABLE_SOURCE;
    }

    /** An answer goes only where a node may be, and not to this node itself. */
    private @Nullable DropReason unreachable(@Nullable Link link, InetSocketAddress source, GraspMessage message) {
        boolean thisHost = context.addresses.isThisHost(link, source.getAddress());
        if (source.getPort() == 0 || !thisHost && !PeerAddresses.isPeer(source.getAddress())) {
            return DropReason.UNUSABLE_SOURCE;
        }
        if (thisHost && source.getPort() == context.substrate.port()) {
            return ownOrForged(message, initiator(message));
        }
        return thisHost && !context.substrate.mayBeNode(source.getPort()) ? DropReason.UNBOUND_SOURCE : null;
    }

    private static MessagePath pathOf(@Nullable Link link, ReplyPath back) {
        String name = link == null ? "" : link.name();
        return new MessagePath(MessagePath.Kind.LINK, name, back.source(), back.neighborIdentity());
    }

    /** A datagram to this node alone came in. */
    void onDatagram(byte[] encoded, ReplyPath back) {
        Link link = context.addresses.linkOfDatagram(back.source().getAddress());
        MessagePath path = pathOf(link, back);
        GraspMessage message = read(link, encoded, back, path);
        DropReason unanswerable =
                message instanceof Discovery discovery ? datagramFrom(link, back.source(), discovery) : null;
        if (unanswerable != null) {
            context.drop(unanswerable, path);
        } else if (message instanceof Discovery discovery) {
            discovery(discovery, encoded, link, back, path);
        } else if (message != null) {
            context.drop(message instanceof Noop ? DropReason.NOOP : DropReason.WRONG_PATH, path);
        }
    }

    /** {@return the message in a datagram, if it may be processed} */
    private @Nullable GraspMessage read(@Nullable Link link, byte[] encoded, ReplyPath back, MessagePath path) {
        if (context.isClosed()) {
            return null;
        }
        DropReason unusable =
                context.isSecure() ? context.dull.linkSource(link, back.source().getAddress()) : DropReason.NO_SECURITY;
        if (unusable != null) {
            context.drop(unusable, path);
            return null;
        }
        GraspMessage message;
        try {
            message = context.decoder.decode(encoded);
        } catch (MalformedMessageException e) {
            context.drop(DropReason.MALFORMED, path);
            return null;
        }
        context.received(message, encoded, path);
        if (link == null || !context.addresses.isOurs(link, back.source())) {
            context.neighbors.heard(link, back.source(), path.identity(), message);
        }
        DropReason forbidden = context.dull.onLink(message);
        if (forbidden != null) {
            context.drop(forbidden, path);
            return null;
        }
        return message;
    }

    /** A message came in on a connection that has no session. */
    void onConnection(GraspMessage message, byte[] encoded, IncomingConnection from) {
        DropReason forbidden = context.dull.onConnection(message);
        if (forbidden != null) {
            from.refuse(forbidden);
        } else if (encoded.length > maxBytes(message)) {
            from.refuseAsInvalid(DropReason.MESSAGE_TOO_LONG, message, encoded);
        } else if (message instanceof RequestNegotiation request) {
            from.requested(negotiations.request(request, from.peer(), from.channel()), message, encoded);
        } else if (message instanceof RequestSynchronization request) {
            from.requested(synchronizations.request(request, from.peer(), from.channel()), message, encoded);
        } else if (message instanceof Response response) {
            from.responded();
            from.heard(message);
            if (response(response, encoded, from.link(), from.path())) {
                from.used();
            }
        } else if (message instanceof Discovery discovery) {
            discovery(discovery, encoded, from.link(), from.replyPath(), from.path());
        } else if (message instanceof UnknownMessage unknown) {
            if (extension(unknown, from.link(), from.replyPath(), from.path(), from::asks)) {
                from.extended();
            } else {
                from.refuseAsInvalid(DropReason.UNKNOWN_TYPE, message, encoded);
            }
        } else if (rapidAnswer(message, encoded, from.channel(), from.path())) {
            from.taken();
        } else {
            from.drop(DropReasons.reason(message, null));
        }
    }

    /**
     * The maximum message size on a connection: that of the objective if the message is a request or a rapid answer,
     * otherwise the general limit.
     */
    private int maxBytes(GraspMessage message) {
        Objective about = message.objective();
        return about != null && !(message instanceof Discovery) && !(message instanceof Response)
                ? registry.maxBytes(about.name())
                : context.limits.message().maxBytes();
    }

    /**
     * Why a multicast that this node has sent itself, or that seems so, is dropped; {@code null} for others. It
     * recognizes multicasts that it originated by session and initiator, on any of its links, and those that it relayed
     * also by the source address and port, because other nodes of this host have other ports. Discoveries that its own
     * ASAs send inside the node must be answered.
     *
     * @param initiator {@code null} if the message does not name it
     */
    private @Nullable DropReason fromHere(
            GraspMessage message,
            @Nullable InetAddress initiator,
            @Nullable Link link,
            ReplyPath back,
            MessagePath path) {
        if (path.kind() == MessagePath.Kind.LOOPBACK) {
            return null;
        }
        if (link != null && context.addresses.isOurs(link, back.source())) {
            return ownOrForged(message, initiator);
        }
        return isOurMulticast(message.session(), initiator) ? DropReason.OWN : null;
    }

    /** Why a message from this node's own address and port is dropped: others can forge these. */
    private DropReason ownOrForged(GraspMessage message, @Nullable InetAddress initiator) {
        return isOurMulticast(message.session(), initiator) || hasRelayed(message)
                ? DropReason.OWN
                : DropReason.UNUSABLE_SOURCE;
    }

    private boolean isOurMulticast(@Nullable SessionId session, @Nullable InetAddress initiator) {
        return session != null && initiator != null && context.sessions.isOurMulticast(session, initiator);
    }

    private boolean hasRelayed(GraspMessage message) {
        if (message instanceof Discovery discovery) {
            return discoveryRelay.hasRelayed(discovery);
        }
        return message instanceof Flood flood && floods.hasRelayed(flood);
    }

    /** {@return the initiator that a message names} */
    private static @Nullable InetAddress initiator(GraspMessage message) {
        if (message instanceof UnknownMessage unknown) {
            ExtensionMessage extension = ExtensionCodec.read(unknown);
            return extension == null ? null : extension.initiator();
        }
        return message.initiator();
    }

    private void discovery(Discovery discovery, byte[] encoded, @Nullable Link link, ReplyPath back, MessagePath path) {
        DropReason refused = fromHere(discovery, discovery.initiator(), link, back, path);
        String objective = discovery.objective().name();
        if (refused == null && !context.policy.permits(path, PeerAction.DISCOVER, objective)) {
            refused = DropReason.NOT_AUTHORIZED;
        }
        if (refused != null) {
            context.drop(refused, path);
        } else {
            discoveryResponder.discovery(discovery, encoded, link, back, path);
        }
    }

    /** {@return whether the response belongs to a discovery} */
    private boolean response(Response response, byte[] encoded, @Nullable Link link, MessagePath path) {
        boolean awaited = discoveries.response(response, link, path)
                || rapids.response(response, link, path)
                || discoveryRelay.response(response, encoded, link, path);
        if (!awaited) {
            context.drop(DropReason.NO_SESSION, path);
        }
        return awaited;
    }

    /** {@return whether the message answers a discovery in rapid mode, and has been processed} */
    private boolean rapidAnswer(
            GraspMessage message, byte[] encoded, @Nullable MessageChannel channel, MessagePath path) {
        return rapids.answer(message, encoded, channel, path)
                || discoveryRelay.rapidAnswer(message, encoded, channel, path);
    }

    /**
     * {@return whether a message of an unassigned type is an own one, or has a handler: it has been processed}
     *
     * @param accepted runs if a handler accepts it, and may answer
     */
    private boolean extension(
            UnknownMessage unknown, @Nullable Link link, ReplyPath back, MessagePath path, Runnable accepted) {
        ExtensionMessage message = extensions.read(unknown);
        DropReason fromHere = fromHere(unknown, message == null ? null : message.initiator(), link, back, path);
        if (fromHere != null) {
            context.drop(fromHere, path);
            return true;
        }
        context.sessions.heard(unknown.session(), context.sourceOf(link, path));
        if (message != null && extensions.received(unknown, back, path)) {
            accepted.run();
        }
        return message != null;
    }
}
