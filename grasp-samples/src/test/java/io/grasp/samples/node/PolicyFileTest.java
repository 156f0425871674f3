package io.grasp.samples.node;

import static io.grasp.security.PeerAction.ANSWER;
import static io.grasp.security.PeerAction.FLOOD;
import static io.grasp.security.PeerAction.NEGOTIATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerIdentity;
import io.grasp.samples.Project;
import io.grasp.security.PeerPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    private static final PeerIdentity PLAIN = peer("@example.com");
    private static final PeerIdentity NOC = peer("++noc@example.com");
    private static final PeerIdentity GUEST = peer("+guests@example.com");

    @TempDir
    private Path directory;

    private static PeerIdentity peer(String name) {
        return new PeerIdentity(AcpNodeName.parse(name), "0".repeat(64));
    }

    private PeerPolicy read(String json) throws IOException {
        return PolicyFile.read(Files.writeString(directory.resolve("policy.json"), json));
    }

    /** The example in docs/security.md. */
    @Test
    void theFirstRuleThatFitsDecides() throws IOException {
        Matcher example = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Project.root().resolve("docs/security.md")));
        assertThat(example.find()).isTrue();

        PeerPolicy policy = read(example.group(1));

        assertThat(policy.permits(NOC, FLOOD, "Intent.1")).isTrue();
        assertThat(policy.permits(PLAIN, FLOOD, "Intent.1")).isFalse();
        assertThat(policy.permits(PLAIN, FLOOD, "EX1")).isTrue();
        assertThat(policy.permits(GUEST, NEGOTIATE, "EX3")).isFalse();
        assertThat(policy.permits(GUEST, NEGOTIATE, "EX2")).isTrue();
        assertThat(policy.permits(PLAIN, NEGOTIATE, "EX3")).isTrue();
        assertThat(policy.permitsUnauthenticated(FLOOD, "Intent.1")).isFalse();
        assertThat(policy.permitsUnauthenticated(FLOOD, "EX1")).isTrue();
    }

    @Test
    void aNodeFitsBothItsNameAndItsRole() throws IOException {
        PeerPolicy policy = read("""
                {"rules": [{"allow": ["all"], "nodes": ["+a*@example.com", "++noc@example.com"], "roles": ["noc", "x"]}],
                 "default": "deny"}""");

        assertThat(policy.permits(peer("+a+x@example.com"), ANSWER, "EX1")).isTrue();
        assertThat(policy.permits(NOC, NEGOTIATE, "EX1")).isTrue();
        assertThat(policy.permits(peer("+a@example.com"), ANSWER, "EX1")).isFalse();
        assertThat(policy.permits(peer("+b+x@example.com"), ANSWER, "EX1")).isFalse();
        assertThat(policy.permitsUnauthenticated(ANSWER, "EX1")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{; line 1, column 2: not JSON: ",
                "{}; line 1, column 2, /rules: this field is missing",
                "{'rules': []}; line 1, column 13, /default: this field is missing",
                "{'rules': [], 'default': 'maybe'}; line 1, column 26, /default: must be \"allow\" or \"deny\"",
                "{'rules': [], 'default': null}; default must be \"allow\" or \"deny\"",
                "{'rules': null, 'default': 'deny'}; rules must be a list without null",
                "{'rules': [{'allow': ['flood'], 'nodes': null}], 'default': 'deny'}; /rules/0/nodes: must not be null",
                "{'rules': [null], 'default': 'deny'}; rules must be a list without null",
                "{'rules': [], 'default': 'deny', 'more': 1}; /more: unknown field; known ones are default, rules",
                "{'rules': [], 'default': 'deny'} x; not JSON: ",
                "{'rules': [], 'rules': [], 'default': 'deny'}; not JSON: Duplicate",
                "{'rules': [{'allow': ['floods']}], 'default': 'deny'}; line 1, column 23, /rules/0/allow/0: unknown"
                        + " action; known ones are all, discover, answer, flood, negotiate, synchronize",
                "{'rules': [{'allow': ['flood'], 'node': 'a'}], 'default': 'deny'}; /rules/0/node: unknown field; known"
                        + " ones are allow, deny, nodes, objectives, roles",
                "{'rules': [{'objectives': ['EX1']}], 'default': 'deny'}; /rules/0: a rule has either allow or deny",
                "{'rules': [{'allow': ['flood'], 'deny': ['all']}], 'default': 'deny'}; a rule has either allow or deny",
                "{'rules': [{'allow': []}], 'default': 'deny'}; allow must not be empty",
                "{'rules': [{'allow': ['flood'], 'nodes': []}], 'default': 'deny'}; nodes must not be empty",
                "{'rules': [{'allow': ['flood'], 'roles': [null]}], 'default': 'deny'}; roles must be a list without",
                "{'rules': [{'allow': 'flood'}], 'default': 'deny'}; /rules/0/allow: must be a list",
                "{'rules': [{'allow': ['flood'], 'objectives': ['']}], 'default': 'deny'}; /rules/0: objectives: a pattern must not be",
                "{'rules': [{'allow': ['flood'], 'nodes': ['gray']}], 'default': 'deny'}; /rules/0: nodes: 'gray' is not an"
                        + " acp-node-name (RFC 8994 section 6.2.2)",
                "{'rules': [{'allow': ['flood'], 'roles': ['']}], 'default': 'deny'}; /rules/0: roles must not contain",
                "[]; must be an object"
            })
    void whatIsNoPolicyIsRefusedWithItsPlace(String json, String complaint) {
        assertThatThrownBy(() -> read(json.replace('\'', '"')))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void theLineIsThatOfTheProblem() {
        assertThatThrownBy(() -> read("{\n \"default\": \"deny\",\n \"rules\": [\n  {\"deny\": [\"flod\"]}]}"))
                .hasMessageStartingWith("line 4, column 13, /rules/0/deny/0: unknown action");
    }

    @Test
    void aFileThatIsTooLongIsNotReadToItsEnd() {
        assertThatThrownBy(() -> PolicyFile.read(Path.of("/dev/zero")))
                .isInstanceOf(IOException.class)
                .hasMessage("it has more than 1048576 bytes");
    }
}
