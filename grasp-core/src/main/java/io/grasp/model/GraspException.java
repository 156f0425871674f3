package io.grasp.model;

import io.grasp.util.PrintableText;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A failed GRASP operation: the RFC 8991 error code, where the failure began, and which session and objective it
 * concerns. The message names the timer or bound and its value; the cause is kept.
 *
 * <p>Messages are {@linkplain PrintableText printable} whatever names and texts a peer has sent, also those of the
 * causes: a cause with other text is replaced by an exception with its class name, its escaped message and its stack
 * trace. {@link #objective} is not escaped.
 */
public final class GraspException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The code of RFC 8991. */
    private final GraspErrorCode code;
    /** The side where it failed. */
    private final Origin origin;
    /** The description. */
    private final String detail;

    private final transient @Nullable SessionId session;
    /** The objective's name, if any. */
    private final @Nullable String objective;
    /** Whether the peer was not reached. */
    private final boolean unreached;

    /** Where a failure began. */
    public enum Origin {
        /** In this node: incorrect use, a bound that was reached, a timer that expired, or the node closing. */
        LOCAL,
        /** At the peer: its message, or its closing of the connection. */
        PEER,
        /** In the substrate: a connection refused, reset or unreachable. */
        TRANSPORT
    }

    private GraspException(
            GraspErrorCode code,
            Origin origin,
            String detail,
            @Nullable SessionId session,
            @Nullable String objective,
            @Nullable Throwable cause,
            boolean unreached) {
        this(code, origin, detail, session, objective, cause, unreached, true);
    }

    private GraspException(
            GraspErrorCode code,
            Origin origin,
            String detail,
            @Nullable SessionId session,
            @Nullable String objective,
            @Nullable Throwable cause,
            boolean unreached,
            boolean stackTrace) {
        super(describe(code, detail, session, objective), PrintableCause.of(cause), stackTrace, stackTrace);
        this.code = code;
        this.origin = origin;
        this.detail = detail;
        this.session = session;
        this.objective = objective;
        this.unreached = unreached;
    }

    /**
     * A failure that began in this node.
     *
     * @param code what failed
     * @param detail the details, in a phrase
     * @return the error
     */
    public static GraspException local(GraspErrorCode code, String detail) {
        return new GraspException(code, Origin.LOCAL, detail, null, null, null, false);
    }

    /**
     * A failure that the peer caused.
     *
     * @param code what failed
     * @param detail the details, in a phrase
     * @return the error
     */
    public static GraspException peer(GraspErrorCode code, String detail) {
        return new GraspException(code, Origin.PEER, detail, null, null, null, false);
    }

    /**
     * A failure of the substrate.
     *
     * @param code what failed
     * @param detail the details, in a phrase
     * @return the error
     */
    public static GraspException transport(GraspErrorCode code, String detail) {
        return new GraspException(code, Origin.TRANSPORT, detail, null, null, null, false);
    }

    /**
     * A failure that the substrate reported.
     *
     * @param code what failed
     * @param detail the details, in a phrase
     * @param cause what the substrate reported
     * @return the error
     */
    public static GraspException transport(GraspErrorCode code, String detail, Throwable cause) {
        return transport(code, detail).causedBy(cause);
    }

    /**
     * This error with its session and objective.
     *
     * @param newSession the session's ID
     * @param newObjective the objective's name
     * @return an error with the same code, origin, detail and cause
     */
    public GraspException in(SessionId newSession, String newObjective) {
        return copy(newSession, newObjective, getCause());
    }

    /**
     * This error with its session.
     *
     * @param newSession the session's ID
     * @return an error with the same code, origin, detail, objective and cause
     */
    public GraspException in(SessionId newSession) {
        return copy(newSession, objective, getCause());
    }

    /**
     * This error with its objective.
     *
     * @param newObjective the objective's name
     * @return an error with the same code, origin, detail, session and cause
     */
    public GraspException about(String newObjective) {
        return copy(session, newObjective, getCause());
    }

    /** {@return this error without stack trace and suppressed errors, for one that is created before it occurs} */
    public GraspException withoutStackTrace() {
        return new GraspException(code, origin, detail, session, objective, getCause(), unreached, false);
    }

    /**
     * This error with its cause.
     *
     * @param newCause the cause
     * @return an error with the same code, origin, detail, session and objective
     */
    public GraspException causedBy(Throwable newCause) {
        return copy(session, objective, Objects.requireNonNull(newCause));
    }

    /**
     * This error, marked as one of a peer that was not reached.
     *
     * @return an error with the same code, origin, detail, session, objective and cause
     */
    public GraspException unreached() {
        return copy(session, objective, getCause(), true);
    }

    /**
     * This error with the failures of earlier attempts, which are suppressed exceptions of it
     * ({@link #getSuppressed}).
     *
     * @param failures the failures, the first one first
     * @return an error with the same code, origin, detail, session, objective, cause and stack trace
     */
    public GraspException after(List<? extends Throwable> failures) {
        GraspException last = copy(session, objective, getCause());
        last.setStackTrace(getStackTrace());
        for (Throwable failure : failures) {
            last.addSuppressed(Objects.requireNonNull(PrintableCause.of(failure)));
        }
        return last;
    }

    private GraspException copy(
            @Nullable SessionId newSession, @Nullable String newObjective, @Nullable Throwable newCause) {
        return copy(newSession, newObjective, newCause, unreached);
    }

    private GraspException copy(
            @Nullable SessionId newSession,
            @Nullable String newObjective,
            @Nullable Throwable newCause,
            boolean newUnreached) {
        GraspException copy =
                new GraspException(code, origin, detail, newSession, newObjective, newCause, newUnreached);
        for (Throwable earlier : getSuppressed()) {
            copy.addSuppressed(earlier);
        }
        return copy;
    }

    private static String describe(
            GraspErrorCode code, String detail, @Nullable SessionId session, @Nullable String objective) {
        StringJoiner subject = new StringJoiner(" ", "", ": ").setEmptyValue("");
        if (code != GraspErrorCode.UNSPECIFIED) { // its text says less than any detail
            subject.add(code.text());
        }
        if (objective != null) {
            subject.add("[" + objective + "]");
        }
        if (session != null) {
            subject.add("[session " + session + "]");
        }
        return PrintableText.of(subject + detail);
    }

    /** {@return the RFC 8991 error code} */
    public GraspErrorCode code() {
        return code;
    }

    /** {@return where the failure began} */
    public Origin origin() {
        return origin;
    }

    /**
     * {@return whether no connection to the peer was ever open} If so, the peer cannot have acted on the request, and
     * the caller can safely try another peer.
     */
    public boolean isUnreached() {
        return unreached;
    }

    /** {@return the session that failed, if one had begun} */
    public Optional<SessionId> session() {
        return Optional.ofNullable(session);
    }

    /** {@return the name of the objective concerned, if there is one} */
    public Optional<String> objective() {
        return Optional.ofNullable(objective);
    }
}
