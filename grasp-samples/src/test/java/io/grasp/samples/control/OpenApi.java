package io.grasp.samples.control;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The description of the control API, and checks against it. */
final class OpenApi {
    private static final String ID = "urn:grasp:openapi";
    private static final String TEXT = read();
    static final JsonNode DOCUMENT = JsonMapper.builder().build().readTree(TEXT);
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(ID, TEXT)));

    private OpenApi() {}

    private static String read() {
        try (InputStream stream = OpenApi.class.getResourceAsStream("openapi.json")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return what is wrong with a document} */
    static List<Error> validate(String schema, JsonNode document) {
        Schema read = SCHEMAS.getSchema(SchemaLocation.of(ID + "#/components/schemas/" + schema));
        return read.validate(document.toString(), InputFormat.JSON);
    }

    /** {@return the name of the schema of a response in JSON} */
    static String responseSchema(String path, String method, String status) {
        return name(operation(path, method).at("/responses/" + status + "/content/application~1json/schema"));
    }

    /** {@return the name of the schema of a stream's events} */
    static String eventSchema(String path) {
        return name(operation(path, "get").at("/responses/200/content/text~1event-stream/schema/contentSchema"));
    }

    private static JsonNode operation(String path, String method) {
        return DOCUMENT.get("paths").get(path).get(method);
    }

    private static String name(JsonNode reference) {
        String text = reference.get("$ref").asString();
        return text.substring(text.lastIndexOf('/') + 1);
    }
}
