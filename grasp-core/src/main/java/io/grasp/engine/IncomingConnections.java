package io.grasp.engine;

import io.grasp.engine.channel.ConnectionAcceptor;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.channel.PeerConnections;
import io.grasp.engine.channel.ReplyOnChannel;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.Registry;
import io.grasp.engine.registry.SynchronizationListener;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Invalid;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import io.grasp.wire.UnknownMessage;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Connections that peers open: their first message says what for. */
final class IncomingConnections implements ConnectionAcceptor {
    private final EngineContext context;
    private final Registry registry;
    private final Discovering discovering;
    private final PeerConnections peers;
    private int waiting;

    IncomingConnections(EngineContext context, Registry registry, Discovering discovering) {
        this.context = context;
        this.registry = registry;
        this.discovering = discovering;
        this.peers = new PeerConnections(context.limits.connectionsPerPeer());
    }

    @Override
    public ConnectionListener accept(Connection connection, MessagePath path, @Nullable String localAsa) {
        boolean full = waiting >= context.limits.connections();
        Waiting handler = new Waiting(connection);
        MessageChannel channel = new MessageChannel(context, handler, localAsa);
        channel.attachOpened(connection, path);
        handler.channel = channel;
        channel.maxBytes(registry.maxBytes());
        InetAddress peer = connection.remote().getAddress();
        if (channel.isLoopback()) {
            // the bounds of sessions hold for our own ASAs
        } else if (peers.begin(peer)) {
            channel.onGone(() -> peers.end(peer));
        } else {
            channel.drop(DropReason.LIMIT);
            channel.abort(); // an orderly close would leave the peer its place for longer
            return channel;
        }
        DropReason refused = full ? DropReason.LIMIT : refused(connection, path);
        if (refused != null) {
            channel.drop(refused);
            channel.close();
        }
        return channel;
    }

    private @Nullable DropReason refused(Connection connection, MessagePath path) {
        if (!context.isSecure()) {
            return DropReason.NO_SECURITY;
        }
        return path.kind() == MessagePath.Kind.LOOPBACK
                ? null
                : context.dull.connectionSource(connection.remote().getAddress());
    }

    /** Who is told of what belongs to discovery. */
    interface Discovering {
        /**
         * A response came in.
         *
         * @param link the link it belongs to, or {@code null} if that cannot be told
         */
        void response(Response response, byte[] encoded, @Nullable Link link, MessagePath path);

        /**
         * A message of an unassigned type came in.
         *
         * @return whether somebody handles its type
         */
        boolean extension(UnknownMessage unknown, ReplyPath back, MessagePath path);

        /**
         * Something came in that may answer a discovery in rapid mode.
         *
         * @return whether it does, and has been seen to
         */
        boolean rapidAnswer(GraspMessage message, byte[] encoded, MessageChannel channel);

        /**
         * A discovery came in from one peer.
         *
         * @param link the link it belongs to, or {@code null} if that cannot be told
         */
        void discovery(Discovery discovery, byte[] encoded, @Nullable Link link, ReplyPath replyPath, MessagePath path);
    }

    /** A connection whose purpose is not known yet. */
    private final class Waiting implements MessageHandler, ReplyOnChannel.PendingAnswers {
        private final InetAddress peer;
        private final Deadlines.Deadline deadline;
        private @Nullable MessageChannel channel;
        private boolean served;
        private boolean responded;
        private boolean extended;
        private int answering;
        private boolean answered;
        private boolean finishing;

        Waiting(Connection connection) {
            peer = connection.remote().getAddress();
            waiting++;
            deadline = context.deadlines.in(
                    context.timeouts.firstMessage(), () -> channel().close()); // When to give up on a silent peer
        }

        private MessageChannel channel() {
            if (channel == null) {
                throw new IllegalStateException("no channel yet");
            }
            return channel;
        }

        /** The connection is no longer waiting; does nothing the second time. */
        private void serve() {
            if (!served) {
                served = true;
                waiting--;
                deadline.cancel();
            }
        }

        @Override
        public void answering() {
            answering++;
        }

        @Override
        public void answered() {
            answering--;
            answered = true;
            finish();
        }

        /**
         * Closes the connection behind the last answer (RFC 8990 section 2.8.5), unless a session has taken it over or
         * an extension may use it. In a later turn: the peer may have sent more messages right behind the answered one.
         */
        private void finish() {
            if (answered && !served && !finishing) {
                finishing = true;
                context.loop.execute(() -> {
                    finishing = false;
                    if (!served && !extended && answering == 0 && !channel().hasPending()) {
                        close();
                    }
                });
            }
        }

        @Override
        public void received(GraspMessage message, byte[] encoded) {
            process(message, encoded);
            finish();
        }

        private void process(GraspMessage message, byte[] encoded) {
            DropReason forbidden = context.dull.onConnection(message);
            if (responded && !(message instanceof Response)) {
                channel().drop(DropReason.NO_SESSION); // our direction is closed
            } else if (forbidden != null) {
                channel().drop(forbidden);
                close();
            } else if (encoded.length > maxBytes(message)) {
                refuse(DropReason.LIMIT, message, encoded);
            } else if (message instanceof RequestNegotiation request
                    && !request.objective().isNegotiable()) {
                refuse(DropReason.OBJECTIVE_FLAGS, message, encoded);
            } else if (message instanceof RequestSynchronization request
                    && !request.objective().isSynchronizable()) {
                refuse(DropReason.OBJECTIVE_FLAGS, message, encoded);
            } else if (message instanceof RequestNegotiation request) {
                negotiation(request);
            } else if (message instanceof RequestSynchronization request) {
                synchronization(request);
            } else if (message instanceof Response response) {
                if (answering == 0) {
                    // The asker closes first: the answerer would have to keep a port for each answer.
                    responded = true;
                    channel().closeListening();
                }
                discovering.response(response, encoded, linkOfPeer(), channel().path());
            } else if (message instanceof Discovery discovery) {
                ReplyPath back = new ReplyOnChannel(channel(), this);
                discovering.discovery(
                        discovery, encoded, linkOfPeer(), back, channel().path());
            } else if (message instanceof UnknownMessage unknown) {
                context.sessions.heard(unknown.session());
                if (discovering.extension(
                        unknown, new ReplyOnChannel(channel(), this), channel().path())) {
                    extended = true;
                    return; // the connection is the peer's to close, or the time for its first message ends it
                }
                refuse(DropReason.UNKNOWN_TYPE, message, encoded);
            } else if (discovering.rapidAnswer(message, encoded, channel())) {
                serve();
            } else {
                channel().drop(DropReasons.reason(message, null));
            }
        }

        /**
         * Now that the objective of a request or of a rapid answer is known, what it allows; else what every message
         * may have.
         */
        private int maxBytes(GraspMessage message) {
            Objective about = message.objective();
            return about != null && !(message instanceof Discovery) && !(message instanceof Response)
                    ? registry.maxBytes(about.name())
                    : context.limits.message().maxBytes();
        }

        private @Nullable Link linkOfPeer() {
            return channel().isLoopback() ? null : linkOf(peer); // an ASA of this node is on none of the links
        }

        private void negotiation(RequestNegotiation request) {
            Objective objective = request.objective();
            SessionKey key = new SessionKey(request.session(), peer);
            if (isClash(key)) {
                return;
            }
            String except = channel().localAsa();
            Registration registration = registry.find(objective.name(), except, Registration::canTake);
            if (registration == null) {
                notListening(key.id());
            } else if (!context.sessions.beginTheirs(key)) {
                context.sessions.heard(key.id());
                channel().drop(DropReason.LIMIT);
                close();
            } else {
                serve();
                channel().maxBytes(registry.maxBytes(objective.name()));
                NegotiationSession session = NegotiationSession.respond(
                        context,
                        registration.asa,
                        key,
                        objective,
                        channel(),
                        outcome -> context.sessions.endTheirs(key));
                if (!NegotiationListening.offer(registration, session)) {
                    session.refuse();
                }
            }
        }

        private void synchronization(RequestSynchronization request) {
            SessionKey key = new SessionKey(request.session(), peer);
            if (isClash(key)) {
                return;
            }
            Registration registration =
                    registry.find(request.objective().name(), channel().localAsa(), r -> r.synchronizedValue() != null);
            SynchronizationListener listening = registration == null ? null : registration.synchronizer();
            ObjectiveValue value = listening == null ? null : listening.value();
            if (listening == null || value == null) {
                notListening(key.id());
                return;
            }
            context.sessions.heard(key.id());
            Synch synch = listening.answer(request.session(), value);
            byte[] encoded = context.encodeUnicast(
                    synch, registry.maxBytes(request.objective().name()));
            SessionInfo info = new SessionInfo(
                    key.id(),
                    SessionInfo.Kind.SYNCHRONIZATION,
                    SessionInfo.Role.RESPONDER,
                    request.objective().name());
            context.observer.sessionStarted(info);
            channel()
                    .send(
                            synch,
                            encoded,
                            failure -> context.observer.sessionEnded(
                                    info, failure == null ? SessionOutcome.COMPLETED : SessionOutcome.FAILED, failure));
            if (answering == 0) {
                close();
            }
        }

        /**
         * RFC 8990 section 2.8.6: a request whose Session ID is active here is discarded, and the peer will see a
         * timeout. Two ASAs of one node share the node's IDs, so a request from within cannot clash.
         */
        private boolean isClash(SessionKey key) {
            boolean clash =
                    (!channel().isLoopback() && context.sessions.isOurs(key.id())) || context.sessions.isTheirs(key);
            if (clash) {
                channel().drop(DropReason.SESSION_CLASH);
            }
            return clash;
        }

        /** Refuses what cannot be processed, with an M_INVALID unless it is one itself (RFC 8990 section 2.8.12). */
        private void refuse(DropReason reason, GraspMessage message, byte[] encoded) {
            context.sessions.heard(message.session());
            channel().drop(reason);
            if (!(message instanceof Invalid)) {
                channel().sendInvalid(message.session(), encoded);
            }
            close();
        }

        /** RFC 8990 section 2.8.6: the connection is closed at once. */
        private void notListening(SessionId refused) {
            context.sessions.heard(refused);
            channel().drop(DropReason.NOT_LISTENING);
            close();
        }

        private void close() {
            serve();
            channel().close();
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId session, byte[] raw) {
            context.sessions.heard(session);
            channel().sendInvalid(session, raw);
            close();
        }

        @Override
        public void inputEnded() {
            close();
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            serve();
        }
    }

    /**
     * The link that a peer is on, as far as its address tells: by its scope, its prefix, or because there is only one.
     */
    @Nullable
    Link linkOf(InetAddress peer) {
        if (peer instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress()) {
            Link link = context.link(ipv6.getScopeId());
            if (link != null) {
                return link;
            }
        }
        Link near = context.addresses.linkOfNeighbor(peer);
        if (near != null) {
            return near;
        }
        Iterator<Link> links = context.links().iterator();
        Link only = links.hasNext() ? links.next() : null;
        return links.hasNext() ? null : only;
    }

    /** {@return how many connections wait for their first message} */
    int waiting() {
        return waiting;
    }
}
