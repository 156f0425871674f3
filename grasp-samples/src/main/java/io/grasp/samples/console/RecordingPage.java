package io.grasp.samples.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the page with a recording in it: one file that refers to no other. The modules become {@code data:} URLs, and
 * an import map names them, so that their source stays what the console serves. The policy of the page permits its own
 * scripts by their hashes, and no connection.
 */
final class RecordingPage {
    /** In the modules, each import of another one is a line of its own that ends like this. */
    private static final Pattern IMPORT = Pattern.compile("from '\\./([a-z]+\\.js)';");

    private static final String SCHEME = "grasp-console:";
    private static final String START = "import('" + SCHEME + "main.js');";

    private RecordingPage() {}

    /**
     * Makes the page.
     *
     * @param recording the recording in JSON
     * @return the document
     */
    static String of(String recording) {
        PageFiles files = PageFiles.read();
        String modules = modules(files);
        List<String> scripts = List.of(files.text(PageFiles.GRAPHS), files.text(PageFiles.CHARTS), modules, START);
        List<String> styles = List.of(files.text(PageFiles.CHARTS_STYLE), files.text(PageFiles.STYLE));
        StringBuilder page = new StringBuilder(files.text(PageFiles.PAGE));
        replace(page, "<link rel=\"icon\" href=\"icon.svg\" type=\"image/svg+xml\">", policy(scripts, styles));
        replace(page, "<link rel=\"stylesheet\" href=\"lib/uplot.css\">", style("", styles.get(0)));
        replace(
                page,
                "<link rel=\"stylesheet\" href=\"console.css\" id=\"__________cytoscape_stylesheet\">",
                style(" id=\"__________cytoscape_stylesheet\"", styles.get(1)));
        replace(page, "<script src=\"lib/cytoscape.js\" defer></script>", script("", scripts.get(0)));
        replace(page, "<script src=\"lib/uplot.js\" defer></script>", script("", scripts.get(1)));
        replace(page, "<script type=\"module\" src=\"main.js\"></script>", script(" type=\"importmap\"", modules));
        replace(
                page,
                "</body>",
                script(" type=\"application/json\" id=\"recording\"", embedded(recording))
                        + script("", START)
                        + "</body>");
        return page.toString();
    }

    /** Nothing in a script element of data may end it or begin a comment. */
    private static String embedded(String json) {
        return json.replace("<", "\\u003c");
    }

    private static String modules(PageFiles files) {
        List<String> imports = new ArrayList<>();
        for (String name : PageFiles.MODULES) {
            Matcher others = IMPORT.matcher(files.text(name));
            String source = others.replaceAll("from '" + SCHEME + "$1';");
            imports.add('"' + SCHEME + name + "\":\"data:text/javascript;base64,"
                    + Base64.getEncoder().encodeToString(source.getBytes(StandardCharsets.UTF_8)) + '"');
        }
        return "{\"imports\":{" + String.join(",", imports) + "}}";
    }

    private static String policy(List<String> scripts, List<String> styles) {
        return "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'strict-dynamic'"
                + hashes(scripts) + "; style-src" + hashes(styles) + "; base-uri 'none'; form-action 'none'\">";
    }

    private static String hashes(List<String> texts) {
        StringBuilder sources = new StringBuilder();
        for (String text : texts) {
            sources.append(" 'sha256-")
                    .append(Base64.getEncoder().encodeToString(sha256(text)))
                    .append('\'');
        }
        return sources.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String script(String attributes, String content) {
        return "<script" + attributes + ">" + content + "</script>\n";
    }

    private static String style(String attributes, String content) {
        return "<style" + attributes + ">" + content + "</style>";
    }

    private static void replace(StringBuilder page, String line, String by) {
        int start = page.lastIndexOf(line);
        if (start < 0) {
            throw new IllegalStateException("the page has no " + line);
        }
        page.replace(start, start + line.length(), by);
    }
}
