package io.grasp.samples.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.grasp.model.PeerIdentity;
import io.grasp.samples.text.StrictJson;
import io.grasp.security.PeerAction;
import io.grasp.security.PeerPolicies;
import io.grasp.security.PeerPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The content of a file that says what peers may do. docs/security.md describes its fields.
 *
 * @param rules the rules, of which the first that fits decides
 * @param otherwise what holds if none fits
 */
record PolicyFile(
        @JsonProperty(required = true) List<Rule> rules,
        @JsonProperty(value = "default", required = true) Decision otherwise) {
    private static final JsonMapper JSON = StrictJson.builder().build();
    private static final int MAX_BYTES = 1 << 20;

    PolicyFile {
        requireComplete("rules", rules);
        require(otherwise != null, "default must be \"allow\" or \"deny\"");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static void requireComplete(String name, @Nullable List<?> list) {
        require(list != null && list.stream().allMatch(Objects::nonNull), name + " must be a list without null");
    }

    /**
     * Reads a policy. The file is not read again later.
     *
     * @throws IOException if the file cannot be read, or its content is not a policy; the message names line, column
     *     and field
     */
    static PeerPolicy read(Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MAX_BYTES + 1);
        }
        if (content.length > MAX_BYTES) {
            throw new IOException("it has more than " + MAX_BYTES + " bytes");
        }
        try {
            PeerPolicy policy = JSON.readValue(content, PolicyFile.class).policy();
            requireNoNull("", JSON.readTree(content));
            return policy;
        } catch (JacksonException e) {
            String where = Stream.of(StrictJson.lineAndColumn(e), StrictJson.pointer(e))
                    .filter(each -> !each.isEmpty())
                    .collect(Collectors.joining(", "));
            throw new IOException((where.isEmpty() ? "" : where + ": ") + StrictJson.problem(e), e);
        }
    }

    /** A list that is null by mistake would count as absent, and the rule would be about every node. */
    private static void requireNoNull(String pointer, JsonNode value) throws IOException {
        if (value.isNull()) {
            throw new IOException(pointer + ": must not be null");
        }
        int index = 0;
        for (JsonNode each : value.isArray() ? value : List.<JsonNode>of()) {
            requireNoNull(pointer + "/" + index++, each);
        }
        for (Map.Entry<String, JsonNode> each : value.properties()) {
            requireNoNull(pointer + "/" + StrictJson.escape(each.getKey()), each.getValue());
        }
    }

    private PeerPolicy policy() {
        PeerPolicies.Rules all = PeerPolicies.rules();
        for (Rule each : rules) {
            all = each.addTo(all);
        }
        return otherwise == Decision.DENY
                ? all.build()
                : all.permit(PeerAction.values()).toEveryPeer().build();
    }

    /** Whether something is permitted. */
    enum Decision {
        ALLOW,
        DENY;

        @JsonCreator
        static Decision of(String text) {
            return Arrays.stream(values())
                    .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be \"allow\" or \"deny\""));
        }
    }

    /** One of the actions, or all. */
    record Actions(List<PeerAction> actions) {
        @JsonCreator
        static Actions of(String text) {
            List<PeerAction> named = Arrays.stream(PeerAction.values())
                    .filter(each -> text.equals("all") || nameOf(each).equals(text))
                    .toList();
            require(
                    !named.isEmpty(),
                    "unknown action; known ones are all, "
                            + Arrays.stream(PeerAction.values())
                                    .map(Actions::nameOf)
                                    .collect(Collectors.joining(", ")));
            return new Actions(named);
        }

        private static String nameOf(PeerAction action) {
            return action.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A rule. It has either {@code allow} or {@code deny}.
     *
     * @param allow the actions that it permits
     * @param deny the actions that it denies
     * @param objectives patterns of the objectives that it is about; absent for all
     * @param nodes patterns of the names of the nodes that it is about; absent for all
     * @param roles the extensions of node names of which its nodes have one; absent for all
     */
    record Rule(
            @Nullable List<Actions> allow,
            @Nullable List<Actions> deny,
            @Nullable List<String> objectives,
            @Nullable List<String> nodes,
            @Nullable List<String> roles) {
        Rule {
            require((allow == null) != (deny == null), "a rule has either allow or deny");
            requireSome("allow", allow);
            requireSome("deny", deny);
            requireSome("objectives", objectives);
            requireSome("nodes", nodes);
            requireSome("roles", roles);
            checkPatterns(objectives, nodes);
            require(roles == null || !roles.contains(""), "roles must not contain an empty text");
        }

        private static void checkPatterns(@Nullable List<String> objectives, @Nullable List<String> nodes) {
            try {
                if (objectives != null) {
                    PeerPolicies.rules().permit().ofMatching(objectives.toArray(String[]::new));
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("objectives: " + e.getMessage(), e);
            }
            for (String each : nodes == null ? List.<String>of() : nodes) {
                try {
                    PeerPolicies.nodeMatching(each);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("nodes: '" + each + "' is " + e.getMessage(), e);
                }
            }
        }

        private static void requireSome(String name, @Nullable List<?> list) {
            if (list != null) {
                require(!list.isEmpty(), name + " must not be empty");
                requireComplete(name, list);
            }
        }

        PeerPolicies.Rules addTo(PeerPolicies.Rules before) {
            PeerPolicies.Draft draft =
                    allow != null ? before.permit(actions(allow)) : before.deny(actions(Objects.requireNonNull(deny)));
            if (objectives != null) {
                draft = draft.ofMatching(objectives.toArray(String[]::new));
            }
            return nodes == null && roles == null ? draft.toEveryPeer() : draft.to(peers());
        }

        private static PeerAction[] actions(List<Actions> all) {
            return all.stream().flatMap(each -> each.actions().stream()).toArray(PeerAction[]::new);
        }

        private Predicate<PeerIdentity> peers() {
            Predicate<PeerIdentity> named =
                    nodes == null ? peer -> true : PeerPolicies.nodeMatching(nodes.toArray(String[]::new));
            Predicate<PeerIdentity> inRole = roles == null
                    ? peer -> true
                    : roles.stream().map(PeerPolicies::role).reduce(peer -> false, Predicate::or);
            return named.and(inRole);
        }
    }
}
