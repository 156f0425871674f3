package io.grasp.simulation.adversary;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageFramer;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import org.jspecify.annotations.Nullable;

/** A connection of an adversary, and the session on it. */
final class AttackConnection implements ConnectionListener {
    private final Attack attack;
    private final Attacker owner;
    private final MessageFramer framer = new MessageFramer(CborLimits.DEFAULT);
    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
    private @Nullable Connection connection;
    private @Nullable SessionId session;
    private String objective = "";
    private boolean ourTurn;
    private boolean open;

    AttackConnection(Attack attack, Attacker owner) {
        this.attack = attack;
        this.owner = owner;
    }

    Attack attack() {
        return attack;
    }

    void on(Connection newConnection, boolean accepted) {
        connection = newConnection;
        open = accepted;
    }

    /** Begins a session with a request of the adversary. */
    void request(GraspMessage request) {
        session = request.session();
        Objective about = request.objective();
        objective = about == null ? "" : about.name();
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    @Nullable
    SessionId session() {
        return session;
    }

    String objective() {
        return objective;
    }

    boolean isOpen() {
        return open;
    }

    /** {@return whether the peer waits for an offer; the turn is over then} */
    boolean takeTurn() {
        boolean taken = ourTurn;
        ourTurn = false;
        return taken;
    }

    boolean isOurTurn() {
        return ourTurn;
    }

    @Override
    public void opened() {
        open = true;
        owner.opened();
    }

    @Override
    public void received(byte[] bytes) {
        framer.feed(bytes);
        try {
            for (byte[] message = framer.next(); message != null; message = framer.next()) {
                received(decoder.decode(message));
            }
        } catch (CborException | MalformedMessageException e) {
            owner.abort(this); // a peer under test does not send this; its own tests would notice
        }
    }

    private void received(GraspMessage message) {
        if (message instanceof RequestNegotiation request && session == null) {
            request(request);
            ourTurn = true;
        } else if (message instanceof Negotiate) {
            ourTurn = true;
        }
    }

    @Override
    public void inputEnded() {
        if (attack != Attack.KEPT_CONNECTIONS) {
            owner.abort(this);
        }
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        owner.closed(this, !open);
        open = false;
    }
}
