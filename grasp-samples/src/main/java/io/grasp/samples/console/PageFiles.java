package io.grasp.samples.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of the page: its own, and those of the libraries that it uses, which are on the class path as WebJars. */
final class PageFiles {
    /** The page itself. */
    static final String PAGE = "index.html";

    /** Its scripts, which are modules, each before those that import it. */
    static final List<String> MODULES = List.of(
            "dom.js",
            "text.js",
            "ring.js",
            "log.js",
            "map.js",
            "rates.js",
            "tables.js",
            "talks.js",
            "timeline.js",
            "live.js",
            "recording.js",
            "main.js");

    static final String STYLE = "console.css";
    static final String ICON = "icon.svg";
    static final String GRAPHS = "lib/cytoscape.js";
    static final String CHARTS = "lib/uplot.js";
    static final String CHARTS_STYLE = "lib/uplot.css";

    /** In the project's build the version of each library is a property of the parent POM. */
    private static final Map<String, String> LIBRARIES = Map.of(
            GRAPHS, "cytoscape/3.33.1/dist/cytoscape.min.js",
            CHARTS, "uplot/1.6.30/dist/uPlot.iife.min.js",
            CHARTS_STYLE, "uplot/1.6.30/dist/uPlot.min.css");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private final Map<String, byte[]> contents;

    private PageFiles(Map<String, byte[]> contents) {
        this.contents = contents;
    }

    /** {@return all files, read now} */
    static PageFiles read() {
        Stream<String> names = Stream.of(Stream.of(PAGE, STYLE, ICON), LIBRARIES.keySet().stream(), MODULES.stream())
                .flatMap(Function.identity());
        return new PageFiles(names.collect(Collectors.toMap(Function.identity(), PageFiles::read)));
    }

    private static byte[] read(String name) {
        String library = LIBRARIES.get(name);
        String resource = library == null ? name : "/META-INF/resources/webjars/" + library;
        try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, resource).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the names of all files, which are their paths in URLs} */
    Iterable<String> names() {
        return contents.keySet();
    }

    /** {@return the content of a file} */
    byte[] bytes(String name) {
        return Objects.requireNonNull(contents.get(name), name);
    }

    /** {@return the content of a file} */
    String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /** {@return the media type of a file} */
    static String type(String name) {
        return Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), name);
    }
}
