package io.grasp.samples.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/control.md. */
class ControlPageTest {
    private static final Path PAGE = Path.of("..", "docs", "control.md");
    private static final Pattern GET = Pattern.compile("\\$ curl --unix-socket \\$S \"?http://localhost(/[^?\" ]*).*");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void thePageNamesEachPathAndParameter() throws IOException {
        String page = Files.readString(PAGE);
        OpenApi.DOCUMENT
                .get("paths")
                .propertyNames()
                .forEach(path -> assertThat(page).contains(path + "`"));
        OpenApi.DOCUMENT
                .at("/components/parameters")
                .propertyNames()
                .forEach(name -> assertThat(page).containsPattern("`\\??" + name + "[`=]"));
        OpenApi.DOCUMENT.at("/components/schemas").properties().stream()
                .filter(schema -> schema.getKey().endsWith("Request"))
                .flatMap(schema -> schema.getValue().get("properties").propertyNames().stream())
                .forEach(member -> assertThat(page).contains("`" + member + "`"));
    }

    @Test
    void thePagesThatItShowsFitTheirSchemas() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        int pages = 0;
        for (int i = 0; i < lines.size(); i++) {
            Matcher request = GET.matcher(lines.get(i));
            if (request.matches()) {
                JsonNode answer = JSON.readTree(lines.get(i + 1));
                String schema = answer.has("status") && answer.has("title")
                        ? "Problem"
                        : OpenApi.responseSchema(request.group(1), "get", "200");
                assertThat(OpenApi.validate(schema, answer)).as(lines.get(i)).isEmpty();
                pages++;
            }
        }
        assertThat(pages).isEqualTo(3);
    }
}
