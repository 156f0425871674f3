package io.grasp.samples.control;

import io.grasp.inspection.InvalidCursorException;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.samples.node.NoAnswerException;
import io.grasp.samples.prefix.pool.PoolException;
import io.grasp.samples.prefix.store.StoreException;
import io.grasp.samples.text.Failures;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A request that cannot be answered, as RFC 9457 describes it. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int BAD_REQUEST = 400;
    private static final int CONFLICT = 409;
    private static final int INTERNAL = 500;
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;

    private final int status;
    private final String type;
    private final String title;
    private final @Nullable String parameter;

    private Problem(int status, String type, String title, String detail, @Nullable String parameter) {
        super(detail, null, false, false);
        this.status = status;
        this.type = type;
        this.title = title;
        this.parameter = parameter;
    }

    /** A wrong value of a parameter or of a member of the request's body. */
    static Problem parameter(String name, String detail) {
        return new Problem(BAD_REQUEST, "invalid-parameter", "A parameter is not valid", name + " " + detail, name);
    }

    /** A body that is not a JSON object. */
    static Problem body(String detail) {
        return new Problem(BAD_REQUEST, "invalid-body", "The request's body is not valid", detail, null);
    }

    static Problem notFound(String path) {
        return new Problem(404, "not-found", "There is no such resource", "there is no " + path, null);
    }

    static Problem methodNotAllowed(String method, String allowed) {
        return new Problem(
                405,
                "method-not-allowed",
                "The resource does not have this method",
                method + " is not allowed here, only " + allowed,
                null);
    }

    static Problem otherOrigin() {
        return new Problem(
                403, "other-origin", "The request is not permitted", "it comes from the page of another server", null);
    }

    static Problem tooLarge(int most) {
        return new Problem(
                413, "too-large", "The request is too large", "its body has more than " + most + " bytes", null);
    }

    static Problem late() {
        return new Problem(408, "request-timeout", "The request is too slow", "its body did not arrive in time", null);
    }

    static Problem mediaType(String type) {
        return new Problem(
                415, "media-type", "The type of the request's body is not supported", type + " is required", null);
    }

    static Problem starting() {
        return new Problem(UNAVAILABLE, "starting", "The node is not ready", "the node is starting", null);
    }

    static Problem tooMany(int most, String what) {
        return new Problem(
                UNAVAILABLE, "too-many", "A bound is reached", "there are " + most + " " + what + " already", null);
    }

    /** The node refuses to be watched, because a bound of its own is reached. */
    static Problem notWatched(Throwable reason) {
        return new Problem(UNAVAILABLE, "too-many", "A bound is reached", Failures.oneLine(reason), null);
    }

    /** {@return the problem of a request that could not be read} */
    static Problem unreadable(HttpResponseStatus status) {
        int code = status.code();
        return switch (code) {
            case 414 ->
                new Problem(
                        code,
                        "line-too-long",
                        "The request is too large",
                        "its first line has more than " + ControlServer.LONGEST_LINE + " bytes",
                        null);
            case 431 ->
                new Problem(
                        code,
                        "headers-too-large",
                        "The request is too large",
                        "its headers have more than " + ControlServer.LONGEST_HEADERS + " bytes",
                        null);
            default -> new Problem(code, "invalid-request", "The request is not valid", "it is not HTTP", null);
        };
    }

    /** {@return the problem that a failure is} */
    static Problem of(Throwable failure) {
        if (failure instanceof Problem known) {
            return known;
        }
        String detail = Failures.oneLine(failure);
        if (failure instanceof InvalidCursorException) {
            return new Problem(BAD_REQUEST, "invalid-cursor", "The cursor is not valid", detail, "after");
        }
        if (failure instanceof GraspException known) {
            return of(known, detail);
        }
        if (failure instanceof PoolException) {
            return new Problem(CONFLICT, "refused", "The pool of prefixes refuses this", detail, null);
        }
        if (failure instanceof StoreException) {
            return new Problem(UNAVAILABLE, "unavailable", "The prefixes cannot be stored", detail, null);
        }
        if (failure instanceof TimeoutException) {
            return new Problem(UNAVAILABLE, "timeout", "The node has not answered", "the node is too busy", null);
        }
        if (failure instanceof NoAnswerException) {
            return new Problem(GATEWAY_TIMEOUT, "no-answer", "Nothing has answered in time", detail, null);
        }
        return failure instanceof IllegalStateException
                ? new Problem(UNAVAILABLE, "unavailable", "The node cannot do this now", detail, null)
                : new Problem(INTERNAL, "internal", "An internal error", detail, null);
    }

    private static Problem of(GraspException failure, String detail) {
        GraspErrorCode code = failure.code();
        int status = switch (code) {
            case NO_REPLY,
                    NO_DISCOVERY_REPLY,
                    NO_PEER,
                    NOT_FLOODED_NOR_DISCOVERED,
                    NO_NEGOTIATION_REPLY,
                    NO_SYNCH_REPLY -> GATEWAY_TIMEOUT;
            default -> failure.origin() == GraspException.Origin.LOCAL ? CONFLICT : BAD_GATEWAY;
        };
        String type = code.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new Problem(status, type, code.text(), detail, null);
    }

    int status() {
        return status;
    }

    /** {@return the problem as JSON} */
    byte[] json() {
        return JsonWriter.object(json -> {
            json.text("type", "urn:grasp:" + type)
                    .text("title", title)
                    .number("status", status)
                    .text("detail", getMessage());
            if (parameter != null) {
                json.text("parameter", parameter);
            }
        });
    }
}
