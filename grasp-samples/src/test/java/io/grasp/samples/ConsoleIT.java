package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A daemon with a console. */
@Timeout(60)
class ConsoleIT {
    private final Processes processes = new Processes();

    @TempDir
    private Path directory;

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void aDaemonServesTheConsoleUntilItEnds() throws IOException, InterruptedException {
        RunningProcess daemon = processes.script(
                "exec \"$@\"",
                "daemon",
                "--link",
                "lo",
                "--assume-secure",
                "--json",
                "--console",
                "0",
                "--control",
                directory.resolve("control").toString());
        String url = new JsonMapper()
                .readTree(daemon.line("\"event\":\"console\""))
                .get("url")
                .asString();

        assertThat(get(url)).contains("<title>GRASP console</title>");
        assertThat(get(url + "main.js")).contains("import ");
        assertThat(get(url + "lib/cytoscape.js")).hasSizeGreaterThan(100_000);
        assertThat(get(url + "v1/links")).contains("\"name\":\"lo\"");

        daemon.signal("TERM");
        assertThat(daemon.exit()).as(daemon.toString()).isEqualTo(143);
    }

    private static String get(String url) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }
}
