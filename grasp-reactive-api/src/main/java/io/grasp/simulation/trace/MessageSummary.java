package io.grasp.simulation.trace;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.util.PrintableText;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageType;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The label of an arrow.
 *
 * @param type the MESSAGE_TYPE, {@link MalformedMessageException#NO_TYPE} for bytes that are not a message, or
 *     {@link #SIGNAL}
 * @param name the type's name, such as {@code M_FLOOD}
 * @param rest further information, such as {@code EX1 loop 5}; may be empty
 */
record MessageSummary(int type, String name, String rest) {
    /** The type of connection events without a message. */
    static final int SIGNAL = -2;

    private static final int VALUE_COLUMNS = 28;
    private static final int NAME_COLUMNS = 28;

    static MessageSummary signal(String name) {
        return new MessageSummary(SIGNAL, name, "");
    }

    static MessageSummary of(Payload payload) {
        if (payload.messages().isEmpty()) {
            int type = payload.types().get(0);
            boolean known = type != MalformedMessageException.NO_TYPE;
            String name = known ? MessageType.name(type) : "no message";
            return new MessageSummary(type, name, (known ? "malformed, " : "") + payload.length() + " bytes");
        }
        GraspMessage first = payload.messages().get(0);
        int more = payload.types().size() - 1;
        String rest = PrintableText.of(rest(first)) + (more == 0 ? "" : " (+" + more + ")");
        return new MessageSummary(first.type(), MessageType.name(first.type()), rest.strip());
    }

    /** {@return name and rest} */
    String text() {
        return rest.isEmpty() ? name : name + " " + rest;
    }

    private static String rest(GraspMessage message) {
        if (message instanceof Discovery discovery) {
            return describe(discovery.objective());
        } else if (message instanceof Response response) {
            return response(response);
        } else if (message instanceof RequestNegotiation request) {
            return describe(request.objective());
        } else if (message instanceof RequestSynchronization request) {
            return describe(request.objective());
        } else if (message instanceof Negotiate negotiate) {
            return describe(negotiate.objective());
        } else if (message instanceof Synch synch) {
            return describe(synch.objective());
        } else if (message instanceof Flood flood) {
            return flood(flood);
        } else if (message instanceof End end) {
            return outcome(end.outcome());
        } else if (message instanceof Wait wait) {
            return ChartText.seconds(Duration.ofMillis(wait.waitMillis()), 3) + " s";
        }
        return "";
    }

    private static String flood(Flood flood) {
        List<Objective> objectives =
                flood.objectives().stream().map(TaggedObjective::objective).toList();
        if (objectives.size() == 1) {
            return describe(objectives.get(0));
        }
        Objective first = flood.first();
        String more = objectives.isEmpty() ? "" : " (and " + (objectives.size() - 1) + " more)";
        return name(first) + more + " loop " + first.loopCount();
    }

    private static String response(Response response) {
        String where =
                response.options().stream().flatMap(MessageSummary::locators).collect(Collectors.joining(", "));
        Objective objective = response.objective();
        return (objective == null ? "" : name(objective) + " ") + "at " + (where.isEmpty() ? "nowhere" : where);
    }

    private static Stream<String> locators(GraspOption option) {
        if (option instanceof GraspOption.LocatorOption located) {
            return Stream.of(describe(located.locator()));
        } else if (option instanceof GraspOption.Divert divert) {
            return divert.locators().stream().map(locator -> "divert " + describe(locator));
        }
        return Stream.empty();
    }

    private static String describe(Locator locator) {
        return ChartText.ellipsis(locator.toString(), VALUE_COLUMNS);
    }

    private static String outcome(@Nullable GraspOption outcome) {
        if (outcome instanceof GraspOption.Accept) {
            return "accept";
        } else if (outcome instanceof GraspOption.Decline decline) {
            String reason = decline.reason();
            return reason == null ? "decline" : "decline: " + ChartText.ellipsis(reason, VALUE_COLUMNS);
        }
        return "";
    }

    private static String describe(Objective objective) {
        String value = objective.value().isPresent()
                ? ": " + ChartText.ellipsis(objective.value().content().diagnostic(), VALUE_COLUMNS)
                : "";
        String dry = objective.isDryRun() ? " dry" : "";
        return name(objective) + dry + " loop " + objective.loopCount() + value;
    }

    private static String name(Objective objective) {
        return ChartText.ellipsis(objective.name(), NAME_COLUMNS);
    }
}
