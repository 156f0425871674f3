package io.grasp.samples.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits find their code after it was formatted, moved or renamed, and do not change anything else. */
class SourceTreeTest {
    private static final String RELAY = """
            package io.grasp.flood;

            import java.util.Set;

            final class FloodRelay {
                private final Set<String> relayed;

                FloodRelay(Set<String> relayed) {
                    this.relayed = relayed;
                }

                void relay(String key) {
                    relayed.add(key);
                    if (relayed.size() > 10 && !key.isEmpty()) {
                        throw new IllegalStateException("relayed.add(key); // \\"no\\"");
                    }
                }

                void forget(String key) {
                    relayed.remove(key);
                }
            }
            """;
    private static final String BUDGET = """
            package io.grasp.node;

            public final class Budget {
                static final class Bucket {
                    boolean take(int tokens) {
                        return tokens > 0;
                    }
                }
            }
            """;
    private static final String CALL = "relayed.add(key);";

    private final Map<Path, String> files = new TreeMap<>();

    private void file(String path, String text) {
        files.put(Path.of("/src/" + path), text);
    }

    private PatchedSource patch(String place, String snippet, String replacement) {
        return SourceTree.of(files).patch(place, List.of(new SourceEdit(snippet, replacement)));
    }

    @Test
    void aPatchReplacesTheSnippetAndKeepsEverythingElse() {
        file("flood/FloodRelay.java", RELAY);

        PatchedSource patched = patch("FloodRelay", CALL, "relayed.clear();");

        assertThat(patched.file()).isEqualTo(Path.of("/src/flood/FloodRelay.java"));
        assertThat(patched.text()).isEqualTo(RELAY.replace("        " + CALL, "        relayed.clear();"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "relayed.size() > 10 && !key.isEmpty()",
                "relayed.size()>10&&!key.isEmpty()",
                "relayed\n    .size()\n    > 10 && // more than ten\n    !key.isEmpty()",
            })
    void formatAndCommentsOfTheSnippetDoNotMatter(String snippet) {
        file("flood/FloodRelay.java", RELAY);

        assertThat(patch("FloodRelay", snippet, "true").text())
                .isEqualTo(RELAY.replace("relayed.size() > 10 && !key.isEmpty()", "true"));
    }

    @Test
    void formatAndCommentsOfTheSourceDoNotMatter() {
        file("flood/FloodRelay.java", RELAY.replace("        " + CALL, "relayed /* the keys */\n.add(\nkey\n)\n;"));

        assertThat(patch("FloodRelay", CALL, "").text()).isEqualTo(RELAY.replace("        " + CALL, ""));
    }

    @Test
    void aQualifiedNameMatchesASimpleOne() {
        file("flood/FloodRelay.java", RELAY);

        assertThat(patch("FloodRelay", "private final java.util.Set<String> relayed;", "Set<String> relayed;")
                        .text())
                .isEqualTo(RELAY.replace("private final ", ""));
        file("flood/FloodRelay.java", RELAY.replace("final Set<", "final java.util.Set<"));
        assertThat(patch("FloodRelay", "final Set<String> relayed;", "Set<String> relayed;")
                        .text())
                .isEqualTo(RELAY.replace("private final ", "private "));
    }

    @Test
    void aClassIsFoundInAnotherPackage() {
        file("relay/FloodRelay.java", RELAY.replace("io.grasp.flood", "io.grasp.relay"));

        assertThat(patch("FloodRelay.relay", CALL, "").file()).isEqualTo(Path.of("/src/relay/FloodRelay.java"));
    }

    @Test
    void aClassIsFoundUnderAnotherName() {
        file("flood/FloodForwarder.java", RELAY.replace("FloodRelay", "FloodForwarder"));
        file("node/Budget.java", BUDGET);

        assertThat(patch("FloodRelay", CALL, "").file()).isEqualTo(Path.of("/src/flood/FloodForwarder.java"));
    }

    @Test
    void aMethodIsFoundInAnotherClass() {
        file("flood/FloodRelay.java", RELAY.replace("void relay(", "void pass(").replace(CALL, ""));
        file("flood/Floods.java", RELAY.replace("FloodRelay", "Floods"));

        assertThat(patch("FloodRelay.relay", CALL, "").file()).isEqualTo(Path.of("/src/flood/Floods.java"));
    }

    @Test
    void codeIsFoundInAnotherMethodOfItsClass() {
        file("flood/FloodRelay.java", RELAY);
        file("flood/Floods.java", RELAY.replace("FloodRelay", "Floods"));

        assertThat(patch("FloodRelay.forget", CALL, "").file()).isEqualTo(Path.of("/src/flood/FloodRelay.java"));
    }

    @Test
    void aMemberSelectsOneOfTwoEqualSnippets() {
        file("flood/FloodRelay.java", RELAY.replace("relayed.remove(key);", CALL));

        assertThat(patch("FloodRelay.forget", CALL, "relayed.remove(key);").text())
                .isEqualTo(RELAY);
    }

    @Test
    void aNestedClassIsFoundByItsNameAndByItsEnclosingClass() {
        file("node/Budget.java", BUDGET);

        for (String place : List.of("Budget", "Bucket", "Budget.take", "Bucket.take")) {
            assertThat(patch(place, "tokens > 0", "true").text()).isEqualTo(BUDGET.replace("tokens > 0", "true"));
        }
    }

    @Test
    void aReplacementMayNameAnyClassOfTheProject() {
        file("flood/FloodRelay.java", RELAY);
        file("node/Budget.java", BUDGET);

        assertThat(patch("FloodRelay", CALL, "new Budget();").text())
                .isEqualTo(RELAY.replace("flood;\n", "flood; import io.grasp.node.Budget;\n")
                        .replace("        " + CALL, "        new Budget();"));
    }

    @Test
    void aSnippetThatIsThereTwiceIsRefusedWithBothPlaces() {
        file("flood/FloodRelay.java", RELAY.replace("relayed.remove(key);", CALL));

        assertThatThrownBy(() -> patch("FloodRelay", CALL, ""))
                .hasMessageContaining("FloodRelay has more than once:\n" + CALL)
                .hasMessageContaining("FloodRelay.relay, line 13:")
                .hasMessageContaining("FloodRelay.forget, line 20:");
    }

    @Test
    void codeThatIsInTwoOtherClassesIsRefusedWithBothPlaces() {
        file("flood/Floods.java", RELAY.replace("FloodRelay", "Floods"));
        file("discovery/Discoveries.java", RELAY.replace("FloodRelay", "Discoveries"));

        assertThatThrownBy(() -> patch("FloodRelay.relay", CALL, ""))
                .hasMessageContaining("Floods.relay, line 13:")
                .hasMessageContaining("Discoveries.relay, line 13:");
    }

    @Test
    void codeOfAClassThatStillExistsIsNotTakenFromAnotherOne() {
        file("flood/FloodRelay.java", RELAY.replace(CALL, "remember(key);"));
        file("flood/Floods.java", RELAY.replace("FloodRelay", "Floods"));

        assertThatThrownBy(() -> patch("FloodRelay.relay", CALL, ""))
                .hasMessageContaining("FloodRelay.relay does not have:\n" + CALL)
                .hasMessageContaining("It is in Floods.relay, line 13");
    }

    @Test
    void theFailureNamesTheClosestCode() {
        file("flood/FloodRelay.java", RELAY);

        assertThatThrownBy(() -> patch("FloodRelay.relay", "relayed.size() > 20 && !key.isEmpty()", "true"))
                .hasMessageContaining(
                        "Closest to it, in FloodRelay.relay, line 14:\nrelayed.size() > 10 && !key.isEmpty()");
    }

    @Test
    void aStringIsMatchedAsOneToken() {
        file("flood/FloodRelay.java", RELAY);

        assertThat(patch("FloodRelay", "\"relayed.add(key); // \\\"no\\\"\"", "\"\"")
                        .text())
                .isEqualTo(RELAY.replaceAll("(?m)Exception\\(.*$", "Exception(\"\");"));
    }

    @Test
    void severalEditsOfAFileDoNotDisturbEachOther() {
        file("flood/FloodRelay.java", RELAY);

        assertThat(SourceTree.of(files)
                        .patch(
                                "FloodRelay",
                                List.of(
                                        new SourceEdit("relayed.remove(key);", "relayed.clear();"),
                                        new SourceEdit(CALL, CALL + CALL)))
                        .text())
                .isEqualTo(RELAY.replace("        " + CALL, "        " + CALL + CALL)
                        .replace("relayed.remove(key)", "relayed.clear()"));
    }
}
