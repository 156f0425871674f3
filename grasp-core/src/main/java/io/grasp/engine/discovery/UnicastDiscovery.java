package io.grasp.engine.discovery;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.node.DropReasons;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.SessionId;
import io.grasp.substrate.Link;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Response;
import org.jspecify.annotations.Nullable;

/** The connection of a discovery that asks one peer (RFC 8990 section 2.5.4.2), and on which that answers. */
final class UnicastDiscovery implements MessageHandler {
    private final DiscoveryInitiator discoveries;
    private final DiscoverySession session;
    private final MessageChannel channel;
    private final @Nullable Link link;

    UnicastDiscovery(
            DiscoveryInitiator discoveries, DiscoverySession session, MessageChannel channel, @Nullable Link link) {
        this.discoveries = discoveries;
        this.session = session;
        this.channel = channel;
        this.link = link;
    }

    @Override
    public void received(GraspMessage message, byte[] encoded) {
        boolean ours = session.id().equals(message.session());
        if (!ours || !(message instanceof Response response) || !discoveries.response(response, link, channel.path())) {
            channel.drop(DropReasons.reason(message, session.id()));
        }
    }

    @Override
    public void malformed(Exception what, @Nullable SessionId id, byte[] raw) {
        session.fail(GraspException.peer(GraspErrorCode.CBOR_FAIL, "what the peer answers is no GRASP message"));
    }

    @Override
    public void inputEnded() {
        session.complete(); // nothing more can come
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        if (failure == null) {
            session.complete();
        } else {
            session.fail(
                    failure instanceof GraspException known
                            ? known
                            : GraspException.transport(
                                    GraspErrorCode.NO_DISCOVERY_REPLY,
                                    "cannot ask the peer: " + failure.getMessage(),
                                    failure));
        }
    }
}
